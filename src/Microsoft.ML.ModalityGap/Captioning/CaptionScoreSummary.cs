using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>Caption scores of a corpus.</summary>
[TypeFormatterSource]
public sealed class CaptionScoreSummary
{
    internal CaptionScoreSummary()
    {
    }

    /// <summary>The scale.</summary>
    public required CaptionScoreKind Kind { get; init; }

    /// <summary>N, the number of rows.</summary>
    public required int Count { get; init; }

    /// <summary>The number of rows left out.</summary>
    public required long SkippedCount { get; init; }

    /// <summary>The mean of the rows' scores; with <see cref="CaptionScoreKind.TorchMetrics"/> max(mean of 100·cos, 0), as torchmetrics accumulates it.</summary>
    public required double Mean { get; init; }

    /// <summary>The standard deviation of the rows' scores, dividing by N.</summary>
    public required double StandardDeviation { get; init; }

    /// <summary>The lowest score of a row.</summary>
    public required double Minimum { get; init; }

    /// <summary>The highest score of a row.</summary>
    public required double Maximum { get; init; }

    /// <summary>The mean of the cosines themselves.</summary>
    public required double MeanCosine { get; init; }

    /// <summary>The mean of RefCLIP-S or, with <see cref="CaptionScoreKind.I0TS"/>, of RefI0T-S; <see langword="null"/> without references.</summary>
    public required double? ReferenceMean { get; init; }

    /// <summary>The figures as text.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count} captions{(SkippedCount > 0 ? $", {SkippedCount} left out" : "")}: {Kind} {Mean:F4} ± {StandardDeviation:F4} ({Minimum:F4} to {Maximum:F4}), ")
        + string.Create(CultureInfo.InvariantCulture, $"mean cosine {MeanCosine:F4}")
        + (ReferenceMean is { } mean ? string.Create(CultureInfo.InvariantCulture, $", with references {mean:F4}") : "");
}
