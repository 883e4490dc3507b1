using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>Which candidate to take.</summary>
internal static class SelectionRule
{
    internal static double Score(SelectionObjective objective, double recall, double reciprocalRank, double mixedNdcg) => objective switch
    {
        SelectionObjective.Retrieval => (recall + reciprocalRank) / 2,
        SelectionObjective.MixedRetrieval => mixedNdcg,
        _ => (recall + reciprocalRank + mixedNdcg) / 3,
    };

    internal static double Score(SelectionObjective objective, SelectionEntry entry) =>
        Score(objective, entry.MeanRecall.Value, entry.ReciprocalRank.Value, entry.MixedNdcg.Value);

    /// <summary>The best of those that close the gap and lose no more recall than allowed; the raw embeddings when there is none.</summary>
    internal static (SelectionEntry Entry, string Reason) Recommend(IReadOnlyList<SelectionEntry> entries, SelectionEntry raw, SelectionOptions options)
    {
        var culture = CultureInfo.InvariantCulture;
        var closing = entries.Where(entry => entry != raw && entry.ClosesGap).ToArray();
        var allowed = closing.Where(entry => entry.RecallGain.Value >= -options.AllowedRecallLoss).ToArray();
        if (allowed.MaxBy(entry => Score(options.Objective, entry)) is { } best)
        {
            return (best, string.Create(
                culture,
                $"of {allowed.Length} candidates that close the gap ({raw.Gap:F3} to {best.Gap:F3}) and keep recall@1 ({SelectionEntry.FormatGain(best.RecallGain.Value)}), the best by {Describe(options.Objective)}."));
        }

        return closing.MaxBy(entry => entry.RecallGain.Value) is { } least
            ? (raw, string.Create(
                culture,
                $"leave the embeddings alone: every candidate that closes the gap loses more recall@1 than the {options.AllowedRecallLoss} allowed; '{least.Name}' loses the least, {-least.RecallGain.Value:F3}."))
            : (raw, "leave the embeddings alone: no candidate closes the gap.");
    }

    private static string Describe(SelectionObjective objective) => objective switch
    {
        SelectionObjective.Retrieval => "recall@1 and reciprocal rank",
        SelectionObjective.MixedRetrieval => "mixed NDCG@10",
        _ => "recall@1, reciprocal rank and mixed NDCG@10 together",
    };
}
