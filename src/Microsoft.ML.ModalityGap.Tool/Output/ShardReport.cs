using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What shards there are: names, rows and checksums.</summary>
internal static class ShardReport
{
    // A table line has room for so much; JSON has all.
    private const int ShownDigits = 16;

    internal static JsonArray ToJson(IReadOnlyList<ShardStatistics> shards) => new([.. shards.Select(shard => (JsonNode)new JsonObject
    {
        ["files"] = new JsonArray([.. shard.Files.Select((file, i) => (JsonNode)new JsonObject { ["modality"] = shard.Group.Names[i], ["file"] = file.Name, ["sha256"] = file.Checksum })]),
        ["rows"] = shard.RowCount,
        ["skippedRows"] = shard.SkippedCount,
    })]);

    internal static TextTable ToTable(string title, IReadOnlyList<ShardStatistics> shards) => new(title, ["modality", "file", "rows", "left out", "SHA-256"])
    {
        Rows = [.. shards.SelectMany(shard => shard.Files.Select((file, i) => (IReadOnlyList<string>)
        [
            shard.Group.Names[i], file.Name, shard.RowCount.ToString("N0", CultureInfo.InvariantCulture), shard.SkippedCount.ToString("N0", CultureInfo.InvariantCulture), file.Checksum[..ShownDigits],
        ]))],
    };
}
