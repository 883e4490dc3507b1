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
        ["queries"] = new JsonArray([.. run.Neighbors.Select((neighbors, query) => (JsonNode)new JsonObject
        {
            ["query"] = query,
            ["item"] = run.Items?[query],
            ["neighbors"] = new JsonArray([.. neighbors.Select(neighbor => (JsonNode)new JsonObject
            {
                ["id"] = neighbor.Id.IsNumber ? neighbor.Id.Number : neighbor.Id.ToString(),
                ["modality"] = neighbor.Modality,
                ["score"] = neighbor.Score,
                ["probability"] = neighbor.Probability,
            })]),
        })]),
    };

    internal static TextTable ToTable(SearchRun run)
    {
        if (run.Neighbors.Count == 0)
            return ToTable("the index", run.Index);
        var rows = new List<IReadOnlyList<string>>();
        var showsProbability = run.Neighbors.Any(neighbors => neighbors.Any(neighbor => neighbor.Probability is not null));
        foreach (var (neighbors, query) in run.Neighbors.Take(MaximumQueries).Select((neighbors, query) => (neighbors, query)))
        {
            if (neighbors.Count == 0)
                rows.Add([run.Items?[query] ?? query.ToString(CultureInfo.InvariantCulture), "", "nothing matches", "", "", .. Enumerable.Repeat("", showsProbability ? 1 : 0)]);
            for (var i = 0; i < neighbors.Count; i++)
            {
                rows.Add(
                [
                    i == 0 ? run.Items?[query] ?? query.ToString(CultureInfo.InvariantCulture) : "",
                    (i + 1).ToString(CultureInfo.InvariantCulture),
                    neighbors[i].Id.ToString(),
                    neighbors[i].Modality ?? "",
                    neighbors[i].Score.ToString("F4", CultureInfo.InvariantCulture),
                    .. showsProbability ? new[] { neighbors[i].Probability?.ToString("F3", CultureInfo.InvariantCulture) ?? "" } : [],
                ]);
            }
        }

        var scored = run.Rescoring is null ? run.Index.Options.Metric.ToString().ToLowerInvariant() : $"{run.Rescoring} of {run.Index.Options.Metric.ToString().ToLowerInvariant()}";
        return new TextTable(
            string.Create(CultureInfo.InvariantCulture, $"{run.Neighbors.Count:N0} queries over {run.Index.Count:N0} rows of {run.Index.Dimension} dimensions"), ["query", "rank", "id", "modality", scored, .. Enumerable.Repeat("probability", showsProbability ? 1 : 0)])
        {
            Rows = rows,
            Note = run.Neighbors.Count > MaximumQueries ? $"the first {MaximumQueries} queries; --json prints all" : null,
        };
    }

    internal static JsonObject ToJson(EmbeddingIndex index) => new()
    {
        ["rows"] = index.Count,
        ["dimension"] = index.Dimension,
        ["metric"] = index.Options.Metric.ToString().ToLowerInvariant(),
        ["storage"] = index.Options.Storage.ToString().ToLowerInvariant(),
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
