using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What the rows of one modality have in common: count, mean, and on demand variance and covariance. Immutable, in double, and mergeable:
/// statistics of shards computed apart <see cref="Merge(IEnumerable{ModalityStatistics})"/> to those of all rows.
/// </summary>
/// <remarks>
/// <para>With x̂ = x/‖x‖ where <see cref="Normalized"/>, else x̂ = x, over the N usable rows: mean μ = Σx̂/N; variance Σ(x̂_d−μ_d)²/N per dimension and
/// covariance Σ(x̂−μ)(x̂−μ)ᵀ/N, both over N, not N−1; total variance their sum over the diagonal.</para>
/// <para>The sums are taken in double, around a point near the data, and merged by the formulas of Chan, Golub and LeVeque (1979). How rows are
/// dealt to threads changes results by about 1e-15, which is below what a map's float values show.</para>
/// </remarks>
[TypeFormatterSource]
public sealed class ModalityStatistics
{
    private readonly double[] _mean;
    private readonly double[]? _squares;
    private readonly double[]? _products;
    private readonly double _totalSquares;

    /// <summary>Takes over the arrays: the sums of squared deviations per dimension and in all, and of their products, lower and upper triangle.</summary>
    internal ModalityStatistics(long count, long skippedCount, bool normalized, double[] mean, double totalSquares, double[]? squares, double[]? products)
    {
        Count = count;
        SkippedCount = skippedCount;
        Normalized = normalized;
        _mean = mean;
        _totalSquares = totalSquares;
        _squares = squares;
        _products = products;
    }

    /// <summary>The number of rows used.</summary>
    public long Count { get; }

    /// <summary>The number of rows left out because they could not be used.</summary>
    public long SkippedCount { get; }

    /// <summary>d, the number of dimensions.</summary>
    public int Dimension => _mean.Length;

    /// <summary>Whether the rows were divided by their Euclidean length first.</summary>
    public bool Normalized { get; }

    /// <summary>How much was computed.</summary>
    public ModalityMoments Moments => _products is not null ? ModalityMoments.Covariance : _squares is not null ? ModalityMoments.Variance : ModalityMoments.Mean;

    /// <summary>μ, d values.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>The sum of the variances of all dimensions, the covariance's trace; exact to about 1e-6 of the mean squared norm.</summary>
    public double TotalVariance => _totalSquares / Count;

    /// <summary>The variance (over N) of one dimension.</summary>
    /// <exception cref="InvalidOperationException">Only means were computed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public double GetVariance(int dimension)
    {
        CheckDimension(dimension, nameof(dimension));
        return (_squares ?? throw NotComputed("variance", ModalityMoments.Variance))[dimension] / Count;
    }

    /// <summary>The variance (over N) of every dimension, as a new array of d values.</summary>
    /// <exception cref="InvalidOperationException">Only means were computed.</exception>
    public double[] GetVariances() => Divide(_squares ?? throw NotComputed("variance", ModalityMoments.Variance));

    /// <summary>The covariance (over N) of two dimensions.</summary>
    /// <exception cref="InvalidOperationException">Covariances were not computed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public double GetCovariance(int row, int column)
    {
        CheckDimension(row, nameof(row));
        CheckDimension(column, nameof(column));
        return (_products ?? throw NotComputed("covariance", ModalityMoments.Covariance))[row * Dimension + column] / Count;
    }

    /// <summary>The covariance matrix (over N), as a new array of d·d values; it is symmetric.</summary>
    /// <exception cref="InvalidOperationException">Covariances were not computed.</exception>
    public double[] GetCovariances() => Divide(_products ?? throw NotComputed("covariance", ModalityMoments.Covariance));

    /// <summary>Computes the statistics of rows in memory, on several cores when there are enough of them.</summary>
    /// <param name="rows">N rows of <paramref name="dimension"/> values, one behind the other.</param>
    /// <param name="dimension">d.</param>
    /// <param name="options">What to compute; <see langword="null"/> for the defaults.</param>
    /// <param name="maxDegreeOfParallelism">The most threads to use; −1 for as many as there are cores.</param>
    /// <exception cref="ArgumentException">The number of values is no multiple of <paramref name="dimension"/>.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set, or no row can be used.</exception>
    public static ModalityStatistics FromRows(
        ReadOnlySpan<float> rows, int dimension, ModalityStatisticsOptions? options = null, int maxDegreeOfParallelism = -1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        RowBlocks.CheckDegreeOfParallelism(maxDegreeOfParallelism);
        RowBlocks.CountRows(rows.Length, dimension, nameof(rows));
        return RowBlocks.Reduce(
            rows,
            dimension,
            maximumRuns: options?.Moments == ModalityMoments.Covariance ? 8 : 64, // a covariance's sums are d² wide
            maxDegreeOfParallelism,
            firstRow =>
            {
                var builder = new ModalityStatisticsBuilder(dimension, options);
                builder.SetPosition(firstRow);
                return builder;
            },
            (builder, block) => builder.AddRows(block),
            builders => ModalityStatisticsBuilder.Combine(builders));
    }

