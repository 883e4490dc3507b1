using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A selection as JSON and as a table.</summary>
internal static class SelectionReport
{
    internal static JsonObject ToJson(SelectionResult selection, string? path)
    {
        var json = new JsonObject
        {
            ["first"] = selection.First,
            ["second"] = selection.Second,
            ["count"] = selection.Count,
            ["skippedCount"] = selection.SkippedCount,
            ["folds"] = selection.Folds,
            ["repeats"] = selection.Repeats,
            ["recommended"] = selection.Recommended.Name,
            ["leavesAlone"] = selection.LeavesAlone,
            ["reason"] = selection.Reason,
            ["confidence"] = selection.Confidence,
            ["candidates"] = new JsonArray([.. selection.Entries.Select(entry => (JsonNode)new JsonObject
            {
                ["name"] = entry.Name,
                ["gap"] = entry.Gap,
                ["gapError"] = entry.GapError,
                ["closesGap"] = entry.ClosesGap,
                ["recallFirstToSecond"] = ToJson(entry.FirstToSecond),
                ["recallSecondToFirst"] = ToJson(entry.SecondToFirst),
                ["meanRecall"] = ToJson(entry.MeanRecall),
                ["recallGain"] = ToJson(entry.RecallGain),
                ["reciprocalRank"] = ToJson(entry.ReciprocalRank),
                ["mixedNdcg"] = ToJson(entry.MixedNdcg),
                ["otherShare"] = entry.OtherShare,
                ["twoSided"] = entry.TwoSidedNdcg is { } twoSided
                    ? new JsonObject { ["ndcg@10"] = ToJson(twoSided), ["recall@1"] = entry.TwoSidedRecall, ["imageShare"] = entry.TwoSidedShare }
                    : null,
                ["lossProbability"] = entry.LossProbability,
                ["score"] = entry.Score,
                ["fitSeconds"] = entry.FitTime.TotalSeconds,
            })]),
        };
        if (path is not null)
            json["file"] = path;
        return json;
    }

    // Those a reader compares; --all prints the rest.
    private const int BestCount = 5;
    private static readonly string[] _yardsticks = ["raw", "center", "i0t-async"]; // the last is there with --trained only

    internal static TextTable ToTable(SelectionResult selection, string? path, bool isAll)
    {
        var culture = CultureInfo.InvariantCulture;
        var best = selection.Entries.OrderByDescending(entry => entry.Score).Take(BestCount).ToHashSet();
        var entries = isAll ? selection.Entries : [.. selection.Entries.Where(entry => best.Contains(entry) || entry == selection.Recommended || _yardsticks.Contains(entry.Name))];
        var left = selection.Entries.Count - entries.Count;
        return new TextTable(
            string.Create(culture, $"{selection.First} and {selection.Second}: {selection.Count:N0} pairs, dealt in {selection.Folds} parts {selection.Repeats} times; recall@1, NDCG@10, 95% intervals"),
            ["method", "gap", .. SelectionEntry.GetHeaders(selection.First, selection.Second, selection.Raw.TwoSidedNdcg is not null)])
        {
            Rows =
            [
                .. entries.Select(entry => (string[])
                [
                    (entry == selection.Recommended ? "* " : "  ") + entry.Name,
                    entry.Gap.ToString("F3", culture),
                    .. entry.FormatMeasures(),
                ]),
            ],
            Note = $"* {selection.Recommended.Name}: {selection.Reason} Confidence {selection.Confidence.ToString("P0", culture).Replace(" %", "%", StringComparison.Ordinal)}.{(path is null ? "" : $" Fitted on all pairs: {path}")}"
                + (left == 0 ? "" : string.Create(culture, $"\n{left} more methods were compared; --all prints them.")),
        };
    }

    private static JsonObject ToJson(ConfidenceInterval interval) => new() { ["value"] = interval.Value, ["lower"] = interval.Lower, ["upper"] = interval.Upper };
}
