using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>Which candidate to take.</summary>
internal static class SelectionRule
{
    internal static double Score(SelectionObjective objective, SelectionEntry entry) => objective switch
    {
        SelectionObjective.Retrieval => (entry.MeanRecall.Value + entry.ReciprocalRank.Value) / 2,
        SelectionObjective.MixedRetrieval => entry.FairNdcg,
        _ => (entry.MeanRecall.Value + entry.ReciprocalRank.Value + entry.FairNdcg) / 3,
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
        var fair = keeping.Where(entry => entry.RankShare >= options.MinimumOtherShare && entry.RankShare <= options.MaximumOtherShare).ToArray();
        var best = fair.Length > 0
            ? fair.MaxBy(entry => Score(options.Objective, entry))!
            : keeping.MinBy(entry => Math.Abs(entry.RankShare - 0.5))!; // none is fair: the one that comes nearest
        var what = isMeasured ? "keep recall@1" : "lose no more recall@1 than chance may";
        var how = fair.Length > 0
            ? $"the best by {Describe(options.Objective)}"
            : string.Create(culture, $"the one that ranks a mixed gallery most evenly (none keeps the other modality's share of the first ten within {options.MinimumOtherShare} and {options.MaximumOtherShare})");
        return (best, string.Create(
            culture,
            $"of {(fair.Length > 0 ? fair : keeping).Length} candidates that close the gap ({raw.Gap:F3} to {best.Gap:F3}) and {what} ({SelectionEntry.FormatGain(best.RecallGain.Value)}), {how}."));
    }

    private static string Describe(SelectionObjective objective) => objective switch
    {
        SelectionObjective.Retrieval => "recall@1 and reciprocal rank",
        SelectionObjective.MixedRetrieval => "mixed NDCG@10",
        _ => "recall@1, reciprocal rank and mixed NDCG@10 together",
    };
}
