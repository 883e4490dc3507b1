using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The measures of the gap as JSON and as tables.</summary>
internal static class MetricsReport
{
    private const string RankRule = "rank = 1 + rows with a higher cosine + rows with the same cosine that stand before";

    internal static JsonObject ToJson(MeasuredGap measured, MetricsScope? scope = null)
    {
        scope ??= MetricsScope.Default;
        var json = CreateJson(measured.Metrics, scope.Cutoffs);
        if (scope.IsFull)
            AddFull(json, measured.Metrics);
        if (measured.Corrected is { } corrected)
        {
            json["corrected"] = new JsonObject
            {
                ["retrieval"] = new JsonObject(Directions(corrected).Select(direction => KeyValuePair.Create<string, JsonNode?>(direction.Direction, ToJson(scope.Cutoffs, direction.RecallAt)))),
            };
        }

        return json;
    }

    private static JsonObject CreateJson(ModalityGapMetrics metrics, IReadOnlyList<int> cutoffs) => new()
    {
        ["count"] = metrics.Count,
        ["dimension"] = metrics.Dimension,
        ["centroidDistance"] = metrics.CentroidDistance,
        ["severity"] = Severity(metrics),
        ["minimumCosineDistance"] = metrics.MinimumCosineDistance,
        ["meanPairDistance"] = metrics.MeanPairDistance,
        ["meanPairCosine"] = metrics.MeanPairCosine,
        ["relativeModalityGap"] = metrics.RelativeModalityGap,
        ["alignment"] = metrics.Alignment,
        ["uniformity"] = metrics.Uniformity,
        ["linearSeparability"] = metrics.LinearSeparability,
        ["regressionSeparability"] = metrics.RegressionSeparability,
        ["retrieval"] = new JsonObject(Directions(metrics).Select(direction => KeyValuePair.Create<string, JsonNode?>(direction.Direction, ToJson(cutoffs, direction.RecallAt)))),
    };

    internal static JsonObject ToJson(MeasuredGap before, MeasuredGap after, MetricsScope? scope = null) =>
        new() { ["before"] = ToJson(before, scope), ["after"] = ToJson(after, scope) };

    internal static IReadOnlyList<TextTable> ToTables(MeasuredGap measured, MetricsScope? scope = null) => ToTables(["value"], [measured], scope ?? MetricsScope.Default);

    internal static IReadOnlyList<TextTable> ToTables(MeasuredGap before, MeasuredGap after, MetricsScope? scope = null) =>
        ToTables(["before", "after"], [before, after], scope ?? MetricsScope.Default);

