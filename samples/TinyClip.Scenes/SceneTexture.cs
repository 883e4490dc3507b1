namespace TinyClip;

/// <summary>How a scene's objects are filled.</summary>
public enum SceneTexture
{
    /// <summary>One even colour.</summary>
    Solid,

    /// <summary>Slanted pale stripes on the colour.</summary>
    Striped,

    /// <summary>Pale dots on the colour.</summary>
    Dotted,
}
