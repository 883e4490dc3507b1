namespace Microsoft.ML.ModalityGap;

/// <summary>Merges what shards found: by score, largest first, then by the row's number among all, smallest first. That order is total, and the one in which an index over all rows ranks them.</summary>
internal static class TopHits
{
    internal static ShardHit[] Merge(IEnumerable<IReadOnlyList<ShardHit>> parts, int k)
    {
        ShardHit[] all = [.. parts.SelectMany(part => part)];
        Array.Sort(all, (a, b) => a.Score > b.Score ? -1 : a.Score < b.Score ? 1 : a.Row.CompareTo(b.Row));
        return all.Length > k ? all[..k] : all;
    }

    /// <summary>Whether rows of a shard are scored and ranked as among all rows: what is not, is taken from the gallery as a whole or from a query's scores with it.</summary>
    internal static bool RanksRowsAlone(EmbeddingIndex index, SearchOptions options) => index.Options.Metric != SimilarityMetric.SignalToNoise && options.Rescorer is null or { Method.RanksRowsAlone: true };
}
