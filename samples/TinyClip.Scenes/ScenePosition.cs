namespace TinyClip;

/// <summary>Where a group of objects is. In a scene of two groups it is where the first one is, and the second is opposite.</summary>
public enum ScenePosition
{
    /// <summary>In the left half.</summary>
    Left,

    /// <summary>In the right half.</summary>
    Right,

    /// <summary>In the upper half.</summary>
    Top,

    /// <summary>In the lower half.</summary>
    Bottom,

    /// <summary>In the middle; only for a scene of one group.</summary>
    Middle,
}
