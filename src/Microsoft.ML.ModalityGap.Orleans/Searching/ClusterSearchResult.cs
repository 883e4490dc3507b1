namespace Microsoft.ML.ModalityGap;

/// <summary>What queries found on a cluster.</summary>
/// <param name="Neighbors">Per query its neighbours, nearest first.</param>
/// <param name="SearchedRows">The rows that were searched.</param>
/// <param name="TotalRows">The rows that there are.</param>
/// <param name="Fingerprint">The maps of the index that answered: of all its shards the same.</param>
public sealed record ClusterSearchResult(IReadOnlyList<IReadOnlyList<ClusterNeighbor>> Neighbors, long SearchedRows, long TotalRows, string? Fingerprint)
{
    /// <summary>The share of the rows that were searched: 1, unless <see cref="ClusterSearchOptions.AllowPartial"/> was set and shards did not answer.</summary>
    public double Coverage => TotalRows == 0 ? 1 : (double)SearchedRows / TotalRows;
}
