namespace TinyClip;

/// <summary>What an object of a scene is.</summary>
public enum SceneShape
{
    /// <summary>A filled circle.</summary>
    Circle,

    /// <summary>A square with level sides.</summary>
    Square,

    /// <summary>A triangle that points up.</summary>
    Triangle,

    /// <summary>A star with five points.</summary>
    Star,

    /// <summary>A circle with a wide hole.</summary>
    Ring,

    /// <summary>A heart.</summary>
    Heart,

    /// <summary>A Greek cross: a plus sign with broad arms.</summary>
    Cross,

    /// <summary>A narrow rhombus that stands on its point.</summary>
    Diamond,
}
