namespace Microsoft.ML.ModalityGap;

/// <summary>Accumulates rows into <see cref="ModalityStatistics"/>. Not thread-safe: use one per thread and merge what they build.</summary>
public sealed class ModalityStatisticsBuilder
{
    private readonly ModalityStatisticsOptions _options;
    private readonly MomentSums _sums;
    private readonly RowOrigin _origin;
    private long _position;
    private long _skipped;

    /// <summary>Creates an empty builder.</summary>
    /// <param name="dimension">d, the number of dimensions of each row; at least 1.</param>
    /// <param name="options">What to compute; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is not positive, or above 46,340 where covariances are asked for.</exception>
    public ModalityStatisticsBuilder(int dimension, ModalityStatisticsOptions? options = null)
        : this(dimension, options, new RowOrigin(null))
    {
    }

    internal ModalityStatisticsBuilder(int dimension, ModalityStatisticsOptions? options, RowOrigin origin)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        _options = options ?? ModalityStatisticsOptions.Default;
        _sums = MomentSums.Create(dimension, _options.Moments);
        _origin = origin;
    }

    /// <summary>d, the number of dimensions of each row.</summary>
    public int Dimension => _sums.Dimension;

    /// <summary>The number of rows used so far.</summary>
    public long Count => _sums.Count;

    /// <summary>The number of rows left out so far.</summary>
    public long SkippedCount => _skipped;

    /// <summary>Adds one row.</summary>
    /// <exception cref="InvalidDataException">The row cannot be used and <see cref="UnusableRows.Throw"/> is set.</exception>
    public void Add(ReadOnlySpan<float> row)
    {
        if (TryAdd(row) is var defect and not RowDefect.None)
            Reject(defect, row, _position);
        _position++;
    }

    /// <summary>Adds rows that lie one behind the other.</summary>
    /// <param name="rows">Any number of rows of <see cref="Dimension"/> values.</param>
    /// <exception cref="ArgumentException">The number of values is no multiple of <see cref="Dimension"/>.</exception>
    /// <exception cref="InvalidDataException">A row cannot be used and <see cref="UnusableRows.Throw"/> is set.</exception>
    public void AddRows(ReadOnlySpan<float> rows)
    {
        RowBlocks.CountRows(rows.Length, Dimension, nameof(rows));

        // Four rows at a time share one pass over the sums, which are wider than the rows.
        Span<float> scales = stackalloc float[4];
        while (rows.Length >= 4 * Dimension && _sums.TakesFourRows)
        {
            var usable = 0;
            var squaredNorms = 0.0;
            while (usable < 4 && TryGetScale(rows.Slice(usable * Dimension, Dimension), out scales[usable], out var squaredNorm) == RowDefect.None)
            {
                squaredNorms += squaredNorm;
                usable++;
            }

            if (usable < 4)
            {
                for (var i = 0; i < 4; i++)
                    Add(rows.Slice(i * Dimension, Dimension));
            }
            else
            {
                _sums.AddFour(rows[..(4 * Dimension)], scales, squaredNorms);
                _position += 4;
            }

            rows = rows[(4 * Dimension)..];
        }

        for (; !rows.IsEmpty; rows = rows[Dimension..])
            Add(rows[..Dimension]);
    }

    /// <summary>The statistics of the rows so far. More rows may be added afterwards.</summary>
    /// <exception cref="InvalidDataException">No row has been used.</exception>
    public ModalityStatistics Build() =>
        Count > 0 ? _sums.Build(_skipped, _options.Normalize) : throw new InvalidDataException(DescribeEmpty(_origin.ColumnName, _skipped));

    /// <summary>Where in its source the next row stands, for messages.</summary>
    internal void SetPosition(long position) => _position = position;

    /// <summary>Adds a row unless it is unusable; says what is wrong, and leaves counting and throwing to the caller.</summary>
    internal RowDefect TryAdd(ReadOnlySpan<float> row)
    {
        if (row.Length != Dimension)
            return RowDefect.WrongLength;
        var defect = TryGetScale(row, out var scale, out var squaredNorm);
        if (defect == RowDefect.None)
            _sums.Add(row, scale, squaredNorm);
        return defect;
    }

    /// <summary>Counts a defective row, or throws.</summary>
    internal void Reject(RowDefect defect, ReadOnlySpan<float> row, long position)
    {
        if (_options.UnusableRows == UnusableRows.Throw)
            throw _origin.CreateException(position, RowDefects.Describe(defect, row, Dimension));
        _skipped++;
    }

    /// <summary>The statistics of the rows of several builders; they are merged in the order given.</summary>
    internal static ModalityStatistics Combine(IReadOnlyList<ModalityStatisticsBuilder> builders)
    {
        var used = builders.Where(builder => builder.Count > 0).ToList();
        if (used.Count == 0)
            throw new InvalidDataException(DescribeEmpty(builders.Count > 0 ? builders[0]._origin.ColumnName : null, builders.Sum(builder => builder._skipped)));

        var merged = ModalityStatistics.Merge(used.Select(builder => builder.Build()));
        var skipped = builders.Sum(builder => builder._skipped);
        return skipped == merged.SkippedCount ? merged : merged.WithSkippedCount(skipped);
    }

    internal static string DescribeEmpty(string? columnName, long skipped) =>
        (columnName is null ? "There are no rows to compute statistics of" : $"Column '{columnName}' has no row to compute statistics of")
        + (skipped > 0 ? $": all {skipped} had to be left out." : ".");

    private RowDefect TryGetScale(ReadOnlySpan<float> row, out float scale, out double squaredNorm) =>
        RowScale.TryGet(row, _options.Normalize, out scale, out squaredNorm);
}
