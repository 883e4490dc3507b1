namespace Microsoft.ML.ModalityGap;

/// <summary>The embeddings before or after a map, and what was measured on them.</summary>
/// <param name="Name">«before», «after», or «as given» where there is no map.</param>
/// <param name="Pairs">The unit vectors.</param>
/// <param name="Metrics">The measures.</param>
/// <param name="First">The statistics of the first modality.</param>
/// <param name="Second">Those of the second.</param>
/// <param name="MixedByFirst">One gallery of both modalities, asked by the first.</param>
/// <param name="MixedBySecond">The same, asked by the second.</param>
internal sealed record ReportState(
    string Name,
    EmbeddingPairs Pairs,
    ModalityGapMetrics Metrics,
    ModalityStatistics First,
    ModalityStatistics Second,
    MixedRetrievalMetrics MixedByFirst,
    MixedRetrievalMetrics MixedBySecond)
{
    /// <summary>Retrieval by corrected scores, where the model that mapped them has a correction.</summary>
    internal CorrectedState? Corrected { get; init; }
}