    private static IReadOnlyList<TextTable> ToTables(string[] headers, MeasuredGap[] measured, MetricsScope scope)
    {
        static string Format(double? value) => value?.ToString("F4", CultureInfo.InvariantCulture) ?? "";
        string[] Row(string name, Func<ModalityGapMetrics, double?> measure) => [name, .. measured.Select(state => Format(measure(state.Metrics)))];
        var first = measured[0].Metrics;

        var rows = new List<IReadOnlyList<string>>
        {
            Row("centroid distance", metrics => metrics.CentroidDistance),
            (string[])["severity", .. measured.Select(state => Severity(state.Metrics))],
            Row("minimum cosine distance", metrics => metrics.MinimumCosineDistance),
            Row("mean pair distance", metrics => metrics.MeanPairDistance),
            Row("mean pair cosine", metrics => metrics.MeanPairCosine),
            Row("relative modality gap", metrics => metrics.RelativeModalityGap),
            Row("alignment", metrics => metrics.Alignment),
            Row("uniformity", metrics => metrics.Uniformity),
            Row("linear separability (accuracy)", metrics => metrics.LinearSeparability),
            Row("linear separability (1 − MSE)", metrics => metrics.RegressionSeparability),
        };
        if (scope.IsFull)
        {
            rows.AddRange(
            [
                Row("uniformity across modalities", metrics => metrics.CrossModalUniformity),
                Row($"effective rank of {first.First}", metrics => metrics.FirstEffectiveRank),
                Row($"effective rank of {first.Second}", metrics => metrics.SecondEffectiveRank),
                Row($"hubness of {first.First}", metrics => metrics.FirstHubness),
                Row($"hubness of {first.Second}", metrics => metrics.SecondHubness),
            ]);
            rows.AddRange(Similarities(first).Select((entry, i) => Row($"mean cosine, {entry.Name}", metrics => Similarities(metrics)[i].Histogram.Mean)));
            rows.AddRange(Similarities(first).Select((entry, i) => Row($"standard deviation, {entry.Name}", metrics => Similarities(metrics)[i].Histogram.StandardDeviation)));
            rows.Add(Row("overlap of matched and mismatched", metrics => metrics.MatchedSimilarities.GetOverlap(metrics.MismatchedSimilarities)));
        }

        for (var i = 0; i < Directions(first).Length; i++)
        {
            foreach (var k in scope.Cutoffs)
                rows.Add(Row($"{Directions(first)[i].Direction} recall@{k}", metrics => Directions(metrics)[i].RecallAt(k)));
        }

        var isCorrected = measured.Any(state => state.Corrected is not null);
        for (var i = 0; isCorrected && i < Directions(first).Length; i++)
        {
            foreach (var k in scope.Cutoffs)
                rows.Add((string[])[$"{Directions(first)[i].Direction} recall@{k}, corrected", .. measured.Select(state => Format(state.Corrected is { } corrected ? Directions(corrected)[i].RecallAt(k) : null))]);
        }

        var title = string.Create(CultureInfo.InvariantCulture, $"{first.First} and {first.Second}: {first.Count:N0} pairs of {first.Dimension} dimensions");
        return [new TextTable(title, ["measure", .. headers]) { Rows = rows, Note = isCorrected ? $"{RankRule}; corrected: by the scores that the model's correction makes of cosines" : RankRule }];
    }

    private static JsonObject ToJson(IReadOnlyList<int> cutoffs, Func<int, double> getRecall) =>
        new(cutoffs.Select(k => KeyValuePair.Create<string, JsonNode?>(string.Create(CultureInfo.InvariantCulture, $"recall@{k}"), getRecall(k))));

    private static void AddFull(JsonObject json, ModalityGapMetrics metrics)
    {
        json["crossModalUniformity"] = metrics.CrossModalUniformity;
        json["effectiveRank"] = new JsonObject { [metrics.First] = metrics.FirstEffectiveRank, [metrics.Second] = metrics.SecondEffectiveRank };
        json["hubness"] = new JsonObject { ["neighbors"] = metrics.HubnessNeighbors, [metrics.First] = metrics.FirstHubness, [metrics.Second] = metrics.SecondHubness };
        json["similarities"] = new JsonObject(Similarities(metrics).Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Name, new JsonObject
        {
            ["pairs"] = entry.Histogram.PairCount,
            ["mean"] = entry.Histogram.Mean,
            ["standardDeviation"] = entry.Histogram.StandardDeviation,
            ["counts"] = new JsonArray([.. entry.Histogram.Counts.Select(count => (JsonNode)count)]),
        })));
    }

    private static (string Name, SimilarityHistogram Histogram)[] Similarities(ModalityGapMetrics metrics) =>
    [
        ("matched", metrics.MatchedSimilarities), ("mismatched", metrics.MismatchedSimilarities),
        ($"{metrics.First}-{metrics.First}", metrics.FirstSimilarities), ($"{metrics.Second}-{metrics.Second}", metrics.SecondSimilarities),
    ];

    private static string Severity(ModalityGapMetrics metrics) => metrics.Severity.ToString().ToLowerInvariant();

    private static PairRetrievalMetrics[] Directions(ModalityGapMetrics metrics) => [metrics.FirstToSecond, metrics.SecondToFirst];

    private static RetrievalMetrics[] Directions(TwoWayRetrievalMetrics metrics) => [metrics.FirstToSecond, metrics.SecondToFirst];
}
