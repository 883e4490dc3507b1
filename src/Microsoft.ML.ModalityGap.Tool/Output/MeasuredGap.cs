namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The measures of two modalities, and retrieval by corrected scores where the model that mapped them has a correction.</summary>
/// <param name="Metrics">The gap, and retrieval by cosines.</param>
/// <param name="Corrected">Retrieval by corrected scores, or <see langword="null"/>.</param>
internal sealed record MeasuredGap(ModalityGapMetrics Metrics, TwoWayRetrievalMetrics? Corrected = null);