    /// <summary>The statistics of all rows of several parts.</summary>
    /// <param name="parts">At least one; all with the same dimension and normalisation. The result holds the moments that all of them hold.</param>
    /// <exception cref="ArgumentException">There is no part, or the parts do not fit together.</exception>
    public static ModalityStatistics Merge(params IEnumerable<ModalityStatistics> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ModalityStatistics? merged = null;
        foreach (var part in parts)
        {
            if (part is null)
                throw new ArgumentException("One of the statistics is null.", nameof(parts));
            merged = merged is null ? part : Merge(merged, part);
        }

        return merged ?? throw new ArgumentException("There are no statistics to merge.", nameof(parts));
    }

    /// <summary>Stores the statistics, so that they can be merged elsewhere.</summary>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckedBlock.Write(stream, ModalityStatisticsFormat.Signature, writer => ModalityStatisticsFormat.Write(writer, this));
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
    public static ModalityStatistics Load(Stream stream) => CheckedBlock.Read(stream, ModalityStatisticsFormat.Signature, "file of modality statistics", ModalityStatisticsFormat.Read);

    /// <summary>Reads statistics from a file.</summary>
    /// <exception cref="InvalidDataException">The file holds no statistics, damaged ones, or those of a newer version.</exception>
    public static ModalityStatistics Load(string path) => InputFile.Load(path, Load);

    /// <inheritdoc />
    public override string ToString() =>
        $"{Count} rows of {Dimension} dimensions{(Normalized ? ", normalised" : "")}{(SkippedCount > 0 ? $", {SkippedCount} left out" : "")}";

    internal double TotalSquares => _totalSquares;

    internal ReadOnlySpan<double> Squares => _squares;

    internal ReadOnlySpan<double> Products => _products;

    /// <summary>The same without the covariance, which a fitted model has no more use for.</summary>
    internal ModalityStatistics WithoutCovariance() =>
        _products is null ? this : new ModalityStatistics(Count, SkippedCount, Normalized, _mean, _totalSquares, _squares, products: null);

    internal ModalityStatistics WithSkippedCount(long skippedCount) => new(Count, skippedCount, Normalized, _mean, _totalSquares, _squares, _products);

    /// <summary>The same of some of the dimensions.</summary>
    internal ModalityStatistics Slice(int first, int count, bool normalized)
    {
        var products = new double[count * count];
        for (var row = 0; row < count; row++)
            _products.AsSpan((first + row) * Dimension + first, count).CopyTo(products.AsSpan(row * count));
        var squares = _squares.AsSpan(first, count).ToArray();
        return new ModalityStatistics(Count, SkippedCount, normalized, _mean.AsSpan(first, count).ToArray(), squares.Sum(), squares, products);
    }

    /// <summary>The statistics of two parts.</summary>
    internal static ModalityStatistics Merge(ModalityStatistics a, ModalityStatistics b)
    {
        if (a.Dimension != b.Dimension)
            throw new ArgumentException($"The statistics are of {a.Dimension} and of {b.Dimension} dimensions and cannot be merged.");
        if (a.Normalized != b.Normalized)
            throw new ArgumentException("Some of the statistics are of normalised rows and some are not; they cannot be merged.");

        // Of N = n_a + n_b rows, with δ = μ_b − μ_a: μ = μ_a + δ n_b/N, and the sums of squares grow by δ² n_a n_b/N.
        var count = a.Count + b.Count;
        var share = (double)b.Count / count;
        var weight = a.Count * share;

        var delta = new double[a.Dimension];
        var mean = new double[a.Dimension];
        for (var i = 0; i < mean.Length; i++)
        {
            delta[i] = b._mean[i] - a._mean[i];
            mean[i] = delta[i] * share + a._mean[i];
        }

        return new ModalityStatistics(
            count,
            a.SkippedCount + b.SkippedCount,
            a.Normalized,
            mean,
            a._totalSquares + b._totalSquares + weight * TensorPrimitives.SumOfSquares<double>(delta),
            a._squares is { } sa && b._squares is { } sb ? MergeSquares(sa, sb, delta, weight) : null,
            a._products is { } pa && b._products is { } pb ? MergeProducts(pa, pb, delta, weight) : null);
    }

    private static double[] MergeSquares(double[] a, double[] b, double[] delta, double weight)
    {
        var merged = new double[a.Length];
        for (var i = 0; i < merged.Length; i++)
            merged[i] = a[i] + b[i] + weight * delta[i] * delta[i];
        return merged;
    }

    private static double[] MergeProducts(double[] a, double[] b, double[] delta, double weight)
    {
        var merged = new double[a.Length];
        TensorPrimitives.Add(a, b, merged);
        for (var i = 0; i < delta.Length; i++)
        {
            var row = merged.AsSpan(i * delta.Length, delta.Length);
            TensorPrimitives.MultiplyAdd(delta, weight * delta[i], row, row);
        }

        return merged;
    }

    private double[] Divide(double[] sums)
    {
        var result = new double[sums.Length];
        TensorPrimitives.Divide(sums, (double)Count, result);
        return result;
    }

    private void CheckDimension(int dimension, string parameterName)
    {
        if ((uint)dimension >= (uint)Dimension)
            throw new ArgumentOutOfRangeException(parameterName, dimension, $"There are {Dimension} dimensions, counted from 0.");
    }

    private InvalidOperationException NotComputed(string what, ModalityMoments moments) =>
        new($"The {what} was not computed: the statistics hold {Moments}. Compute them with {nameof(ModalityStatisticsOptions)}.{nameof(ModalityStatisticsOptions.Moments)} = {moments}.");
}
