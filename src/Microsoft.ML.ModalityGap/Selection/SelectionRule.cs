using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>Which candidate to take.</summary>
internal static class SelectionRule
{
    internal static double Score(SelectionObjective objective, SelectionEntry entry) => objective switch
    {
        SelectionObjective.Retrieval => (entry.MeanRecall.Value + entry.ReciprocalRank.Value) / 2,
        SelectionObjective.MixedRetrieval => entry.FairNdcg,

        // Of pairs alone the mixed NDCG counts the other modality only, so it grows with that one's share whatever is found; the share's limits do what it is for.
        _ => entry.TwoSidedNdcg is { } twoSided
            ? (entry.MeanRecall.Value + entry.ReciprocalRank.Value + twoSided.Value) / 3
            : (entry.MeanRecall.Value + entry.ReciprocalRank.Value) / 2,
    };

    /// <summary>
    /// The best of those that close the gap, rank both modalities fairly and are measured to lose no more recall than allowed; where none is, of those whose loss may be chance; the raw embeddings when every candidate's loss
    /// is significant.
    /// </summary>
    internal static (SelectionEntry Entry, string Reason) Recommend(IReadOnlyList<SelectionEntry> entries, SelectionEntry raw, SelectionOptions options)
    {
        var culture = CultureInfo.InvariantCulture;
        var closing = entries.Where(entry => entry != raw && entry.ClosesGap).ToArray();
        if (closing.Length == 0)
            return (raw, "leave the embeddings alone: no candidate closes the gap.");
        var losses = LossTest.Holm([.. closing.Select(entry => entry.LossProbability)]);
        if (losses.All(loss => loss <= LossTest.Level))
        {
            var least = closing.MaxBy(entry => entry.RecallGain.Value)!;
            return (raw, string.Create(
                culture,
                $"leave the embeddings alone: every candidate that closes the gap loses more recall@1 than the {options.AllowedRecallLoss} allowed; '{least.Name}' loses the least, {-least.RecallGain.Value:F3} (significant at {LossTest.Level}, of {closing.Length} by Holm)."));
        }

        var keeping = closing.Where(entry => entry.RecallGain.Value >= -options.AllowedRecallLoss).ToArray();
        var isMeasured = keeping.Length > 0;
        if (!isMeasured)
            keeping = [.. closing.Where((_, i) => losses[i] > LossTest.Level)];
        var limits = options.Objective != SelectionObjective.Retrieval; // between the modalities shares do not matter
        var fair = keeping.Where(entry => !limits || IsFair(entry, options)).ToArray();
        var best = fair.Length > 0
            ? fair.MaxBy(entry => Score(options.Objective, entry))!
            : keeping.MinBy(entry => Math.Abs(entry.RankShare - 0.5))!; // none is fair: the one that comes nearest
        var (leastShare, mostShare) = GetLimits(best, options);
        var what = isMeasured ? "keep recall@1" : "lose no more recall@1 than chance may";
        var how = fair.Length > 0
            ? $"the best by {Describe(options.Objective, best.TwoSidedNdcg is not null)}"
            : string.Create(culture, $"the one that ranks a mixed gallery most evenly (none keeps the other modality's share of the first ten within {leastShare} and {mostShare})");
        return (best, string.Create(
            culture,
            $"of {(fair.Length > 0 ? fair : keeping).Length} candidates that close the gap ({raw.Gap:F3} to {best.Gap:F3}) and {what} ({SelectionEntry.FormatGain(best.RecallGain.Value)}), {how}."));
    }

    /// <summary>Whether neither modality has more of the first ten than it may.</summary>
    private static bool IsFair(SelectionEntry entry, SelectionOptions options)
    {
        var (least, most) = GetLimits(entry, options);
        return entry.RankShare >= least && entry.RankShare <= most;
    }

    /// <summary>In two-sided galleries, whose documents are equally many of both modalities, the limits lie half as far from a half.</summary>
    private static (double Least, double Most) GetLimits(SelectionEntry entry, SelectionOptions options) => entry.TwoSidedShare is null
        ? (options.MinimumOtherShare, options.MaximumOtherShare)
        : ((options.MinimumOtherShare + 0.5) / 2, (options.MaximumOtherShare + 0.5) / 2);

    private static string Describe(SelectionObjective objective, bool hasTwoSided) => objective switch
    {
        SelectionObjective.MixedRetrieval => $"{(hasTwoSided ? "two-sided" : "mixed")} NDCG@10",
        SelectionObjective.Balanced when hasTwoSided => "recall@1, reciprocal rank and two-sided NDCG@10 together",
        SelectionObjective.Balanced => "recall@1 and reciprocal rank, among those that rank a mixed gallery evenly",
        _ => "recall@1 and reciprocal rank",
    };
}
