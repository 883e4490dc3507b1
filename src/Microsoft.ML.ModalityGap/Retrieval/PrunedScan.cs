namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A search that looks through codes first where the index has them: of each query the rows that can score most, then those compared as they are held, best bound first, until no bound reaches the k-th score any more.
/// Finds what <see cref="IndexScan{TKept}"/> finds over the rows as they are held, bit for bit.
/// </summary>
/// <remarks>
/// Rows that were dropped in the first pass are bounded by its threshold in the end. Where that does not lie below the k-th score, the query is searched again with more rows kept, and in the end with all. Scores
/// that are a metric's or a correction's come from similarities by steps that keep order in floats, too, so that the same steps make bounds of scores from bounds of similarities; where they do not
/// (<see cref="ScoreVariant.IsMonotone"/>), there is no first pass.
/// </remarks>
internal sealed class PrunedScan(EmbeddingIndex index, IReadOnlyList<ScoreVariant> variants, bool[]? allowed, SearchOptions options)
{
    // Room for rows besides four times the neighbours wanted, and how many times as much in a second try.
    private const int SpareRows = 96;
    private const int SecondTry = 8;

    // Rows that are compared before it is looked whether they are enough.
    private const int GroupRows = 16;

    // Of many queries so many are tried first: where most of them are not proven, neither are the others.
    private const int Probe = 120;

    // With fewer rows than this for each that is kept, a first pass drops too little; with fewer than so many times as many in a second try, comparing the long lists costs more than every row in order.
    private const int RowsPerKept = 8;

    private readonly PanelStore _store = index.Store;
    private readonly CodeTilePath _path = options.CodePath ?? CodeTile.BestPath;

    /// <returns>Per variant the best of each query, in order.</returns>
    internal TopK[] Run(ReadOnlySpan<float> queries)
    {
        if (index.Codes is not { HasBounds: true } codes || _path == CodeTilePath.None || !options.UseFirstPass || variants.Any(variant => !variant.IsMonotone))
            return ScanRows(queries);

        var count = queries.Length / index.Dimension;
        var results = variants.Select(variant => new TopK(count, Math.Min(variant.K, _store.Count))).ToArray();
        var open = FindBounded(queries, out var inFull);
        foreach (var times in (int[])[1, SecondTry])
        {
            if (open.Count == 0 || GetRoom(variants.Max(variant => variant.K), times) * RowsPerKept * times > _store.Count)
                break;
            open = TrySome(codes, times, open, queries, results);
        }

        inFull.AddRange(open);
        if (inFull.Count == count)
            return ScanRows(queries);
        if (inFull.Count > 0)
        {
            var found = ScanRows(Gather(queries, inFull));
            for (var i = 0; i < inFull.Count; i++)
            {
                for (var variant = 0; variant < results.Length; variant++)
                    results[variant].Merge(inFull[i], found[variant], i);
            }
        }

        Array.ForEach(results, result => result.Sort());
        return results;
    }

    private static long GetRoom(int k, int times) => times * (4L * k + SpareRows);

    private TopK[] ScanRows(ReadOnlySpan<float> queries)
    {
        if (index.Codes is not null)
            options.Counts?.AddInFull(queries.Length / index.Dimension);
        var found = new IndexScan<TopK>(
            _store, capacity => new QueryBlock(_store, capacity, index.Options.Metric, options.Counts), (count, variant) => new TopK(count, Math.Min(variant.K, _store.Count)), variants, allowed,
            options.MaxDegreeOfParallelism).Run(queries);
        Array.ForEach(found, kept => kept.Sort());
        return found;
    }

    /// <summary>The queries that bounds hold for, and the others.</summary>
    private List<int> FindBounded(ReadOnlySpan<float> queries, out List<int> others)
    {
        var bounded = new List<int>();
        others = [];
        for (var query = 0; query < queries.Length / index.Dimension; query++)
        {
            var norm = Math.Sqrt(MetricRows.GetSquaredNorm(index.Options.Metric, queries.Slice(query * index.Dimension, index.Dimension)));
            (CodeStore.IsBounded(norm) ? bounded : others).Add(query);
        }

        return bounded;
    }

    private List<int> TrySome(CodeStore codes, int times, List<int> open, ReadOnlySpan<float> queries, TopK[] results)
    {
        if (open.Count < 4 * Probe)
            return TryBounds(codes, times, open, queries, results);
        var (probe, others) = (open[..Probe], open[Probe..]);
        var left = TryBounds(codes, times, probe, queries, results);
        return [.. left, .. left.Count > Probe / 2 ? others : TryBounds(codes, times, others, queries, results)];
    }

    /// <summary>Searches some queries by bounds; those that are not proven in the end come back, and nothing of them is in the results.</summary>
    private List<int> TryBounds(CodeStore codes, int times, List<int> open, ReadOnlySpan<float> queries, TopK[] results)
    {
        var rows = Gather(queries, open);
        var candidates = new IndexScan<BoundedRows>(
            codes.Codes, capacity => new CodeBlock(codes, capacity, index.Options.Metric, options.Counts, _path, isCautious: times > 1),
            (count, variant) => new BoundedRows(count, variant.K, (int)GetRoom(variant.K, times), variant.LargestWeight), variants, allowed, options.MaxDegreeOfParallelism).Run(rows);
        var isProven = new bool[open.Count];
        var threads = Math.Min(open.Count, options.MaxDegreeOfParallelism > 0 ? options.MaxDegreeOfParallelism : Environment.ProcessorCount);
        var next = -1;
        void Work(int thread)
        {
            using var block = new QueryBlock(_store, 1, index.Options.Metric, options.Counts);
            for (var i = Interlocked.Increment(ref next); i < open.Count; i = Interlocked.Increment(ref next))
            {
                block.Pack(rows.AsSpan(i * index.Dimension, index.Dimension));
                isProven[i] = true;
                for (var variant = 0; variant < results.Length; variant++)
                    isProven[i] &= Rescore(block, variants[variant], candidates[variant], i, results[variant], open[i]);
                if (!isProven[i])
                    Array.ForEach(results, result => result.Clear(open[i]));
            }
        }

        if (threads <= 1)
            Work(0);
        else
            ParallelFor.Run(threads, threads, Work);
        return [.. open.Where((_, i) => !isProven[i])];
    }

    /// <returns>Whether no other row can be among the best.</returns>
    private static bool Rescore(QueryBlock block, ScoreVariant variant, BoundedRows candidates, int candidate, TopK result, int query)
    {
        candidates.Sort(candidate);
        var bounds = candidates.GetScores(candidate);
        var positions = candidates.GetPositions(candidate);
        for (var first = 0; first < bounds.Length; first += GroupRows)
        {
            // A row that ties with the k-th may stand before it.
            if (bounds[first] < result.GetThreshold(query))
                return true;
            var group = positions.Slice(first, Math.Min(GroupRows, positions.Length - first));
            block.ScoreRows(group);
            for (var lane = 0; lane < group.Length; lane++)
                result.Add(query, variant.Adjust(block.Tile[lane], group[lane]), group[lane]);
        }

        return candidates.GetThreshold(candidate) is var dropped && (float.IsNegativeInfinity(dropped) || dropped < result.GetThreshold(query));
    }

    private float[] Gather(ReadOnlySpan<float> queries, List<int> chosen)
    {
        var rows = new float[chosen.Count * index.Dimension];
        for (var i = 0; i < chosen.Count; i++)
            queries.Slice(chosen[i] * index.Dimension, index.Dimension).CopyTo(rows.AsSpan(i * index.Dimension));
        return rows;
    }
}
