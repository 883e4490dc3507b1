using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What a search found as a file, a line per hit: tab-separated (.tsv) or a JSON object (.jsonl).</summary>
internal static class HitsFile
{
    private const string JsonLines = ".jsonl";
    private const string Tabs = ".tsv";
    private const string Part = ".hits";

    /// <exception cref="UsageException">The name does not tell the format.</exception>
    internal static void CheckName(string path, string option)
    {
        if (Path.GetExtension(path) is not (JsonLines or Tabs or Part))
            throw new UsageException($"{option} writes hits{JsonLines} or hits{Tabs}, or name{Part} to be merged with those of other shards, but '{path}' ends otherwise.");
    }

    /// <summary>Whether a file keeps what it takes to merge it with those of other shards.</summary>
    internal static bool IsPart(string path) => Path.GetExtension(path) == Part;

    /// <param name="path">The file.</param>
    /// <param name="items">What the queries are, where that is known.</param>
    /// <param name="queries">What each of them found.</param>
    internal static void Write(string path, IReadOnlyList<string>? items, IReadOnlyList<IReadOnlyList<ShardHit>> queries) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        var isJson = Path.GetExtension(path) == JsonLines;
        if (!isJson)
            writer.WriteLine("query\titem\trank\tid\tmodality\tscore");
        for (var query = 0; query < queries.Count; query++)
        {
            var rank = 0;
            foreach (var hit in queries[query])
                writer.WriteLine(isJson ? ToJson(items, query, ++rank, hit) : ToTabs(items, query, ++rank, hit));
        }
    });

    private static string ToJson(IReadOnlyList<string>? items, int query, int rank, ShardHit hit) => new JsonObject
    {
        ["query"] = query,
        ["item"] = items?[query],
        ["rank"] = rank,
        ["id"] = hit.Id.IsNumber ? hit.Id.Number : hit.Id.ToString(),
        ["modality"] = hit.Modality,
        ["score"] = float.IsFinite(hit.Score) ? hit.Score : null,
    }.ToJsonString();

    private static string ToTabs(IReadOnlyList<string>? items, int query, int rank, ShardHit hit) => string.Create(
        CultureInfo.InvariantCulture, $"{query}\t{TextLines.ToCell(items?[query])}\t{rank}\t{TextLines.ToCell(hit.Id.ToString())}\t{TextLines.ToCell(hit.Modality)}\t{hit.Score:G9}");
}
