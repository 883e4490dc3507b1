namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What pairs of rows of two modalities have in common: the <see cref="ModalityStatistics"/> of each with covariances, and the covariances between them. Immutable, in double, and
/// mergeable like those: statistics of shards computed apart <see cref="Merge(IEnumerable{PairStatistics})"/> to those of all pairs.
/// </summary>
/// <remarks>
/// <para>With x̂ and ŷ as in <see cref="ModalityStatistics"/>: cross-covariance Σ(x̂−μ_x)(ŷ−μ_y)ᵀ/N, of shape d_x×d_y. A pair counts only when both rows are usable.</para>
/// <para>Held as the covariance of the rows (x̂; ŷ) one behind the other, in <see cref="Folds"/> parts whose rows are dealt in turn, so that a method can be fitted on all parts but one and judged on
/// that one without the rows. Memory: 8·(d_x+d_y)² bytes per fold.</para>
/// </remarks>
public sealed class PairStatistics
{
    internal PairStatistics(int firstDimension, bool normalized, IReadOnlyList<ModalityStatistics> folds)
    {
        FirstDimension = firstDimension;
        Normalized = normalized;
        Folds = folds;
        Joint = ModalityStatistics.Merge(folds);
    }

    /// <summary>The number of pairs used.</summary>
    public long Count => Joint.Count;

    /// <summary>The number of pairs left out because a row could not be used.</summary>
    public long SkippedCount => Joint.SkippedCount;

    /// <summary>d_x, the number of dimensions of the first modality.</summary>
    public int FirstDimension { get; }

    /// <summary>d_y, that of the second.</summary>
    public int SecondDimension => Joint.Dimension - FirstDimension;

    /// <summary>Whether the rows were divided by their Euclidean length first.</summary>
    public bool Normalized { get; }

    /// <summary>The number of parts a method can be cross-validated on.</summary>
    public int FoldCount => Folds.Count;

    /// <summary>The statistics of the first modality, with covariances.</summary>
    public ModalityStatistics First => field ??= Joint.Slice(0, FirstDimension, Normalized);

    /// <summary>Those of the second.</summary>
    public ModalityStatistics Second => field ??= Joint.Slice(FirstDimension, SecondDimension, Normalized);

    internal IReadOnlyList<ModalityStatistics> Folds { get; }

    /// <summary>Those of the rows (x̂; ŷ).</summary>
    internal ModalityStatistics Joint { get; }

