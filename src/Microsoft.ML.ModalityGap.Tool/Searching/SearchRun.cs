namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What a search found, for its report.</summary>
/// <param name="Index">The index searched.</param>
/// <param name="K">How many neighbours were asked for.</param>
/// <param name="Rescoring">The name of the correction, or <see langword="null"/>.</param>
/// <param name="Items">What the queries are, where that is known.</param>
/// <param name="Neighbors">Per query.</param>
internal sealed record SearchRun(EmbeddingIndex Index, int K, string? Rescoring, IReadOnlyList<string>? Items, IReadOnlyList<IReadOnlyList<Neighbor>> Neighbors)
{
    /// <summary>The number that the index's first row has among the rows of all shards.</summary>
    internal long FirstRow { get; init; }

    /// <summary>The neighbours as rows of all shards.</summary>
    internal IReadOnlyList<IReadOnlyList<ShardHit>> Hits => [.. Neighbors.Select(neighbors => (IReadOnlyList<ShardHit>)[.. neighbors.Select(neighbor => ShardHit.Of(neighbor, FirstRow))])];
}
