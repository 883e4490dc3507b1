using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>How well classes are found where a row may have any number of them.</summary>
[TypeFormatterSource]
public sealed class MultiLabelMetrics
{
    internal MultiLabelMetrics()
    {
    }

    /// <summary>N, the number of rows.</summary>
    public required int Count { get; init; }

    /// <summary>mAP: the mean of <see cref="MultiLabelClassMetrics.AveragePrecision"/> over the classes that some row has; 0 where no row has
    /// any.</summary>
    public required double MeanAveragePrecision { get; init; }

    /// <summary>The average precision of all classes' scores in one list.</summary>
    public required double MicroAveragePrecision { get; init; }

    /// <summary>The mean of F1 over the classes that some row has.</summary>
    public required double MacroF1 { get; init; }

    /// <summary>F1 of all decisions together.</summary>
    public required double MicroF1 { get; init; }

    /// <summary>The share of rows whose every class is right.</summary>
    public required double ExactMatchRatio { get; init; }

    /// <summary>The share of the N·C decisions that are wrong.</summary>
    public required double HammingLoss { get; init; }

    /// <summary>Per class, in the order of the slots.</summary>
    public required IReadOnlyList<MultiLabelClassMetrics> Classes { get; init; }

    /// <summary>The measures as text.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count} rows, {Classes.Count} classes: mAP {MeanAveragePrecision:F4} (micro {MicroAveragePrecision:F4}), F1 {MacroF1:F4} (micro {MicroF1:F4}), ")
        + string.Create(CultureInfo.InvariantCulture, $"exact match {ExactMatchRatio:F4}, Hamming loss {HammingLoss:F4}");
}
