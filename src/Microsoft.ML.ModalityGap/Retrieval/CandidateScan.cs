namespace Microsoft.ML.ModalityGap;

/// <summary>Compares queries with some rows each, which something else found. Scores are those of <see cref="IndexScan{TKept}"/>, bit for bit.</summary>
internal sealed class CandidateScan(EmbeddingIndex index, IReadOnlyList<ScoreVariant> variants, SearchOptions options)
{
    /// <param name="queries">The queries.</param>
    /// <param name="unusable">The queries that find nothing; empty where all are good.</param>
    /// <param name="findCandidates">The positions of the rows to compare a query with, each once; called by several threads.</param>
    /// <returns>Per variant the best of each query, in order.</returns>
    internal TopK[] Run(ReadOnlySpan<float> queries, ReadOnlySpan<bool> unusable, Func<int, ReadOnlyMemory<int>> findCandidates)
    {
        var count = queries.Length / index.Dimension;
        var results = variants.Select(variant => new TopK(count, Math.Min(variant.K, Math.Max(1, index.Count)))).ToArray();
        var usable = new List<int>();
        for (var query = 0; query < count; query++)
        {
            if (unusable.IsEmpty || !unusable[query])
                usable.Add(query);
        }

        var threads = Math.Min(usable.Count, options.MaxDegreeOfParallelism > 0 ? options.MaxDegreeOfParallelism : Environment.ProcessorCount);
        var next = -1;

        // One query needs no copy, and no second thread.
        var rows = threads > 1 ? queries.ToArray() : null;
        if (rows is null)
            Work(queries);
        else
            ParallelFor.Run(threads, threads, _ => Work(rows));
        Array.ForEach(results, result => result.Sort());
        return results;

        void Work(ReadOnlySpan<float> rows)
        {
            using var block = new QueryBlock(index.Store, 1, index.Options.Metric, options.Counts);
            for (var i = Interlocked.Increment(ref next); i < usable.Count; i = Interlocked.Increment(ref next))
            {
                var query = usable[i];
                var candidates = findCandidates(query).Span;
                block.Pack(rows.Slice(query * index.Dimension, index.Dimension));
                for (var first = 0; first < candidates.Length; first += MatrixTile.Columns)
                {
                    var group = candidates.Slice(first, Math.Min(MatrixTile.Columns, candidates.Length - first));
                    block.ScoreRows(group);
                    for (var variant = 0; variant < results.Length; variant++)
                    {
                        for (var lane = 0; lane < group.Length; lane++)
                            results[variant].Add(query, variants[variant].Adjust(block.Tile[lane], group[lane]), group[lane]);
                    }
                }
            }
        }
    }
}
