using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What a search found as a file, a line per hit: tab-separated (.tsv) or a JSON object (.jsonl).</summary>
internal static class HitsFile
{
    private const string JsonLines = ".jsonl";
    private const string Tabs = ".tsv";

    /// <exception cref="UsageException">The name does not tell the format.</exception>
    internal static void CheckName(string path, string option)
    {
        if (Path.GetExtension(path) is not (JsonLines or Tabs))
            throw new UsageException($"{option} writes hits{JsonLines} or hits{Tabs}, but '{path}' ends otherwise.");
    }

    internal static void Write(string path, SearchRun run) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        var isJson = Path.GetExtension(path) == JsonLines;
        if (!isJson)
            writer.WriteLine("query\titem\trank\tid\tmodality\tscore");
        for (var query = 0; query < run.Neighbors.Count; query++)
        {
            var rank = 0;
            foreach (var neighbor in run.Neighbors[query])
                writer.WriteLine(isJson ? ToJson(run, query, ++rank, neighbor) : ToTabs(run, query, ++rank, neighbor));
        }
    });

    private static string ToJson(SearchRun run, int query, int rank, Neighbor neighbor) => new JsonObject
    {
        ["query"] = query,
        ["item"] = run.Items?[query],
        ["rank"] = rank,
        ["id"] = neighbor.Id.IsNumber ? neighbor.Id.Number : neighbor.Id.ToString(),
        ["modality"] = neighbor.Modality,
        ["score"] = float.IsFinite(neighbor.Score) ? neighbor.Score : null,
    }.ToJsonString();

    private static string ToTabs(SearchRun run, int query, int rank, Neighbor neighbor) => string.Create(
        CultureInfo.InvariantCulture, $"{query}\t{Clean(run.Items?[query])}\t{rank}\t{Clean(neighbor.Id.ToString())}\t{Clean(neighbor.Modality)}\t{neighbor.Score:G9}");

    /// <summary>A tab in a text would be a column.</summary>
    private static string Clean(string? text) => text?.Replace('\t', ' ') ?? "";
}
