namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Approximate search of an <see cref="EmbeddingIndex"/>, for galleries where looking at every row is too slow: graphs (HNSW, by USearch) propose rows, and the index scores them. So neighbours are those of an
/// exact search, with the same scores bit for bit, but a few may be missing; <see cref="MeasureRecall"/> says how many.
/// </summary>
/// <remarks>
/// <para>There is a graph per modality of the gallery, because modalities lie apart, and neighbours of one are looked for among its own. Where the index corrects scores, a graph holds folded vectors, so that rows are proposed
/// by corrected scores, too.</para>
/// <para>Rows are added and removed here, not in <see cref="Index"/>. Any number of threads may search at once; additions and removals wait for searches, and searches for them.</para>
/// <para>Memory: the index, and for its graphs per row its vector in the form of <see cref="ApproximateIndexOptions.Storage"/> and some 17·connectivity bytes. Only on platforms that USearch has a native library for: Linux and
/// Windows on x64, macOS on Arm64.</para>
/// </remarks>
/// <example>
/// <code>
/// using var index = ApproximateIndex.Create(mlContext.ModalityGap().CreateIndex(gallery, "Embedding", "Id", "Modality"));
/// Console.WriteLine(index.MeasureRecall(queries, k: 10));
/// foreach (var neighbor in index.Search(query, k: 10))
///     Console.WriteLine($"{neighbor.Id} {neighbor.Score}");
/// </code>
/// </example>
public sealed partial class ApproximateIndex : IDisposable
{
    private const int None = -1;

    private readonly ReaderWriterLockSlim _gate = new();
    private readonly List<ModalityGraph> _graphs = [];
    private readonly string? _queryModality;

    // A row's key stays; its position changes with every removal before it.
    private readonly List<int> _keys = [];
    private readonly List<int> _positions = [];
    private int _version;
    private bool _isDisposed;

    private ApproximateIndex(EmbeddingIndex index, ApproximateIndexOptions options)
    {
        if (index.Options.Metric == SimilarityMetric.SignalToNoise)
            throw new ArgumentException($"Scores of the metric {index.Options.Metric} are no inner product of a row and a query, by which graphs propose rows. Search the {nameof(EmbeddingIndex)} itself.", nameof(index));
        if (options.QueryModality is { } modality && index.Options.Correction?.Knows(modality) != true)
        {
            throw new ArgumentException(
                index.Options.Correction is { } known ? $"The index's correction knows '{string.Join("', '", known.Modalities)}', but no queries of '{modality}'." : $"The index corrects no scores, so it makes no difference for queries of '{modality}'. Leave {nameof(ApproximateIndexOptions.QueryModality)} out.",
                nameof(options));
        }

        _queryModality = IndexSearch.Check(index, SearchOptions.Default with { QueryModality = options.QueryModality }).QueryModality;
        (Index, Options, Candidates, ExpansionSearch) = (index, options, options.Candidates, options.ExpansionSearch);
    }

    /// <summary>The rows, and exact search of them. It is changed by this index only.</summary>
    public EmbeddingIndex Index { get; }

    /// <summary>What the graphs were made with.</summary>
    public ApproximateIndexOptions Options { get; }

    /// <summary>The number of rows.</summary>
    public int Count => Index.Count;

    /// <summary>How many rows of each graph are scored exactly; see <see cref="Tune"/>.</summary>
    public int Candidates { get; private set; }

    /// <summary>How many rows a search keeps on its way through a graph; see <see cref="Tune"/>.</summary>
    public int ExpansionSearch { get; private set; }

