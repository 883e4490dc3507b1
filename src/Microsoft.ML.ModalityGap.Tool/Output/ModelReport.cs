using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The maps of a model as JSON and as a table.</summary>
internal static class ModelReport
{
    internal static JsonObject ToJson(ModelFile model) => new()
    {
        ["file"] = model.Path,
        ["kind"] = "map",
        ["modalities"] = ToJson([.. model.Transformers]),
        ["correction"] = model.Correction is null ? null : CorrectionReport.ToJson(model.Correction),
        ["modelFingerprint"] = model.FindFingerprint(),
    };

    internal static JsonArray ToJson(params EmbeddingMapTransformer[] transformers) => new([.. Entries(transformers).Select(entry => (JsonNode)new JsonObject
    {
        ["modality"] = entry.Entry.Modality,
        ["inputColumn"] = entry.Columns.Input,
        ["outputColumn"] = entry.Columns.Output,
        ["modalityColumn"] = entry.ModalityColumn,
        ["inputDimension"] = entry.Entry.Map.InputDimension,
        ["outputDimension"] = entry.Entry.Map.OutputDimension,
        ["steps"] = new JsonArray([.. entry.Entry.Map.Steps.Select(step => (JsonNode)step.ToString()!)]),
        ["mapFingerprint"] = entry.Entry.Map.Fingerprint,
        ["modelFingerprint"] = entry.ModelFingerprint,
        ["rows"] = entry.Entry.Statistics?.Count,
        ["skippedRows"] = entry.Entry.Statistics?.SkippedCount,
    })]);

    /// <param name="title">Above it.</param>
    /// <param name="fingerprint">What vectors carry that came through the maps; <see langword="null"/> where that is not one and the same for all modalities.</param>
    /// <param name="transformers">The maps, in the order they are applied.</param>
    internal static TextTable ToTable(string title, string? fingerprint, params EmbeddingMapTransformer[] transformers)
    {
        var entries = Entries(transformers).ToArray();

        // Left out where it says nothing: most maps are on columns called as their modalities.
        var showsColumns = entries.Any(entry => entry.ModalityColumn is not null || entry.Columns.Input != entry.Entry.Modality || entry.Columns.Output != entry.Entry.Modality);
        string[] SelectCells(string modality, string columns, params string[] others) => showsColumns ? [modality, columns, .. others] : [modality, .. others];
        return new(title, SelectCells("modality", "columns", "dimensions", "steps", "fitted on"))
        {
            Rows =
            [
                .. entries.Select(entry => SelectCells(
                    entry.Entry.Modality,
                    (entry.Columns.Input == entry.Columns.Output ? entry.Columns.Input : $"{entry.Columns.Input} -> {entry.Columns.Output}")
                        + (entry.ModalityColumn is { } column ? $" by {column}" : ""),
                    string.Create(CultureInfo.InvariantCulture, $"{entry.Entry.Map.InputDimension} -> {entry.Entry.Map.OutputDimension}"),
                    entry.Entry.Map.Steps.Count == 0 ? "identity" : string.Join(", ", entry.Entry.Map.Steps),
                    DescribeRows(entry.Entry.Statistics))),
            ],
            Note = $"fingerprint: {fingerprint ?? "of each modality its own"}",
        };
    }

    private static string DescribeRows(ModalityStatistics? statistics) => statistics switch
    {
        null => "unknown",
        { SkippedCount: 0 } => string.Create(CultureInfo.InvariantCulture, $"{statistics.Count:N0} rows"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{statistics.Count:N0} rows, {statistics.SkippedCount:N0} left out"),
    };

    private static IEnumerable<(ModalityMap Entry, (string Output, string Input) Columns, string? ModalityColumn, string ModelFingerprint)> Entries(EmbeddingMapTransformer[] transformers) =>
        from transformer in transformers
        from index in Enumerable.Range(0, transformer.Modalities.Count)
        let pairs = transformer.Columns.Pairs
        select (transformer.Modalities[index], pairs[pairs.Count == 1 ? 0 : index], transformer.Columns.ModalityColumnName, transformer.Fingerprint);
}
