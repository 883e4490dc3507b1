using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Embeddings that are searched exactly: every query is compared with every row (but see <see cref="IndexFirstPass.ApproximateBits"/>). Made by <c>mlContext.ModalityGap().CreateIndex(...)</c> from a data view, or empty
/// by the constructor and filled with <see cref="Add(EmbeddingId, ReadOnlySpan{float}, string?)"/>.
/// </summary>
/// <remarks>
/// <para>Rows have an id, a text or a number, and may have a modality, by which a search can be narrowed. Neighbours come by score, and of equal scores the row
/// added first comes first. Scores and order do not depend on the number of threads, nor on whether a query is searched alone or among others.</para>
/// <para>Memory: the rows in the form of <see cref="EmbeddingIndexOptions.Storage"/>, and while searching some megabytes per thread; the scores of all rows never exist
/// at once.</para>
/// <para>Any number of threads may search at once; additions and removals wait for searches, and searches for them.</para>
/// </remarks>
/// <example>
/// <code>
/// var index = mlContext.ModalityGap().CreateIndex(gallery, "Embedding", "Id", "Modality");
/// foreach (var neighbor in index.Search(query, k: 10))
///     Console.WriteLine($"{neighbor.Id} {neighbor.Modality} {neighbor.Score}");
/// </code>
/// </example>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The lock holds a handle only while a thread waits for it.")]
public sealed partial class EmbeddingIndex
{
    /// <summary>Far above any encoder's; rows are held in chunks of 1,024.</summary>
    internal const int MaximumDimension = 1 << 16;

    // Products of vectors no longer than this, and all partial sums of them, stay within float's range.
    private const double MaximumNorm = 1e19;

    private readonly IndexEntries _entries = new();
    private readonly ReaderWriterLockSlim _gate = new();
    private readonly PanelStore _store;

    /// <summary>Creates an empty index.</summary>
    /// <param name="dimension">The number of dimensions of its rows.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <param name="fingerprint">
    /// The fingerprint of the maps its rows will have come through (<see cref="EmbeddingMapTransformer.Fingerprint"/>); <see langword="null"/> where it is not known.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is not positive or above 65,536.</exception>
    /// <exception cref="ArgumentException">The correction is of another dimension, or it or the first pass is for the cosine and the metric is another.</exception>
    public EmbeddingIndex(int dimension, EmbeddingIndexOptions? options = null, string? fingerprint = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, MaximumDimension);
        Options = options ?? EmbeddingIndexOptions.Default;
        Fingerprint = fingerprint;
        if (Options.Correction is { } correction)
        {
            if (correction.Dimension != dimension)
                throw new ArgumentException($"The rows of the index have {dimension} dimensions, but the correction was fitted on rows of {correction.Dimension}. Map the rows by the correction's model first.", nameof(options));
            if (!Normalizes)
                throw new ArgumentException($"A correction is of cosines; it does not go with the metric {Options.Metric}.", nameof(options));
            Correction = new IndexCorrection(this, correction);
        }

