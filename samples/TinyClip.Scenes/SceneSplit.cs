namespace TinyClip;

/// <summary>Which part of all scenes one belongs to. The scene itself decides (see <see cref="Scene.Split"/>), so no scene is in two of them.</summary>
public enum SceneSplit
{
    /// <summary>Eight tenths of all scenes.</summary>
    Train,

    /// <summary>One tenth, to choose by.</summary>
    Validation,

    /// <summary>One tenth, to report on.</summary>
    Test,
}