    /// <summary>Makes the graphs for the rows of an index, which takes time: some 0.5 to 3 ms a row and core.</summary>
    /// <param name="index">The rows. From now on they are changed by the result only.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Is told the number of rows done, now and then.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ArgumentException">The index compares by the signal-to-noise ratio, or <see cref="ApproximateIndexOptions.QueryModality"/> does not go with its correction.</exception>
    /// <exception cref="DllNotFoundException">USearch has no native library for this platform.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ApproximateIndex Create(EmbeddingIndex index, ApproximateIndexOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        var approximate = new ApproximateIndex(index, options ?? ApproximateIndexOptions.Default);
        try
        {
            return index.Read(() =>
            {
                approximate.AppendFrom(0, progress, cancellationToken);
                return approximate;
            });
        }
        catch
        {
            approximate.Dispose();
            throw;
        }
    }

    /// <summary>Adds a row.</summary>
    /// <param name="id">Its id, which no other row has; of the same kind as theirs.</param>
    /// <param name="embedding">As many values as the index has dimensions.</param>
    /// <param name="modality">Its modality, if it has one.</param>
    /// <exception cref="ArgumentException">The index cannot hold it; see <see cref="EmbeddingIndex.Add(EmbeddingId, ReadOnlySpan{float}, string?)"/>.</exception>
    /// <exception cref="InvalidOperationException">The index was changed by others.</exception>
    public void Add(EmbeddingId id, ReadOnlySpan<float> embedding, string? modality = null)
    {
        _gate.EnterWriteLock();
        try
        {
            CheckVersion();
            Index.Add(id, embedding, modality);
            AppendFrom(_keys.Count);
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <summary>Adds rows that lie one behind the other.</summary>
    /// <param name="ids">Their ids.</param>
    /// <param name="embeddings">As many rows.</param>
    /// <param name="modality">The modality of all of them, if they have one.</param>
    /// <exception cref="ArgumentException">The index cannot hold one of them, or the numbers of ids and rows differ. Nothing is added then.</exception>
    /// <exception cref="InvalidOperationException">The index was changed by others.</exception>
    public void AddRange(IReadOnlyList<EmbeddingId> ids, ReadOnlySpan<float> embeddings, string? modality = null)
    {
        _gate.EnterWriteLock();
        try
        {
            CheckVersion();
            Index.AddRange(ids, embeddings, modality);
            AppendFrom(_keys.Count);
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <summary>Removes rows. What they led to in the graphs stays until rows that are added take their places.</summary>
    /// <param name="ids">Their ids; one that is not there changes nothing.</param>
    /// <returns>How many rows were removed.</returns>
    /// <exception cref="InvalidOperationException">The index was changed by others.</exception>
    public int Remove(params IEnumerable<EmbeddingId> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        _gate.EnterWriteLock();
        try
        {
            CheckVersion();
            EmbeddingId[] all = [.. ids];
            var removed = new HashSet<int>();
            foreach (var id in all)
            {
                if (Index.Entries.TryGetPosition(id, out var position) && removed.Add(position))
                    FindGraph(Index.Entries.GetModality(position))!.Graph.Remove((ulong)_keys[position]);
            }

            if (removed.Count == 0)
                return 0;
            Index.Remove(all);
            foreach (var position in removed)
                _positions[_keys[position]] = None;
            var kept = 0;
            for (var position = 0; position < _keys.Count; position++)
            {
                if (removed.Contains(position))
                    continue;
                _positions[_keys[position]] = kept;
                _keys[kept++] = _keys[position];
            }

            _keys.RemoveRange(kept, _keys.Count - kept);
            _version = Index.Version;
            return removed.Count;
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <summary>Sets how much a search looks at, which needs no new graphs. Searches that run go on as they began.</summary>
    /// <param name="expansionSearch">See <see cref="ApproximateIndexOptions.ExpansionSearch"/>.</param>
    /// <param name="candidates">See <see cref="ApproximateIndexOptions.Candidates"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not from 1 to 65,536.</exception>
    public void Tune(int expansionSearch, int candidates)
    {
        ApproximateIndexOptions.Check(expansionSearch, 1, ApproximateIndexOptions.MaximumExpansion, nameof(expansionSearch));
        ApproximateIndexOptions.Check(candidates, 1, ApproximateIndexOptions.MaximumExpansion, nameof(candidates));
        _gate.EnterWriteLock();
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            foreach (var graph in _graphs)
                graph.Graph.SetSearchExpansion(expansionSearch);
            (ExpansionSearch, Candidates) = (expansionSearch, candidates);
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <summary>Rows, graphs and what they were made with.</summary>
    public override string ToString() => $"{Index}; {_graphs.Count} graphs of {Options.Connectivity} neighbours, {Options.Storage}";

    /// <summary>Gives the graphs' memory back. The <see cref="Index"/> stays.</summary>
    public void Dispose()
    {
        _gate.EnterWriteLock();
        try
        {
            _isDisposed = true;
            _graphs.ForEach(graph => graph.Graph.Dispose());
            _graphs.Clear();
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <summary>Whether every modality that a row has, has a graph.</summary>
    internal bool HasAllGraphs => Enumerable.Range(0, Index.Count).Select(Index.Entries.GetModality).Distinct().All(modality => FindGraph(modality) is not null);

    /// <summary>Bytes of memory of the graphs.</summary>
    internal long GraphMemory => _graphs.Sum(graph => graph.Graph.Memory);

    private void CheckVersion()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_version != Index.Version)
            throw new InvalidOperationException($"The index was changed, but not by its {nameof(ApproximateIndex)}, whose graphs do not know about it. Add and remove rows here, or make it again.");
    }

    private ModalityGraph? FindGraph(string? modality) => _graphs.Find(graph => graph.Modality == modality);

    private ModalityGraph CreateGraph(string? modality, GraphVectors vectors) => new(modality, vectors, NativeGraph.Create(vectors.Dimension, Options with { ExpansionSearch = ExpansionSearch }));

    /// <summary>Gives keys to the rows from a position on, and puts them into their graphs.</summary>
    private void AppendFrom(int first, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        const int Report = 1000;
        foreach (var rows in Enumerable.Range(first, Index.Count - first).GroupBy(Index.Entries.GetModality))
        {
            int[] positions = [.. rows];
            var graph = FindGraph(rows.Key);
            if (graph is null)
                _graphs.Add(graph = CreateGraph(rows.Key, GraphVectors.Create(Index, _queryModality, positions)));
            graph.Graph.ReserveFor(positions.Length);
        }

        for (var position = first; position < Index.Count; position++)
        {
            _keys.Add(_positions.Count);
            _positions.Add(position);
        }

        var graphs = Enumerable.Range(0, Index.Entries.Names.Count).Select(number => FindGraph(Index.Entries.Names[number])).Append(FindGraph(null)).ToArray();
        var done = 0;
        ParallelFor.Run(Index.Count - first, Options.MaxDegreeOfParallelism, i =>
        {
            if (cancellationToken.IsCancellationRequested)
                return;
            var number = Index.Entries.GetModalityNumber(first + i);
            graphs[number < 0 ? ^1 : number]!.Add(_keys[first + i], first + i);
            if (Interlocked.Increment(ref done) is var count && count % Report == 0)
                progress?.Report(count);
        });
        cancellationToken.ThrowIfCancellationRequested();
        _version = Index.Version;
    }
}
