namespace Microsoft.ML.ModalityGap;

public sealed partial class EmbeddingIndex
{
    /// <summary>The nearest rows of one query.</summary>
    /// <param name="query"><see cref="Dimension"/> values.</param>
    /// <param name="k">How many, at least 1; fewer come where the index, or the modalities searched, have fewer rows.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <returns>The neighbours, nearest first; none where <see cref="SearchOptions.MinimumScore"/> or <see cref="SearchOptions.MinimumProbability"/> says that nothing matches.</returns>
    /// <exception cref="ArgumentException">The query has another length, the options do not go with the index's correction, or they name a modality that the index does not have.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    /// <exception cref="InvalidDataException">The query cannot be used and <see cref="UnusableRows.Throw"/> is set, or it came through other maps than the rows.</exception>
    public IReadOnlyList<Neighbor> Search(ReadOnlySpan<float> query, int k, SearchOptions? options = null)
    {
        if (query.Length != Dimension)
            throw new ArgumentException($"The rows of the index have {Dimension} dimensions, but the query has {query.Length}. For several queries at once see {nameof(SearchBatch)}.", nameof(query));
        return SearchBatch(query, k, options)[0];
    }

    /// <summary>The nearest rows of many queries, which is much faster than one by one.</summary>
    /// <param name="queries">Rows of <see cref="Dimension"/> values, one behind the other.</param>
    /// <param name="k">How many per query, at least 1.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <returns>Per query its neighbours, nearest first.</returns>
    /// <exception cref="ArgumentException">The length is no multiple of <see cref="Dimension"/>, or the options name a modality that the index does not have.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    /// <exception cref="InvalidDataException">A query cannot be used and <see cref="UnusableRows.Throw"/> is set, or they came through other maps than the rows.</exception>
    public IReadOnlyList<IReadOnlyList<Neighbor>> SearchBatch(ReadOnlySpan<float> queries, int k, SearchOptions? options = null) => Search(queries, k, options, findCandidates: null);

    /// <summary>The share of the nearest rows of an exact search that a search with these options finds, the mean over queries: recall@k against exact, 1 unless the index has <see cref="IndexFirstPass.ApproximateBits"/>.
    /// Takes an exact search of the same queries.</summary>
    /// <param name="queries">Rows of <see cref="Dimension"/> values, one behind the other; the more, the more exact.</param>
    /// <param name="k">How many nearest rows, at least 1.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <returns>From 0 to 1; NaN where an exact search finds nothing.</returns>
    /// <exception cref="ArgumentException">As for <see cref="SearchBatch(ReadOnlySpan{float}, int, SearchOptions?)"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    /// <exception cref="InvalidDataException">As for <see cref="SearchBatch(ReadOnlySpan{float}, int, SearchOptions?)"/>.</exception>
    public double MeasureRecall(ReadOnlySpan<float> queries, int k, SearchOptions? options = null)
    {
        options ??= SearchOptions.Default;
        return NeighborRecall.Measure(SearchBatch(queries, k, options with { UseFirstPass = false }), SearchBatch(queries, k, options));
    }

    /// <summary>The nearest of some rows only, which something else found for each query; their scores are those of a search of all, bit for bit.</summary>
    /// <param name="queries">Rows of <see cref="Dimension"/> values, one behind the other.</param>
    /// <param name="k">How many per query, at least 1.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <param name="findCandidates">The positions to look at, each once, by the number of a query that can be used; called by several threads, while nothing can change the index.</param>
    internal IReadOnlyList<IReadOnlyList<Neighbor>> SearchAmong(ReadOnlySpan<float> queries, int k, SearchOptions? options, Func<int, ReadOnlyMemory<int>> findCandidates) =>
        Search(queries, k, options, findCandidates);

    private IReadOnlyList<IReadOnlyList<Neighbor>> Search(ReadOnlySpan<float> queries, int k, SearchOptions? options, Func<int, ReadOnlyMemory<int>>? findCandidates)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        options ??= SearchOptions.Default;
        CheckMaps("the queries", options.Fingerprint);
        var count = RowBlocks.CountRows(queries.Length, Dimension, nameof(queries));
        bool[]? unusable = null;
        for (var i = 0; i < count; i++)
        {
            if (FindQueryDefect(queries.Slice(i * Dimension, Dimension)) is not { } defect)
                continue;
            if (options.UnusableRows == UnusableRows.Throw)
            {
                throw new InvalidDataException(
                    $"Query {i} cannot be used: it holds {defect}. Mend it, or set {nameof(SearchOptions.UnusableRows)} to {nameof(UnusableRows.Skip)} to find nothing for it.");
            }

            (unusable ??= new bool[count])[i] = true;
        }

        _gate.EnterReadLock();
        try
        {
            return new IndexSearch(this, options, findCandidates).Run(queries, k, unusable);
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    /// <summary>The nearest rows of many queries.</summary>
    /// <param name="queries">Arrays of <see cref="Dimension"/> values.</param>
    /// <param name="k">How many per query, at least 1.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">A query has another length, or the options name a modality that the index does not have.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    /// <exception cref="InvalidDataException">A query cannot be used and <see cref="UnusableRows.Throw"/> is set, or they came through other maps than the rows.</exception>
    public IReadOnlyList<IReadOnlyList<Neighbor>> SearchBatch(IReadOnlyList<float[]> queries, int k, SearchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        return SearchBatch(Join(queries, "query", nameof(queries)).AsSpan(), k, options);
    }

    /// <summary>The nearest rows of the queries of a data view, which are read into memory.</summary>
    /// <param name="queries">The data.</param>
    /// <param name="embeddingColumnName">The embeddings, of <see cref="Dimension"/> dimensions.</param>
    /// <param name="k">How many per query, at least 1.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <returns>Per row its neighbours, nearest first; none for a row that was skipped.</returns>
    /// <exception cref="ArgumentException">The options name a modality that the index does not have.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type, or <paramref name="k"/> is not positive.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set, or they came through other maps than the index's rows.</exception>
    public IReadOnlyList<IReadOnlyList<Neighbor>> SearchBatch(IDataView queries, string embeddingColumnName, int k, SearchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentException.ThrowIfNullOrEmpty(embeddingColumnName);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        options ??= SearchOptions.Default;
        var column = EmbeddingColumns.Find(new MLContext(), queries.Schema, embeddingColumnName, Dimension);
        CheckMaps($"column '{embeddingColumnName}'", MapFingerprint.Find(column));
        var rows = EmbeddingRows.Read(queries, column, Dimension, FindQueryDefect, options.UnusableRows, keepPlaces: true);
        return SearchBatch(rows.AsSpan(), k, options);
    }

    /// <summary>Refuses queries of other maps than the rows came through.</summary>
    internal void CheckMaps(string name, string? fingerprint) => MapFingerprint.Check("the index", Fingerprint, name, fingerprint);
}
