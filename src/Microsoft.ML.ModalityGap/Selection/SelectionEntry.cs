using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>What cross-validation found of a candidate: everything is measured on pairs its maps were not fitted on.</summary>
public sealed class SelectionEntry
{
    internal SelectionEntry()
    {
    }

    /// <summary>The candidate.</summary>
    public required SelectionCandidate Candidate { get; init; }

    /// <summary>Its name.</summary>
    public string Name => Candidate.Name;

    /// <summary>The distance of the modalities' means, averaged over the parts.</summary>
    public required double Gap { get; init; }

    /// <summary>The standard error of <see cref="Gap"/> over the parts.</summary>
    public required double GapError { get; init; }

    /// <summary>Recall@1 of the second modality by the first, in a gallery of one part.</summary>
    public required ConfidenceInterval FirstToSecond { get; init; }

    /// <summary>Recall@1 of the first modality by the second.</summary>
    public required ConfidenceInterval SecondToFirst { get; init; }

    /// <summary>The mean of both.</summary>
    public required ConfidenceInterval MeanRecall { get; init; }

    /// <summary>How much that is above the raw embeddings', pair by pair.</summary>
    public required ConfidenceInterval RecallGain { get; init; }

    /// <summary>The mean reciprocal rank, both ways.</summary>
    public required ConfidenceInterval ReciprocalRank { get; init; }

    /// <summary>NDCG@10 of the partner in a gallery of both modalities without the query, each row of both being a query.</summary>
    public required ConfidenceInterval MixedNdcg { get; init; }

    /// <summary>
    /// The other modality's share of the first ten in that gallery, 0 to 1, averaged over queries of both modalities. A method can buy <see cref="MixedNdcg"/> by always putting the other modality first; then this is far
    /// above a half.
    /// </summary>
    public required double OtherShare { get; init; }

    /// <summary>NDCG@10 in two-sided mixed galleries (docs/evaluation.md); <see langword="null"/> of pairs without ids.</summary>
    public required ConfidenceInterval? TwoSidedNdcg { get; init; }

    /// <summary>Recall@1 in them.</summary>
    public required double? TwoSidedRecall { get; init; }

    /// <summary>The share of the modality that does not ask of the first ten in them; it has half of the gallery.</summary>
    public required double? TwoSidedShare { get; init; }

    /// <summary>
    /// The probability of so low a <see cref="RecallGain"/>, or a lower one, if no more were lost than <see cref="SelectionOptions.AllowedRecallLoss"/>: by the normal distribution with the paired bootstrap's standard
    /// error. One test; the recommendation corrects for many by Holm's method.
    /// </summary>
    public required double LossProbability { get; init; }

    /// <summary>The mean time of a fit on the pairs of one split, with all that it needs. Where many candidates share their spectra, of mapping the other pairs by way of these, without making the map.</summary>
    public required TimeSpan FitTime { get; init; }

    /// <summary>Whether the gap counts as closed: it is no wider than I0T_post's and <see cref="SelectionOptions.GapTolerance"/>.</summary>
    public required bool ClosesGap { get; init; }

    /// <summary>What the objective makes of it.</summary>
    public double Score { get; internal set; }

    /// <summary>What mixed galleries count for the recommendation by: the two-sided NDCG@10 where there is one.</summary>
    internal double FairNdcg => TwoSidedNdcg?.Value ?? MixedNdcg.Value;

    /// <summary>What must be near a half for a method to be fair to both modalities.</summary>
    internal double RankShare => TwoSidedShare ?? OtherShare;

    /// <summary>The headers of <see cref="FormatMeasures"/>.</summary>
    internal static string[] GetHeaders(string first, string second, bool hasTwoSided) =>
        [$"{first} -> {second}", $"{second} -> {first}", "mean", "against raw", "mixed NDCG", "other share", .. hasTwoSided ? (string[])["two-sided NDCG", "share"] : [], "fit ms"];

    /// <summary>
    /// What stands in every table of candidates behind the gap: recall@1 both ways, its mean and gain, NDCG@10 in the mixed gallery and the other modality's share, the same of two-sided galleries where there are any,
    /// milliseconds of a fit.
    /// </summary>
    internal string[] FormatMeasures()
    {
        var culture = CultureInfo.InvariantCulture;
        return
        [
            FirstToSecond.Value.ToString("F3", culture),
            SecondToFirst.Value.ToString("F3", culture),
            MeanRecall.Value.ToString("F3", culture),
            $"{FormatGain(RecallGain.Value)} [{FormatGain(RecallGain.Lower)}, {FormatGain(RecallGain.Upper)}]",
            string.Create(culture, $"{MixedNdcg.Value:F3} [{MixedNdcg.Lower:F3}, {MixedNdcg.Upper:F3}]"),
            OtherShare.ToString("F2", culture),
            .. TwoSidedNdcg is { } twoSided ? (string[])[string.Create(culture, $"{twoSided.Value:F3} [{twoSided.Lower:F3}, {twoSided.Upper:F3}]"), TwoSidedShare!.Value.ToString("F2", culture)] : [],
            FitTime.TotalMilliseconds.ToString("F0", culture),
        ];
    }

    /// <summary>A difference with its sign; what rounds to zero has none.</summary>
    internal static string FormatGain(double value) => (Math.Round(value, 3) + 0.0).ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public override string ToString() => FormattableString.Invariant(
        $"{Name}: gap {Gap:F4}, recall@1 {FirstToSecond.Value:F4} and {SecondToFirst.Value:F4}, mixed NDCG@10 {MixedNdcg.Value:F4}");
}
