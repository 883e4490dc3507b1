namespace TinyClip;

/// <summary>How large a scene's objects are.</summary>
public enum SceneSize
{
    /// <summary>About a fifth of the picture wide.</summary>
    Small,

    /// <summary>About a third of the picture wide.</summary>
    Large,
}
