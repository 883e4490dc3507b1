namespace Microsoft.ML.ModalityGap;

/// <summary>The modalities whose rows stand beside each other in shards: one, or two whose rows are pairs.</summary>
/// <param name="Names">Their names.</param>
/// <param name="Dimensions">The dimension of each.</param>
/// <param name="Fingerprints">The maps that the vectors of each came through; <see langword="null"/> for none that is known.</param>
internal sealed record ShardGroup(IReadOnlyList<string> Names, IReadOnlyList<int> Dimensions, IReadOnlyList<string?> Fingerprints)
{
    /// <summary>Whether row i of both modalities belongs together.</summary>
    internal bool IsPaired => Names.Count == 2;

    /// <summary>The names, as one text.</summary>
    internal string Title => string.Join(" and ", Names.Select(name => $"'{name}'"));

    /// <summary>What the columns of a view are.</summary>
    internal static ShardGroup Of(IDataView data, IReadOnlyList<string> names)
    {
        var columns = names.Select(name => EmbeddingColumns.Find(new MLContext(), data.Schema, name)).ToArray();
        return new ShardGroup(
            names,
            [.. columns.Select(column => EmbeddingColumns.FindDimension(data, column) ?? throw new InvalidDataException(ModalityStatisticsBuilder.DescribeEmpty(column.Name, skipped: 0)))],
            [.. columns.Select(MapFingerprint.Find)]);
    }
}
