namespace Microsoft.ML.ModalityGap;

/// <summary>What one shard adds to the statistics of all.</summary>
/// <param name="Group">The names of its modalities.</param>
/// <param name="Files">The file of each.</param>
/// <param name="RowCount">Its rows, or pairs of rows.</param>
/// <param name="SkippedCount">Those of them that were left out.</param>
/// <param name="Parts">The moments of its rows: of one modality a single part, of pairs a part per fold; <see langword="null"/> where no row is in it.</param>
internal sealed record ShardStatistics(ShardGroup Group, IReadOnlyList<ShardFile> Files, long RowCount, long SkippedCount, IReadOnlyList<ModalityStatistics?> Parts)
{
    /// <summary>What it holds, whatever its files are called. The order of these is the one in which shards are merged.</summary>
    internal string Key => GetKey(Files);

    internal static string GetKey(IEnumerable<ShardFile> files) => string.Join('+', files.Select(file => file.Checksum));
}
