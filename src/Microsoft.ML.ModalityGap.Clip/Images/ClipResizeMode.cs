namespace Microsoft.ML.ModalityGap;

/// <summary>How an image is brought near the size an encoder takes, before the centre crop.</summary>
public enum ClipResizeMode
{
    /// <summary>The shorter edge becomes <see cref="ClipImagePreprocessing.Size"/>, the longer one keeps the proportions (rounded down). The crop cuts off the rest.</summary>
    ShortestEdge,

    /// <summary>The image becomes <see cref="ClipImagePreprocessing.Width"/> × <see cref="ClipImagePreprocessing.Height"/>, whatever its proportions. Nothing is cut off.</summary>
    Squash,

    /// <summary>The longer edge becomes <see cref="ClipImagePreprocessing.Size"/>, the shorter one keeps the proportions (rounded half to even). Black borders fill up the rest.</summary>
    LongestEdge,

    /// <summary>The image keeps its size.</summary>
    None,
}
