namespace Microsoft.ML.ModalityGap;

/// <summary>Which similarities of a bank <see cref="SimilarityStandardization"/> takes m and d of.</summary>
public enum SimilaritySample
{
    /// <summary>Mean and deviation of each query's largest, its pseudo-positive: what a good answer of that modality scores.</summary>
    PseudoPositives,

    /// <summary>Mean and deviation over all queries with all rows: what a stranger of that modality scores.</summary>
    AllSimilarities,

    /// <summary>
    /// The best fifth of each query's: m is the mean of the largest, d how far the mean of the fifth lies below it, averaged over queries. Similarities of both modalities then begin alike and fall alike, so that neither leads in
    /// a gallery of some dozens, where the first ten are a third of all, nor in one of hundreds.
    /// </summary>
    BestFifth,
}
