using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// How a model's distributions over the classes, h the people's and m the model's, go with those of people: whether it is unsure where they disagree. Means over the rows; in
/// nats.
/// </summary>
public sealed class HumanDisagreementMetrics
{
    internal HumanDisagreementMetrics()
    {
    }

    /// <summary>N, the number of rows.</summary>
    public required int Count { get; init; }

    /// <summary>The number of rows left out.</summary>
    public required long SkippedCount { get; init; }

    /// <summary>KL(h‖m) = Σ h ln(h/m), m smoothed; 0 where they agree.</summary>
    public required double KullbackLeibler { get; init; }

    /// <summary>JSD = ½KL(h‖a) + ½KL(m‖a), a = (h + m)/2; from 0 to ln 2.</summary>
    public required double JensenShannonDivergence { get; init; }

    /// <summary>The mean of √JSD, a distance; what scipy's <c>jensenshannon</c> gives.</summary>
    public required double JensenShannonDistance { get; init; }

    /// <summary>TV = ½ Σ |h − m|; from 0 to 1.</summary>
    public required double TotalVariation { get; init; }

    /// <summary>The correlation (Pearson) of −Σ h ln h with −Σ m ln m over the rows; <see langword="null"/> where one of them does not vary.</summary>
    public required double? EntropyCorrelation { get; init; }

    /// <summary>The same of the ranks (Spearman).</summary>
    public required double? EntropyRankCorrelation { get; init; }

    /// <summary>The people's mean entropy.</summary>
    public required double HumanEntropy { get; init; }

    /// <summary>The model's mean entropy.</summary>
    public required double ModelEntropy { get; init; }

    /// <summary>
    /// EntCE, the entropy calibration error: the mean of H(m) − H(h); below 0 for a model that is surer than people are, and such rows may make up for those it is less sure of
    /// (Baan et al., EMNLP 2022).
    /// </summary>
    public required double EntropyCalibrationError { get; init; }

    /// <summary>
    /// RankCS, the ranking calibration score: the share of classes, over all rows, that stand in the same place when both sides are sorted; of equal ones the first class stands
    /// first. From 0 to 1 (Baan et al., EMNLP 2022).
    /// </summary>
    public required double RankCalibrationScore { get; init; }

    /// <summary>The share of rows whose likeliest class is the label they had before many people were asked; <see langword="null"/> where no such column was named.</summary>
    public required double? OldLabelAccuracy { get; init; }

    /// <summary>The share of rows whose likeliest class is that of most people; the first of equal ones counts.</summary>
    public required double MajorityAccuracy { get; init; }

    /// <summary>The measures as text.</summary>
    public override string ToString()
    {
        var culture = CultureInfo.InvariantCulture;
        return string.Join(
            Environment.NewLine,
            string.Create(culture, $"{Count} rows{(SkippedCount > 0 ? $", {SkippedCount} left out" : "")}: KL {KullbackLeibler:F4}, ")
                + string.Create(culture, $"JSD {JensenShannonDivergence:F4}, total variation {TotalVariation:F4}"),
            string.Create(culture, $"entropy of people {HumanEntropy:F4}, of the model {ModelEntropy:F4}, ")
                + $"correlation {Format(EntropyCorrelation)}, of ranks {Format(EntropyRankCorrelation)}",
            string.Create(culture, $"entropy calibration error {EntropyCalibrationError:F4}, ranking calibration score {RankCalibrationScore:F4}"),
            string.Create(culture, $"agrees with most people in {MajorityAccuracy:P1}") + (OldLabelAccuracy is { } accuracy ? string.Create(culture, $", with the old label in {accuracy:P1}") : ""));
    }

    private static string Format(double? correlation) => correlation?.ToString("F4", CultureInfo.InvariantCulture) ?? "undefined";
}
