using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Accumulates pairs into <see cref="PairStatistics"/>. Not thread-safe: use one per thread and merge what they build.</summary>
public sealed class PairStatisticsBuilder
{
    private readonly ModalityStatisticsOptions _options;
    private readonly CovarianceSums[] _folds;
    private readonly float[] _joint;
    private readonly RowOrigin[] _origins;
    private long _position;
    private long _skipped;

    /// <summary>Creates an empty builder.</summary>
    /// <param name="firstDimension">d_x, the number of dimensions of the first row of a pair; at least 1.</param>
    /// <param name="secondDimension">d_y, that of the second.</param>
    /// <param name="options">Normalisation and unusable rows; <see langword="null"/> for the defaults. Covariances are computed whatever the level of moments.</param>
    /// <param name="folds">In how many parts; pairs are dealt to them in turn. At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, or there are more than 46,340 dimensions in all.</exception>
    public PairStatisticsBuilder(int firstDimension, int secondDimension, ModalityStatisticsOptions? options = null, int folds = 1)
        : this(firstDimension, secondDimension, options, folds, [new RowOrigin(null), new RowOrigin(null)])
    {
    }

    internal PairStatisticsBuilder(int firstDimension, int secondDimension, ModalityStatisticsOptions? options, int folds, RowOrigin[] origins)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(firstDimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(secondDimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(folds);
        _options = options ?? ModalityStatisticsOptions.Default;
        FirstDimension = firstDimension;
        SecondDimension = secondDimension;
        _joint = new float[checked(firstDimension + secondDimension)];
        _folds = [.. Enumerable.Range(0, folds).Select(_ => MomentSums.CreateCovariance(_joint.Length))];
        _origins = origins;
    }

    /// <summary>d_x.</summary>
    public int FirstDimension { get; }

    /// <summary>d_y.</summary>
    public int SecondDimension { get; }

    /// <summary>The number of pairs used so far.</summary>
    public long Count => _folds.Sum(fold => fold.Count);

    /// <summary>The number of pairs left out so far.</summary>
    public long SkippedCount => _skipped;

    /// <summary>Adds one pair.</summary>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set.</exception>
    public void Add(ReadOnlySpan<float> first, ReadOnlySpan<float> second) => Add(first, second, _position++);

    /// <summary>The statistics of the pairs so far. More may be added afterwards.</summary>
    /// <exception cref="InvalidDataException">No pair has been used.</exception>
    public PairStatistics Build() => Combine([this]);

    /// <summary>Adds a pair that stands at a position of its source, which decides its fold.</summary>
    internal void Add(ReadOnlySpan<float> first, ReadOnlySpan<float> second, long position)
    {
        if (TryCopy(first, _joint.AsSpan(0, FirstDimension), 0, position) && TryCopy(second, _joint.AsSpan(FirstDimension), 1, position))
            _folds[position % _folds.Length].Add(_joint, 1f, 0);
        else
            _skipped++;
    }

    /// <summary>The statistics of the rows (x̂; ŷ) of each fold; <see langword="null"/> for one without a pair.</summary>
    internal ModalityStatistics?[] BuildFolds() => Array.ConvertAll(_folds, sums => sums.Count > 0 ? sums.Build(skipped: 0, normalized: false) : null);

    /// <summary>The statistics of the pairs of several builders; they are merged in the order given. Folds without a pair are left out.</summary>
    internal static PairStatistics Combine(IReadOnlyList<PairStatisticsBuilder> builders)
    {
        var first = builders[0];
        var skipped = builders.Sum(builder => builder._skipped);
        var folds = Enumerable.Range(0, first._folds.Length)
            .Select(fold => builders.Select(builder => builder._folds[fold]).Where(sums => sums.Count > 0).ToArray())
            .Where(parts => parts.Length > 0)
            .Select(parts => ModalityStatistics.Merge(parts.Select(sums => sums.Build(skipped: 0, normalized: false))))
            .ToArray();
        if (folds.Length == 0)
            throw new InvalidDataException($"There is no pair to compute statistics of{(skipped > 0 ? $": all {skipped} had to be left out" : "")}.");

        folds[0] = folds[0].WithSkippedCount(skipped);
        return new PairStatistics(first.FirstDimension, first._options.Normalize, folds);
    }

    private bool TryCopy(ReadOnlySpan<float> row, Span<float> destination, int side, long position)
    {
        var scale = 1f;
        var defect = row.Length != destination.Length ? RowDefect.WrongLength : RowScale.TryGet(row, _options.Normalize, out scale, out _);
        if (defect == RowDefect.None)
        {
            TensorPrimitives.Multiply(row, scale, destination);
            return true;
        }

        return _options.UnusableRows == UnusableRows.Skip ? false : throw _origins[side].CreateException(position, RowDefects.Describe(defect, row, destination.Length));
    }
}