        var picksRows = Options.FirstPass != IndexFirstPass.None && Options.Storage != IndexStorage.Int8;
        _store = new PanelStore(dimension, Options.Storage, isRowMajor: picksRows);
        if (Options.FirstPass == IndexFirstPass.ApproximateBits)
            Bits = Normalizes ? new BitStore(dimension) : throw new ArgumentException($"Sign bits tell angles; {nameof(IndexFirstPass.ApproximateBits)} does not go with the metric {Options.Metric}.", nameof(options));
        else if (picksRows || Options.Storage == IndexStorage.Int8)
            Codes = new CodeStore(_store);
        if (Options.Metric == SimilarityMetric.SignalToNoise)
            Noise = new IndexNoise(this);
    }

    /// <summary>The number of dimensions of a row.</summary>
    public int Dimension => _store.Dimension;

    /// <summary>The number of rows.</summary>
    public int Count => _entries.Count;

    /// <summary>The options it was made with.</summary>
    public EmbeddingIndexOptions Options { get; }

    /// <summary>The fingerprint of the maps its rows came through, or <see langword="null"/> where that is not known. Queries of other maps are refused.</summary>
    public string? Fingerprint { get; }

    /// <summary>The modalities of its rows, in the order in which they came.</summary>
    public IReadOnlyList<string> Modalities => Read(() => _entries.Names.ToArray());

    /// <summary>Whether ids are numbers; <see langword="false"/> for texts, and while the index is empty.</summary>
    public bool HasNumericIds => Read(() => _entries.AreNumbers ?? false);

    /// <summary>Changes with every addition and removal, so that what was derived from the rows can be thrown away.</summary>
    internal int Version { get; private set; }

    /// <summary>Whether rows and queries are made unit vectors.</summary>
    private bool Normalizes => Options.Metric == SimilarityMetric.Cosine;

    internal PanelStore Store => _store;

    /// <summary>The codes that a search looks through first; <see langword="null"/> where there are none.</summary>
    internal CodeStore? Codes { get; }

    /// <summary>The bits that an approximate search looks through first; <see langword="null"/> where there are none.</summary>
    internal BitStore? Bits { get; }

    /// <summary>The correction as it is for the rows, where there is one.</summary>
    internal IndexCorrection? Correction { get; }

    /// <summary>What its metric is besides the dot product, where it is the signal-to-noise ratio.</summary>
    internal IndexNoise? Noise { get; }

    internal IndexEntries Entries => _entries;

    /// <summary>Adds a row.</summary>
    /// <param name="id">Its id, which no other row has; of the same kind as theirs.</param>
    /// <param name="embedding"><see cref="Dimension"/> values.</param>
    /// <param name="modality">Its modality, if it has one.</param>
    /// <exception cref="ArgumentException">The id is there already or of another kind, the length is wrong, the values cannot be held, or the index's correction does not know the modality.</exception>
    public void Add(EmbeddingId id, ReadOnlySpan<float> embedding, string? modality = null)
    {
        if (FindDefect(embedding) is { } defect)
            throw new ArgumentException($"The row '{id}' cannot be held: it has {defect}.", nameof(embedding));
        _gate.EnterWriteLock();
        try
        {
            if ((_entries.DescribeConflict(id) ?? DescribeConflict(ref modality)) is { } conflict)
                throw new ArgumentException($"A row cannot be added: {conflict}.", nameof(id));
            Append(id, embedding, modality);
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <summary>Adds rows that lie one behind the other.</summary>
    /// <param name="ids">Their ids.</param>
    /// <param name="embeddings">As many rows of <see cref="Dimension"/> values.</param>
    /// <param name="modality">The modality of all of them, if they have one.</param>
    /// <exception cref="ArgumentException">As for a single row, or the numbers of ids and rows differ. Nothing is added then.</exception>
    public void AddRange(IReadOnlyList<EmbeddingId> ids, ReadOnlySpan<float> embeddings, string? modality = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (embeddings.Length != (long)ids.Count * Dimension)
            throw new ArgumentException($"{ids.Count} ids need {(long)ids.Count * Dimension} values, {Dimension} for each, but {embeddings.Length} were given.", nameof(embeddings));
        for (var i = 0; i < ids.Count; i++)
        {
            if (FindDefect(embeddings.Slice(i * Dimension, Dimension)) is { } defect)
                throw new ArgumentException($"Row {i}, '{ids[i]}', cannot be held: it has {defect}.", nameof(embeddings));
        }

        _gate.EnterWriteLock();
        try
        {
            if (DescribeConflict(ref modality) is { } wrong)
                throw new ArgumentException($"Rows cannot be added: {wrong}.", nameof(modality));
            var seen = new HashSet<EmbeddingId>();
            for (var i = 0; i < ids.Count; i++)
            {
                var conflict = !seen.Add(ids[i]) ? $"the id '{ids[i]}' is given twice"
                    : ids[i].IsNumber != ids[0].IsNumber ? "some ids are numbers and some are texts" : _entries.DescribeConflict(ids[i]);
                if (conflict is not null)
                    throw new ArgumentException($"Row {i} cannot be added: {conflict}.", nameof(ids));
            }

            for (var i = 0; i < ids.Count; i++)
                Append(ids[i], embeddings.Slice(i * Dimension, Dimension), modality);
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <summary>Adds rows.</summary>
    /// <param name="ids">Their ids.</param>
    /// <param name="embeddings">As many arrays of <see cref="Dimension"/> values.</param>
    /// <param name="modality">The modality of all of them, if they have one.</param>
    /// <exception cref="ArgumentException">As for a single row, or the numbers of ids and rows differ. Nothing is added then.</exception>
    public void AddRange(IReadOnlyList<EmbeddingId> ids, IReadOnlyList<float[]> embeddings, string? modality = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(embeddings);
        if (ids.Count != embeddings.Count)
            throw new ArgumentException($"There are {ids.Count} ids, but {embeddings.Count} embeddings.", nameof(embeddings));
        AddRange(ids, Join(embeddings, "row", nameof(embeddings)).AsSpan(), modality);
    }

    /// <summary>Puts another row in the place of one, which keeps its id and its position.</summary>
    /// <exception cref="KeyNotFoundException">There is no such row.</exception>
    /// <exception cref="ArgumentException">The values cannot be held, or the index's correction does not know the modality.</exception>
    internal void Replace(EmbeddingId id, ReadOnlySpan<float> embedding, string? modality)
    {
        if (FindDefect(embedding) is { } defect)
            throw new ArgumentException($"The row '{id}' cannot be held: it has {defect}.", nameof(embedding));
        _gate.EnterWriteLock();
        try
        {
            if (!_entries.TryGetPosition(id, out var position))
                throw new KeyNotFoundException($"The index has no row with the id '{id}'.");
            if (DescribeConflict(ref modality) is { } conflict)
                throw new ArgumentException($"The row '{id}' cannot be replaced: {conflict}.", nameof(modality));
            Span<float> row = Dimension <= 2048 ? stackalloc float[Dimension] : new float[Dimension];
            MetricRows.Prepare(Options.Metric, embedding, row);
            _store.Write(position, row);
            if (Codes is not null)
            {
                _store.Read(position, row);
                Codes.Write(position, row);
            }

            Bits?.Clear();
            _entries.SetModality(position, modality);
            Version++;
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    internal float[] Join(IReadOnlyList<float[]> rows, string item, string parameterName)
    {
        var values = new float[checked(rows.Count * Dimension)];
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i]?.Length != Dimension)
                throw new ArgumentException($"The rows of the index have {Dimension} dimensions, but {item} {i} has {rows[i]?.Length ?? 0}.", parameterName);
            rows[i].CopyTo(values, i * Dimension);
        }

        return values;
    }

    /// <summary>Removes rows; those behind them move up. Takes one pass over the rows, so remove many at once.</summary>
    /// <param name="ids">Their ids; one that is not there changes nothing.</param>
    /// <returns>How many rows were removed.</returns>
    public int Remove(params IEnumerable<EmbeddingId> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        _gate.EnterWriteLock();
        try
        {
            var marked = new bool[Count];
            var removed = 0;
            foreach (var id in ids)
            {
                if (!_entries.TryGetPosition(id, out var position) || marked[position])
                    continue;
                marked[position] = true;
                removed++;
            }

            if (removed == 0)
                return 0;
            _store.RemoveMarked(marked);
            Codes?.RemoveMarked(marked);
            Bits?.Clear();
            _entries.RemoveMarked(marked);
            Version++;
            return removed;
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <summary>Whether there is a row with an id.</summary>
    public bool Contains(EmbeddingId id) => Read(() => _entries.TryGetPosition(id, out _));

    /// <summary>A row as the index holds it: normalised under cosine, without its mean under the signal-to-noise ratio, and rounded as its storage rounds.</summary>
    /// <param name="id">The row's id.</param>
    /// <exception cref="KeyNotFoundException">There is no such row.</exception>
    public float[] GetEmbedding(EmbeddingId id) => Read(() =>
    {
        if (!_entries.TryGetPosition(id, out var position))
            throw new KeyNotFoundException($"The index has no row with the id '{id}'.");
        var row = new float[Dimension];
        _store.Read(position, row);
        return row;
    });

    /// <summary>All rows as they are held, one behind the other, and the id of each.</summary>
    internal float[] CopyRows(out EmbeddingId[] ids)
    {
        EmbeddingId[] found = [];
        var rows = Read(() =>
        {
            var copy = new float[checked(Count * Dimension)];
            for (var position = 0; position < Count; position++)
                _store.Read(position, copy.AsSpan(position * Dimension, Dimension));
            found = [.. Enumerable.Range(0, Count).Select(_entries.GetId)];
            return copy;
        });
        ids = found;
        return rows;
    }

    /// <summary>Rows, dimension and form, such as <c>25000 × 512, Cosine, Float32, image, text</c>.</summary>
    public override string ToString() => $"{Count} × {Dimension}, {Options.Metric}, {Options.Storage}{(Options.FirstPass == IndexFirstPass.None ? "" : $" by {Options.FirstPass}")}{string.Concat(Modalities.Select(name => $", {name}"))}";

    /// <summary>The number of rows of some modalities, or of all.</summary>
    internal int CountRows(IReadOnlyCollection<string>? modalities) => modalities is null ? Count : Read(() => _entries.Mark(modalities).Count(marked => marked));

    /// <summary>What makes a row unfit for this index, or <see langword="null"/>.</summary>
    internal string? FindDefect(ReadOnlySpan<float> row)
    {
        var defect = row.Length != Dimension ? RowDefect.WrongLength : RowDefects.Find(row, zeroNormIsDefect: Normalizes);
        if (defect != RowDefect.None)
            return RowDefects.Describe(defect, row, Dimension);
        if (Normalizes)
            return null;
        return RowKernels.SquaredNormExact(row) is var squaredNorm && squaredNorm > MaximumNorm * MaximumNorm ? DescribeLength(Math.Sqrt(squaredNorm))
            : CanHold(row) ? null : "a value beyond float16's ±65,504";
    }

    /// <summary>What is wrong with the rows of a chunk that was not added row by row, or <see langword="null"/>.</summary>
    internal string? FindChunkDefect(int chunk)
    {
        // Of a unit vector, rounded as the coarsest storage rounds.
        const float LargestOfUnit = 1.01f;
        var largest = _store.GetLargestMagnitude(chunk);
        if (!float.IsFinite(largest))
            return "NaN or infinity";
        if (Normalizes)
            return largest <= LargestOfUnit ? null : string.Create(CultureInfo.InvariantCulture, $"a value of {largest} in unit vectors");
        if (largest * Math.Sqrt(Dimension) <= MaximumNorm)
            return null;
        var row = new float[Dimension];
        for (var position = chunk * PanelStore.ChunkRows; position < Math.Min(_store.Count, (chunk + 1) * PanelStore.ChunkRows); position++)
        {
            _store.Read(position, row);
            if (Math.Sqrt(RowKernels.SquaredNormExact(row)) is var norm and > MaximumNorm)
                return DescribeLength(norm);
        }

        return null;
    }

    private static string DescribeLength(double norm) => string.Create(CultureInfo.InvariantCulture, $"a vector of length {norm:G3}, where up to {MaximumNorm:G3} can be compared: products of longer ones leave float's range");

    private bool CanHold(ReadOnlySpan<float> row)
    {
        if (Options.Metric == SimilarityMetric.Dot)
            return _store.CanHold(row);
        var compared = new float[row.Length];
        MetricRows.Prepare(Options.Metric, row, compared);
        return _store.CanHold(compared);
    }

    /// <summary>What makes a query unfit for this index, or <see langword="null"/>.</summary>
    internal string? FindQueryDefect(ReadOnlySpan<float> query) => FindDefect(query)
        ?? (Options.Metric == SimilarityMetric.SignalToNoise && !query.ContainsAnyExcept(query[0]) ? "the same value throughout, so that there is no signal to compare noise with" : null);

    /// <summary>Puts the default in the place of no modality; what speaks against the modality, or <see langword="null"/>.</summary>
    private string? DescribeConflict(ref string? modality)
    {
        modality ??= Options.DefaultModality;
        if (Options.Correction is not { } correction || (modality is not null && correction.Knows(modality)))
            return null;
        var known = $"the index's correction knows '{string.Join("', '", correction.Modalities)}'";
        return modality is null
            ? $"it has no modality, and {known}; give one, or {nameof(EmbeddingIndexOptions.DefaultModality)} for all rows"
            : $"it has the modality '{modality}', but {known}";
    }

    private void Append(EmbeddingId id, ReadOnlySpan<float> embedding, string? modality)
    {
        Span<float> row = Dimension <= 2048 ? stackalloc float[Dimension] : new float[Dimension];
        MetricRows.Prepare(Options.Metric, embedding, row);
        _store.Append(row);
        if (Codes is not null)
        {
            _store.Read(_store.Count - 1, row);
            Codes.Append(row);
        }

        _entries.Add(id, modality);
        Version++;
    }

    /// <summary>What is computed while nothing can change the index.</summary>
    internal T Read<T>(Func<T> read)
    {
        _gate.EnterReadLock();
        try
        {
            return read();
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }
}
