using System.Runtime.CompilerServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A <see cref="RescoringMethod"/> with its banks: given to a search by <see cref="SearchOptions.Rescorer"/>, it corrects similarities, such as against hubs, rows that come up
/// for many queries. Made by <c>mlContext.ModalityGap().CreateRescorer(...)</c> from data views.
/// </summary>
/// <remarks>
/// <para>The banks are of the space of the index: mapped by the same maps. A bank of queries holds queries like those to come, such as the captions of the training set; some hundreds do.</para>
/// <para>The first search of an index compares the banks with all its rows, which takes as long as searching for them; later searches use what was computed, until rows are
/// added or removed.</para>
/// </remarks>
public sealed class Rescorer
{
    private readonly float[] _queries;
    private readonly float[] _gallery;
    private readonly ConditionalWeakTable<EmbeddingIndex, Cache> _caches = [];

    /// <summary>Creates a rescorer of banks in memory.</summary>
    /// <param name="method">The method.</param>
    /// <param name="dimension">The number of dimensions of the banks' rows.</param>
    /// <param name="queryBank">Rows of queries, one behind the other; at least one.</param>
    /// <param name="galleryBank">Rows of the gallery's kind; <see cref="DualInvertedSoftmax"/> must have some, <see cref="DistributionNormalization"/> can.</param>
    /// <param name="fingerprint">The fingerprint of the maps the banks came through, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">A bank is missing, its length is no multiple of <paramref name="dimension"/>, or a row cannot be used: NaN, infinity, zero.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is not positive.</exception>
    public Rescorer(RescoringMethod method, int dimension, ReadOnlySpan<float> queryBank, ReadOnlySpan<float> galleryBank = default, string? fingerprint = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        Method = method;
        Dimension = dimension;
        Fingerprint = fingerprint;
        _queries = CheckBank(queryBank, dimension, nameof(queryBank));
        _gallery = CheckBank(galleryBank, dimension, nameof(galleryBank));
        if (_queries.Length == 0)
            throw new ArgumentException("The bank of queries has no rows.", nameof(queryBank));
        if (_gallery.Length == 0 && method.NeedsGalleryBank)
            throw new ArgumentException($"{method.GetType().Name} needs a bank of gallery rows beside that of queries.", nameof(galleryBank));
    }

    /// <summary>The method and its parameters.</summary>
    public RescoringMethod Method { get; }

    /// <summary>The number of dimensions of the banks' rows.</summary>
    public int Dimension { get; }

    /// <summary>The fingerprint of the maps the banks came through, or <see langword="null"/>. An index of other maps is refused.</summary>
    public string? Fingerprint { get; }

    /// <summary>The number of queries in the bank.</summary>
    public int QueryBankCount => _queries.Length / Dimension;

    /// <summary>The number of gallery rows in the bank.</summary>
    public int GalleryBankCount => _gallery.Length / Dimension;

    internal ReadOnlySpan<float> QueryBank => _queries;

    internal ReadOnlySpan<float> GalleryBank => _gallery;

    /// <summary>Stores the rescorer.</summary>
    /// <param name="stream">Where to; what was written before stays.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckedBlock.Write(stream, RescorerFormat.Signature, writer => RescorerFormat.Write(writer, this));
    }

    /// <summary>Stores the rescorer in a file, which appears when it is complete.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Save);
    }

    /// <summary>Reads a rescorer that <see cref="Save(Stream)"/> stored; the stream is left behind its end.</summary>
    /// <exception cref="InvalidDataException">The stream holds no rescorer, a damaged one, or one of a newer version.</exception>
    public static Rescorer Load(Stream stream) => CheckedBlock.Read(stream, RescorerFormat.Signature, "rescorer", RescorerFormat.Read);

    /// <summary>Reads a rescorer from a file.</summary>
    /// <exception cref="InvalidDataException">The file holds no rescorer, a damaged one, or one of a newer version.</exception>
    public static Rescorer Load(string path) => InputFile.Load(path, Load);

    /// <summary>The correction for an index, and for the rows of it that are searched; computed once.</summary>
    internal RescoringTerms GetTerms(EmbeddingIndex index, SearchOptions options, bool[]? allowed)
    {
        if (index.Dimension != Dimension)
            throw new ArgumentException($"The rows of the index have {index.Dimension} dimensions, but those of the rescorer's banks have {Dimension}.", nameof(options));
        index.CheckMaps("the rescorer's banks", Fingerprint);
        var cache = _caches.GetOrCreateValue(index);
        var key = options.Modalities is null ? "" : string.Join('\n', options.Modalities.Distinct().Order(StringComparer.Ordinal).Prepend("modalities"));
        lock (cache)
        {
            if (cache.Version != index.Version)
            {
                cache.Terms.Clear();
                cache.Version = index.Version;
            }

            if (!cache.Terms.TryGetValue(key, out var terms))
                cache.Terms.Add(key, terms = Method.CreateTerms(new RescoringBanks(index, options, allowed, _queries, _gallery)));
            return terms;
        }
    }

    /// <summary>What makes a row unfit for a bank, or <see langword="null"/>.</summary>
    internal static string? FindDefect(ReadOnlySpan<float> row)
    {
        var defect = RowDefects.Find(row, zeroNormIsDefect: true);
        return defect == RowDefect.None ? null : RowDefects.Describe(defect, row, row.Length);
    }

    private static float[] CheckBank(ReadOnlySpan<float> bank, int dimension, string parameterName)
    {
        var rows = RowBlocks.CountRows(bank.Length, dimension, parameterName);
        for (var i = 0; i < rows; i++)
        {
            if (FindDefect(bank.Slice(i * dimension, dimension)) is { } defect)
                throw new ArgumentException($"Row {i} of the bank holds {defect}.", parameterName);
        }

        return bank.ToArray();
    }

    private sealed class Cache
    {
        internal int Version { get; set; } = -1;

        internal Dictionary<string, RescoringTerms> Terms { get; } = [];
    }
}
