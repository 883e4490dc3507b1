using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The measures as JSON and as tables.</summary>
internal static class MetricsReport
{
    private const string RankRule = "rank = 1 + rows with a higher cosine + rows with the same cosine that stand before";

    private static readonly int[] _cutoffs = [1, 5, 10];

    internal static JsonObject ToJson(ModalityGapMetrics metrics) => new()
    {
        ["count"] = metrics.Count,
        ["dimension"] = metrics.Dimension,
        ["centroidDistance"] = metrics.CentroidDistance,
        ["meanPairDistance"] = metrics.MeanPairDistance,
        ["meanPairCosine"] = metrics.MeanPairCosine,
        ["relativeModalityGap"] = metrics.RelativeModalityGap,
        ["alignment"] = metrics.Alignment,
        ["uniformity"] = metrics.Uniformity,
        ["linearSeparability"] = metrics.LinearSeparability,
        ["retrieval"] = new JsonObject(Directions(metrics).Select(direction => KeyValuePair.Create<string, JsonNode?>(direction.Direction, ToJson(direction)))),
    };

    internal static JsonObject ToJson(ModalityGapMetrics before, ModalityGapMetrics after) => new() { ["before"] = ToJson(before), ["after"] = ToJson(after) };

    internal static IReadOnlyList<TextTable> ToTables(ModalityGapMetrics metrics) => ToTables(metrics, ["value"], [metrics]);

    internal static IReadOnlyList<TextTable> ToTables(ModalityGapMetrics before, ModalityGapMetrics after) => ToTables(before, ["before", "after"], [before, after]);

    private static IReadOnlyList<TextTable> ToTables(ModalityGapMetrics first, string[] headers, ModalityGapMetrics[] measured)
    {
        string[] Row(string name, Func<ModalityGapMetrics, double?> measure) =>
            [name, .. measured.Select(metrics => measure(metrics)?.ToString("F4", CultureInfo.InvariantCulture) ?? "")];

        var rows = new List<IReadOnlyList<string>>
        {
            Row("centroid distance", metrics => metrics.CentroidDistance),
            Row("mean pair distance", metrics => metrics.MeanPairDistance),
            Row("mean pair cosine", metrics => metrics.MeanPairCosine),
            Row("relative modality gap", metrics => metrics.RelativeModalityGap),
            Row("alignment", metrics => metrics.Alignment),
            Row("uniformity", metrics => metrics.Uniformity),
            Row("linear separability", metrics => metrics.LinearSeparability),
        };
        for (var i = 0; i < Directions(first).Length; i++)
        {
            foreach (var k in _cutoffs)
                rows.Add(Row($"{Directions(first)[i].Direction} recall@{k}", metrics => Directions(metrics)[i].RecallAt(k)));
        }

        var title = string.Create(CultureInfo.InvariantCulture, $"{first.First} and {first.Second}: {first.Count:N0} pairs of {first.Dimension} dimensions");
        return [new TextTable(title, ["measure", .. headers]) { Rows = rows, Note = RankRule }];
    }

    private static JsonObject ToJson(PairRetrievalMetrics metrics) =>
        new(_cutoffs.Select(k => KeyValuePair.Create<string, JsonNode?>(string.Create(CultureInfo.InvariantCulture, $"recall@{k}"), metrics.RecallAt(k))));

    private static PairRetrievalMetrics[] Directions(ModalityGapMetrics metrics) => [metrics.FirstToSecond, metrics.SecondToFirst];
}
