namespace Microsoft.ML.ModalityGap;

public sealed partial class ApproximateIndex
{
    /// <summary>About the nearest rows of one query.</summary>
    /// <param name="query">As many values as the index has dimensions.</param>
    /// <param name="k">How many, at least 1; fewer come where there are fewer rows.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults. A rescorer is refused: its terms are of all rows.</param>
    /// <returns>The neighbours, nearest first, with the scores of an exact search.</returns>
    /// <exception cref="ArgumentException">As for <see cref="EmbeddingIndex.Search(ReadOnlySpan{float}, int, SearchOptions?)"/>; or the options have a rescorer, or other queries than the graphs were made for.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    /// <exception cref="InvalidDataException">The query cannot be used, or came through other maps than the rows.</exception>
    /// <exception cref="InvalidOperationException">The index was changed by others.</exception>
    public IReadOnlyList<Neighbor> Search(ReadOnlySpan<float> query, int k, SearchOptions? options = null)
    {
        if (query.Length != Index.Dimension)
            throw new ArgumentException($"The rows of the index have {Index.Dimension} dimensions, but the query has {query.Length}. For several queries at once see {nameof(SearchBatch)}.", nameof(query));
        return SearchBatch(query, k, options)[0];
    }

    /// <summary>About the nearest rows of many queries.</summary>
    /// <param name="queries">Rows, one behind the other.</param>
    /// <param name="k">How many per query, at least 1.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults. A rescorer is refused: its terms are of all rows.</param>
    /// <returns>Per query its neighbours, nearest first, with the scores of an exact search.</returns>
    /// <exception cref="ArgumentException">As for <see cref="EmbeddingIndex.SearchBatch(ReadOnlySpan{float}, int, SearchOptions?)"/>; or the options have a rescorer, or other queries than the graphs were made for.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    /// <exception cref="InvalidDataException">A query cannot be used and <see cref="UnusableRows.Throw"/> is set, or they came through other maps than the rows.</exception>
    /// <exception cref="InvalidOperationException">The index was changed by others.</exception>
    public IReadOnlyList<IReadOnlyList<Neighbor>> SearchBatch(ReadOnlySpan<float> queries, int k, SearchOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        options ??= SearchOptions.Default;
        CheckOptions(options);
        if (_queryModality is not null)
            options = options with { QueryModality = _queryModality };
        _gate.EnterReadLock();
        try
        {
            CheckVersion();
            ModalityGraph[] graphs = [.. _graphs.Where(graph => options.Modalities is null || (graph.Modality is not null && options.Modalities.Contains(graph.Modality)))];
            var wanted = Math.Max(Candidates, k);

            // One query is not copied for threads that it has not.
            if (queries.Length == Index.Dimension)
                return SearchOne(queries, k, options, graphs, wanted);
            var rows = queries.ToArray();
            return Index.SearchAmong(queries, k, options, query => Find(graphs, rows.AsSpan(query * Index.Dimension, Index.Dimension), wanted));
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    /// <summary>About the nearest rows of many queries.</summary>
    /// <param name="queries">Arrays of as many values as the index has dimensions.</param>
    /// <param name="k">How many per query, at least 1.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">As for the other overload.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    /// <exception cref="InvalidDataException">As for the other overload.</exception>
    /// <exception cref="InvalidOperationException">The index was changed by others.</exception>
    public IReadOnlyList<IReadOnlyList<Neighbor>> SearchBatch(IReadOnlyList<float[]> queries, int k, SearchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        return SearchBatch(Index.Join(queries, "query", nameof(queries)).AsSpan(), k, options);
    }

    /// <summary>The share of the nearest rows of an exact search that this one finds, the mean over queries: recall@k against exact. Takes an exact search of the same queries.</summary>
    /// <param name="queries">Rows, one behind the other; the more, the more exact.</param>
    /// <param name="k">How many nearest rows, at least 1.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <returns>From 0 to 1; NaN where an exact search finds nothing.</returns>
    /// <exception cref="ArgumentException">As for <see cref="SearchBatch(ReadOnlySpan{float}, int, SearchOptions?)"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    /// <exception cref="InvalidDataException">As for <see cref="SearchBatch(ReadOnlySpan{float}, int, SearchOptions?)"/>.</exception>
    /// <exception cref="InvalidOperationException">The index was changed by others.</exception>
    public double MeasureRecall(ReadOnlySpan<float> queries, int k, SearchOptions? options = null)
    {
        var found = SearchBatch(queries, k, options);
        var exact = (options ?? SearchOptions.Default) with { UseFirstPass = false };
        return NeighborRecall.Measure(Index.SearchBatch(queries, k, _queryModality is null ? exact : exact with { QueryModality = _queryModality }), found);
    }

    private IReadOnlyList<IReadOnlyList<Neighbor>> SearchOne(ReadOnlySpan<float> query, int k, SearchOptions options, ModalityGraph[] graphs, int wanted)
    {
        // Graphs find something for any numbers; what cannot be used is the index's to refuse.
        if (Index.FindQueryDefect(query) is not null)
            return Index.SearchAmong(query, k, options, _ => default);
        var candidates = Find(graphs, query, wanted);
        return Index.SearchAmong(query, k, options, _ => candidates);
    }

    private void CheckOptions(SearchOptions options)
    {
        if (options.Rescorer is not null)
            throw new ArgumentException($"A rescorer's terms are of all rows. Search the {nameof(Index)}, or one whose correction ({nameof(EmbeddingIndexOptions)}.{nameof(EmbeddingIndexOptions.Correction)}) folds into its graphs.", nameof(options));
        if (_queryModality is null)
            return;
        if (!options.UseCorrection)
            throw new ArgumentException($"The graphs propose rows by corrected scores. Search the {nameof(Index)} for plain ones, or make an {nameof(ApproximateIndex)} of one without a correction.", nameof(options));
        if (options.QueryModality is { } modality && modality != _queryModality)
            throw new ArgumentException($"The graphs were made for queries of '{_queryModality}', not of '{modality}'. Make one for each ({nameof(ApproximateIndexOptions.QueryModality)}).", nameof(options));
    }

    private ReadOnlyMemory<int> Find(ModalityGraph[] graphs, ReadOnlySpan<float> query, int wanted)
    {
        wanted = Math.Min(wanted, Math.Max(1, Index.Count));
        var (keys, positions, count) = (new ulong[wanted], new int[checked(wanted * graphs.Length)], 0);
        foreach (var graph in graphs)
        {
            foreach (var key in keys.AsSpan(0, graph.Search(query, keys)))
                positions[count++] = _positions[(int)key];
        }

        return positions.AsMemory(0, count);
    }
}
