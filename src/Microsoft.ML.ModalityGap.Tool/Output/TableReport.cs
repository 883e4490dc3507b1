using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What files of tables hold, as JSON and as a table.</summary>
internal static class TableReport
{
    internal static JsonObject ToJson(string path, IReadOnlyList<ITableFile> files) => new()
    {
        ["file"] = path,
        ["kind"] = "table",
        ["files"] = files.Count,
        ["rows"] = CountRows(files),
        ["blocks"] = files.Sum(file => file.Blocks.Count),
        ["columns"] = new JsonArray([.. files[0].Fields.Select((field, i) => (JsonNode)new JsonObject
        {
            ["name"] = field.Name,
            ["type"] = Describe(files[0], i),
            ["modelFingerprint"] = files[0].FindFingerprint(i),
        })]),
    };

    internal static TextTable ToTable(string path, IReadOnlyList<ITableFile> files) => new(
        string.Create(CultureInfo.InvariantCulture, $"{path}: {CountRows(files):N0} rows, {files.Sum(file => file.Blocks.Count):N0} blocks that are read at once"), ["column", "holds", "maps"])
    {
        Rows = [.. files[0].Fields.Select((field, i) => new[] { field.Name, Describe(files[0], i), field.IsVector ? files[0].FindFingerprint(i) ?? "unknown" : "" })],
    };

    private static long CountRows(IReadOnlyList<ITableFile> files) => files.Sum(file => file.Blocks.Sum(block => block.RowCount));

    private static string Describe(ITableFile file, int field) =>
        file.Fields[field].Defect is { } defect ? $"{defect}, which cannot be read" : file.GetColumnType(field) is VectorDataViewType vector ? $"lists of {vector.Size} numbers" : $"{file.GetColumnType(field)}";
}