    /// <summary>The covariance (over N) of a dimension of the first modality and one of the second.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public double GetCrossCovariance(int first, int second)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(first, FirstDimension);
        ArgumentOutOfRangeException.ThrowIfNegative(second);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(second, SecondDimension);
        return Joint.GetCovariance(first, FirstDimension + second);
    }

    /// <summary>The cross-covariances (over N), as a new array of d_x·d_y values, row by row.</summary>
    public double[] GetCrossCovariances()
    {
        var result = new double[FirstDimension * SecondDimension];
        for (var row = 0; row < FirstDimension; row++)
        {
            for (var column = 0; column < SecondDimension; column++)
                result[row * SecondDimension + column] = Joint.GetCovariance(row, FirstDimension + column);
        }

        return result;
    }

    /// <summary>Computes the statistics of pairs in memory, on several cores when there are enough of them.</summary>
    /// <param name="first">N rows of <paramref name="firstDimension"/> values.</param>
    /// <param name="firstDimension">d_x.</param>
    /// <param name="second">N rows of <paramref name="secondDimension"/> values; row i belongs to row i of <paramref name="first"/>.</param>
    /// <param name="secondDimension">d_y.</param>
    /// <param name="options">Normalisation and unusable rows; <see langword="null"/> for the defaults. Covariances are computed whatever the level of moments.</param>
    /// <param name="folds">In how many parts; at least 1.</param>
    /// <exception cref="ArgumentException">The spans hold different numbers of rows, or no whole rows.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set, or no pair can be used.</exception>
    public static PairStatistics FromRows(
        ReadOnlySpan<float> first, int firstDimension, ReadOnlySpan<float> second, int secondDimension, ModalityStatisticsOptions? options = null, int folds = 1)
    {
        var builder = new PairStatisticsBuilder(firstDimension, secondDimension, options, folds);
        var count = RowBlocks.CountRows(first.Length, firstDimension, nameof(first));
        if (RowBlocks.CountRows(second.Length, secondDimension, nameof(second)) is var others && others != count)
            throw new ArgumentException($"Row i of both belongs together, but there are {count} and {others} rows.", nameof(second));
        for (var row = 0; row < count; row++)
            builder.Add(first.Slice(row * firstDimension, firstDimension), second.Slice(row * secondDimension, secondDimension));
        return builder.Build();
    }

    /// <summary>The statistics of all pairs of several parts.</summary>
    /// <param name="parts">At least one; all with the same dimensions and normalisation. The result has as many folds as the one with the fewest.</param>
    /// <exception cref="ArgumentException">There is no part, or the parts do not fit together.</exception>
    public static PairStatistics Merge(params IEnumerable<PairStatistics> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var list = parts.ToArray();
        if (list.Length == 0)
            throw new ArgumentException("There are no statistics to merge.", nameof(parts));
        if (list.Any(part => part is null))
            throw new ArgumentException("One of the statistics is null.", nameof(parts));
        if (list.FirstOrDefault(part => part.FirstDimension != list[0].FirstDimension || part.SecondDimension != list[0].SecondDimension) is { } other)
        {
            throw new ArgumentException(
                $"The statistics are of {list[0].FirstDimension} and {list[0].SecondDimension} dimensions, and of {other.FirstDimension} and {other.SecondDimension}; they cannot be merged.",
                nameof(parts));
        }

        if (list.Any(part => part.Normalized != list[0].Normalized))
            throw new ArgumentException("Some of the statistics are of normalised rows and some are not; they cannot be merged.", nameof(parts));

        var folds = list.Min(part => part.FoldCount);
        var merged = Enumerable.Range(0, folds).Select(fold => ModalityStatistics.Merge(list.SelectMany(part => part.Folds.Where((_, i) => i % folds == fold))));
        return new PairStatistics(list[0].FirstDimension, list[0].Normalized, [.. merged]);
    }

    /// <summary>Stores the statistics, so that they can be merged elsewhere.</summary>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckedBlock.Write(stream, PairStatisticsFormat.Signature, writer => PairStatisticsFormat.Write(writer, this));
    }

    /// <summary>Stores the statistics in a file, which appears when it is complete.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Save);
    }

    /// <summary>Reads statistics that <see cref="Save(Stream)"/> stored; the stream is left behind their end.</summary>
    /// <exception cref="InvalidDataException">The stream holds no statistics, damaged ones, or those of a newer version.</exception>
    public static PairStatistics Load(Stream stream) => CheckedBlock.Read(stream, PairStatisticsFormat.Signature, "file of pair statistics", PairStatisticsFormat.Read);

    /// <summary>Reads statistics from a file.</summary>
    /// <exception cref="InvalidDataException">The file holds no statistics, damaged ones, or those of a newer version.</exception>
    public static PairStatistics Load(string path) => InputFile.Load(path, Load);

    /// <inheritdoc />
    public override string ToString() =>
        $"{Count} pairs of {FirstDimension} and {SecondDimension} dimensions{(Normalized ? ", normalised" : "")}{(SkippedCount > 0 ? $", {SkippedCount} left out" : "")}";

    /// <summary>The pairs of all folds but one.</summary>
    internal PairStatistics LeaveOut(int fold) =>
        new PairStatistics(FirstDimension, Normalized, [ModalityStatistics.Merge(Folds.Where((_, i) => i != fold))]);
}
