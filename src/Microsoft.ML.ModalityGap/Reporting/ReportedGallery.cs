namespace Microsoft.ML.ModalityGap;

/// <summary>Retrieval from a two-sided gallery to show in a report (<see cref="ModalityGapReportOptions.TwoSided"/>).</summary>
/// <param name="Name">What was searched, such as <c>before</c>, <c>after</c>, or <c>after, corrected</c>.</param>
/// <param name="Metrics">Of <see cref="ModalityGapCatalog.EvaluateTwoSidedRetrieval"/>.</param>
public sealed record ReportedGallery(string Name, MixedRetrievalMetrics Metrics);
