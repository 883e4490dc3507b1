namespace Microsoft.ML.ModalityGap;

/// <summary>Whose input embeddings say how alike two pairs are, for <see cref="Loss.ContinuouslyWeighted"/>.</summary>
public enum SimilaritySource
{
    /// <summary>Each direction is weighted by the modality of its queries.</summary>
    Both,

    /// <summary>The first modality; the direction from the second is not weighted.</summary>
    First,

    /// <summary>The second modality; the direction from the first is not weighted.</summary>
    Second,
}
