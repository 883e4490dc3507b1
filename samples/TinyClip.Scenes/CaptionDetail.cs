namespace TinyClip;

/// <summary>How much a caption tells.</summary>
public enum CaptionDetail
{
    /// <summary>Every property of every object, place and background.</summary>
    Full,

    /// <summary>Most of that; each property may be left out now and then.</summary>
    Usual,

    /// <summary>Only how many objects of which colour and shape, and how two groups stand to each other.</summary>
    Brief,
}
