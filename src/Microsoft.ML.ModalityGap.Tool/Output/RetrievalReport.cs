using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Retrieval measured by ids or judgements, or from a mixed gallery, as JSON and as tables.</summary>
internal static class RetrievalReport
{
    private static readonly (RetrievalMeasure Measure, string Key)[] _atCutoffs =
    [
        (RetrievalMeasure.Recall, "recall"), (RetrievalMeasure.TextbookRecall, "textbookRecall"), (RetrievalMeasure.Precision, "precision"), (RetrievalMeasure.Ndcg, "ndcg"),
    ];

    private static readonly (RetrievalMeasure Measure, string Key)[] _whole =
    [
        (RetrievalMeasure.MeanReciprocalRank, "mrr"), (RetrievalMeasure.MeanAveragePrecision, "map"), (RetrievalMeasure.MedianRank, "medianRank"), (RetrievalMeasure.MeanRank, "meanRank"),
    ];

    internal static JsonObject ToJson(TwoWayRetrievalMetrics metrics, IReadOnlyList<int> cutoffs) => new()
    {
        ["retrieval"] = new JsonObject
        {
            [metrics.FirstToSecond.Direction] = ToJson(metrics.FirstToSecond, cutoffs),
            [metrics.SecondToFirst.Direction] = ToJson(metrics.SecondToFirst, cutoffs),
        },
    };

    internal static JsonObject ToJson(MixedRetrievalMetrics metrics, IReadOnlyList<int> cutoffs) => new()
    {
        ["cutoff"] = metrics.Cutoff,
        ["ndcg"] = metrics.Ndcg,
        ["modalities"] = new JsonObject(metrics.Modalities.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Modality, new JsonObject
        {
            ["documents"] = entry.DocumentCount,
            ["galleryShare"] = entry.GalleryShare,
            ["topShare"] = entry.TopShare,
            ["relevant"] = entry.RelevantCount,
            ["topRecall"] = entry.TopRecall,
            ["rankBias"] = entry.RankBias,
        }))),
        ["retrieval"] = ToJson(metrics.Retrieval, cutoffs),
    };

    /// <summary>Every measure, and its interval under the same key in <c>intervals</c>.</summary>
    internal static JsonObject ToJson(RetrievalMetrics metrics, IReadOnlyList<int> cutoffs)
    {
        var json = new JsonObject
        {
            ["queries"] = metrics.QueryCount,
            ["documents"] = metrics.DocumentCount,
            ["relevant"] = metrics.RelevantCount,
            ["queriesWithoutRelevant"] = metrics.QueriesWithoutRelevantCount,
            ["unknownJudgements"] = metrics.UnknownJudgementCount,
        };
        var intervals = new JsonObject();
        foreach (var (measure, k, key) in List(cutoffs))
        {
            var interval = metrics.GetInterval(measure, k);
            json[key] = interval.Value;
            intervals[key] = new JsonArray(interval.Lower, interval.Upper);
        }

        json["intervals"] = intervals;
        return json;
    }

    /// <param name="measured">One, or the same by cosines and by corrected scores.</param>
    /// <param name="cutoffs">The k's.</param>
    /// <param name="headers">What each is.</param>
    internal static IReadOnlyList<TextTable> ToTables(IReadOnlyList<TwoWayRetrievalMetrics> measured, IReadOnlyList<int> cutoffs, string[] headers) =>
        [ToTable([.. measured.Select(metrics => metrics.FirstToSecond)], cutoffs, headers), ToTable([.. measured.Select(metrics => metrics.SecondToFirst)], cutoffs, headers)];

    /// <param name="measured">One, or the same before and after a map, or by cosines and by corrected scores.</param>
    /// <param name="cutoffs">The k's.</param>
    /// <param name="headers">What each is.</param>
    internal static IReadOnlyList<TextTable> ToTables(IReadOnlyList<MixedRetrievalMetrics> measured, IReadOnlyList<int> cutoffs, string[] headers)
    {
        static string Format(double? value) => value?.ToString("F4", CultureInfo.InvariantCulture) ?? "";
        var first = measured[0];
        var k = first.Cutoff;
        var rows = new List<IReadOnlyList<string>> { new[] { string.Create(CultureInfo.InvariantCulture, $"NDCG@{k}") }.Concat(measured.Select(metrics => Format(metrics.Ndcg))).ToArray() };
        for (var i = 0; i < first.Modalities.Count; i++)
        {
            void Add(string name, Func<MixedModalityMetrics, double?> measure) => rows.Add([name, .. measured.Select(metrics => Format(measure(metrics.Modalities[i])))]);
            var modality = first.Modalities[i].Modality;
            Add(string.Create(CultureInfo.InvariantCulture, $"{modality}: share of the first {k} ({first.Modalities[i].GalleryShare:F4} is fair)"), entry => entry.TopShare);
            Add(string.Create(CultureInfo.InvariantCulture, $"{modality}: relevant ones among them"), entry => entry.TopRecall);
            Add($"{modality}: rank bias (0 is fair, -1 is last whatever the content)", entry => entry.RankBias);
        }

        var title = string.Create(CultureInfo.InvariantCulture, $"one gallery of {string.Join(", ", first.Modalities.Select(entry => $"{entry.DocumentCount:N0} {entry.Modality}"))}");
        return [new TextTable(title, ["measure", .. headers]) { Rows = rows }, ToTable([.. measured.Select(metrics => metrics.Retrieval)], cutoffs, headers)];
    }

    private static TextTable ToTable(RetrievalMetrics[] measured, IReadOnlyList<int> cutoffs, string[] headers)
    {
        var first = measured[0];
        var title = string.Create(
            CultureInfo.InvariantCulture, $"{first.Direction}: {first.QueryCount:N0} queries, {first.DocumentCount:N0} documents, {first.RelevantCount:N0} relevant pairs")
            + (first.QueriesWithoutRelevantCount > 0 ? string.Create(CultureInfo.InvariantCulture, $", {first.QueriesWithoutRelevantCount:N0} queries without any left out") : "");
        return new TextTable(title, ["measure", .. headers])
        {
            Rows = [.. List(cutoffs).Select(entry => (string[])
            [
                RetrievalMeasures.GetName(entry.Measure, entry.K), .. measured.Select(metrics => metrics.GetValue(entry.Measure, entry.K).ToString("F4", CultureInfo.InvariantCulture)),
            ])],
            Note = RetrievalMetrics.TieRule,
        };
    }

    private static IEnumerable<(RetrievalMeasure Measure, int K, string Key)> List(IReadOnlyList<int> cutoffs) =>
        _atCutoffs.SelectMany(entry => cutoffs.Select(k => (entry.Measure, k, string.Create(CultureInfo.InvariantCulture, $"{entry.Key}@{k}"))))
            .Concat(_whole.Select(entry => (entry.Measure, 1, entry.Key)));
}
