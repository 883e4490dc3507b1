using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>How far probabilities are to be believed (Guo et al., On Calibration of Modern Neural Networks, 2017).</summary>
[TypeFormatterSource]
public sealed class CalibrationMetrics
{
    internal CalibrationMetrics()
    {
    }

    /// <summary>N, the number of rows.</summary>
    public required int Count { get; init; }

    /// <summary>The number of rows left out.</summary>
    public required long SkippedCount { get; init; }

    /// <summary>−1/N Σ ln p(true class), in nats; 0 is perfect.</summary>
    public required double NegativeLogLikelihood { get; init; }

    /// <summary>The share of rows whose likeliest class is the true one; the first of equally likely ones counts.</summary>
    public required double Accuracy { get; init; }

    /// <summary>ECE = Σ over bins of (rows in the bin / N)·|accuracy − mean confidence|; 0 is calibrated.</summary>
    public required double ExpectedCalibrationError { get; init; }

    /// <summary>MCE: the largest |accuracy − mean confidence| of a bin.</summary>
    public required double MaximumCalibrationError { get; init; }

    /// <summary>1/N Σ over rows of Σ over classes of (p − 1[true])²; from 0 (perfect) to 2.</summary>
    public required double BrierScore { get; init; }

    /// <summary>The reliability table: equally wide bins of confidence.</summary>
    public required IReadOnlyList<ReliabilityBin> Bins { get; init; }

    /// <summary>The measures, and the table's bins that hold rows.</summary>
    public override string ToString()
    {
        var culture = CultureInfo.InvariantCulture;
        return string.Join(
            Environment.NewLine,
            [
                string.Create(culture, $"{Count} rows{(SkippedCount > 0 ? $", {SkippedCount} left out" : "")}: accuracy {Accuracy:F4}, NLL {NegativeLogLikelihood:F4}, ")
                    + string.Create(culture, $"ECE {ExpectedCalibrationError:F4}, MCE {MaximumCalibrationError:F4}, Brier {BrierScore:F4}"),
                .. Bins.Where(bin => bin.Count > 0).Select(bin => string.Create(
                    culture, $"({bin.Lower:F3}, {bin.Upper:F3}]  {bin.Count,7} rows  confidence {bin.MeanConfidence:F4}  accuracy {bin.Accuracy:F4}")),
            ]);
    }
}
