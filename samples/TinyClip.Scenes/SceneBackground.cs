namespace TinyClip;

/// <summary>What a scene is drawn on.</summary>
public enum SceneBackground
{
    /// <summary>White.</summary>
    White,

    /// <summary>A middle grey.</summary>
    Grey,

    /// <summary>A warm, pale beige.</summary>
    Beige,

    /// <summary>A cool, pale green.</summary>
    Mint,

    /// <summary>A dark blue.</summary>
    Navy,
}
