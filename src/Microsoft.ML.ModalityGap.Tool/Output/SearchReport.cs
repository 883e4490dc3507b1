using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Neighbours, and an index, as JSON and as tables.</summary>
internal static class SearchReport
{
    // More rows than anyone reads; JSON has all.
    private const int MaximumQueries = 20;

    internal static JsonObject ToJson(SearchRun run) => new()
    {
        ["index"] = ToJson(run.Index),
        ["k"] = run.K,
        ["rescoring"] = run.Rescoring,
        ["queries"] = ToJson(run.Items, run.Hits),
    };

    /// <summary>What queries found.</summary>
    internal static JsonArray ToJson(IReadOnlyList<string>? items, IReadOnlyList<IReadOnlyList<ShardHit>> queries) => new([.. queries.Select((hits, query) => (JsonNode)new JsonObject
    {
        ["query"] = query,
        ["item"] = items?[query],
        ["neighbors"] = new JsonArray([.. hits.Select(hit => (JsonNode)new JsonObject
        {
            ["id"] = hit.Id.IsNumber ? hit.Id.Number : hit.Id.ToString(),
            ["modality"] = hit.Modality,
            ["score"] = hit.Score,
            ["probability"] = hit.Probability,
        })]),
    })]);

    internal static TextTable ToTable(SearchRun run)
    {
        if (run.Neighbors.Count == 0)
            return ToTable("the index", run.Index);
        var metric = run.Index.Options.Metric.ToString().ToLowerInvariant();
        return ToTable(
            string.Create(CultureInfo.InvariantCulture, $"{run.Neighbors.Count:N0} queries over {run.Index.Count:N0} rows of {run.Index.Dimension} dimensions{(run.Index.Options.FirstPass == IndexFirstPass.ApproximateBits ? ", by sign bits: rows may be missing" : "")}"),
            run.Rescoring is null ? metric : $"{run.Rescoring} of {metric}",
            run.Items,
            run.Hits);
    }

    /// <summary>What the first queries found.</summary>
    internal static TextTable ToTable(string title, string score, IReadOnlyList<string>? items, IReadOnlyList<IReadOnlyList<ShardHit>> queries)
    {
        var rows = new List<IReadOnlyList<string>>();
        var showsProbability = queries.Any(hits => hits.Any(hit => hit.Probability is not null));
        foreach (var (hits, query) in queries.Take(MaximumQueries).Select((hits, query) => (hits, query)))
        {
            var item = items?[query] ?? query.ToString(CultureInfo.InvariantCulture);
            if (hits.Count == 0)
                rows.Add([item, "", "nothing matches", "", "", .. Enumerable.Repeat("", showsProbability ? 1 : 0)]);
            for (var i = 0; i < hits.Count; i++)
            {
                rows.Add(
                [
                    i == 0 ? item : "",
                    (i + 1).ToString(CultureInfo.InvariantCulture),
                    hits[i].Id.ToString(),
                    hits[i].Modality ?? "",
                    hits[i].Score.ToString("F4", CultureInfo.InvariantCulture),
                    .. showsProbability ? new[] { hits[i].Probability?.ToString("F3", CultureInfo.InvariantCulture) ?? "" } : [],
                ]);
            }
        }

        return new TextTable(title, ["query", "rank", "id", "modality", score, .. Enumerable.Repeat("probability", showsProbability ? 1 : 0)])
        {
            Rows = rows,
            Note = queries.Count > MaximumQueries ? $"the first {MaximumQueries} queries; --json prints all" : null,
        };
    }

    internal static JsonObject ToJson(EmbeddingIndex index) => new()
    {
        ["rows"] = index.Count,
        ["dimension"] = index.Dimension,
        ["metric"] = index.Options.Metric.ToString().ToLowerInvariant(),
        ["storage"] = index.Options.Storage.ToString().ToLowerInvariant(),
        ["firstPass"] = index.Options.FirstPass.ToString().ToLowerInvariant(),
        ["modalities"] = new JsonObject(index.Modalities.Select(name => KeyValuePair.Create<string, JsonNode?>(name, index.CountRows([name])))),
        ["modelFingerprint"] = index.Fingerprint,
        ["correction"] = index.Options.Correction is null ? null : CorrectionReport.ToJson(index.Options.Correction),
    };

    internal static TextTable ToTable(string title, EmbeddingIndex index) => new(title, ["rows", "dimension", "metric", "storage", "modalities", "maps"])
    {
        Rows =
        [
            [
                index.Count.ToString("N0", CultureInfo.InvariantCulture),
                index.Dimension.ToString(CultureInfo.InvariantCulture),
                index.Options.Metric.ToString().ToLowerInvariant(),
                index.Options.Storage.ToString().ToLowerInvariant(),
                string.Join(", ", index.Modalities.Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} {index.CountRows([name]):N0}"))),
                index.Fingerprint ?? "unknown",
            ],
        ],
    };
}
