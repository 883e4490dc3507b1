namespace Microsoft.ML.ModalityGap;

/// <summary>Which similarities of a bank <see cref="SimilarityStandardization"/> takes the mean and the deviation of.</summary>
public enum SimilaritySample
{
    /// <summary>Of each query the largest, its pseudo-positive: what a good answer of that modality scores.</summary>
    PseudoPositives,

    /// <summary>Of all queries with all rows: what a stranger of that modality scores.</summary>
    AllSimilarities,
}
