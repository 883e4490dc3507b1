namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Caption scores of one kind of embeddings, and what was asked of them.</summary>
/// <param name="Name">Which embeddings.</param>
/// <param name="Summary">The mean and the spread.</param>
/// <param name="Control">With <c>--control</c>.</param>
/// <param name="Correlation">With <c>--ratings</c>.</param>
/// <param name="ReferenceCorrelation">The same of the scores with references.</param>
/// <param name="Scores">Row by row, where that was needed.</param>
/// <param name="ReferenceScores">The same with references.</param>
internal sealed record ScoreRun(
    string Name,
    CaptionScoreSummary Summary,
    PromptFreeControl? Control,
    CaptionMetricCorrelation? Correlation,
    CaptionMetricCorrelation? ReferenceCorrelation,
    float[]? Scores,
    float[]? ReferenceScores);
