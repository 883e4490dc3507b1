namespace Microsoft.ML.ModalityGap;

/// <summary>The stored form of <see cref="ModalityStatistics"/>, inside a <see cref="CheckedBlock"/>.</summary>
/// <remarks>
/// <code>
/// int64     count, then the count of rows left out
/// bool      normalised
/// double    sum of squared deviations over all dimensions
/// doubles   mean
/// doubles   sums of squared deviations per dimension, or empty
/// doubles   sums of products of deviations, d·d, or empty
/// </code>
/// </remarks>
internal static class ModalityStatisticsFormat
{
    internal static readonly BlockSignature Signature = new("MGST", Version: 1);

    // Up to here a count is exact in double, and sums of counts stay in range.
    private const long MaximumCount = 1L << 53;

    internal static void Write(BinaryWriter writer, ModalityStatistics statistics)
    {
        writer.Write(statistics.Count);
        writer.Write(statistics.SkippedCount);
        writer.Write(statistics.Normalized);
        writer.Write(statistics.TotalSquares);
        writer.WriteDoubles(statistics.Mean);
        writer.WriteDoubles(statistics.Squares);
        writer.WriteDoubles(statistics.Products);
    }

    internal static ModalityStatistics Read(BlockReader reader)
    {
        var count = reader.ReadInt64();
        var skipped = reader.ReadInt64();
        var normalized = reader.ReadBoolean();
        var totalSquares = reader.ReadFiniteDouble();
        var mean = reader.ReadDoubles();
        var squares = reader.ReadDoubles();
        var products = reader.ReadDoubles();
        if (count is < 1 or > MaximumCount || skipped is < 0 or > MaximumCount || mean.Length == 0 || (squares.Length != 0 && squares.Length != mean.Length)
            || (products.Length != 0 && products.Length != (long)mean.Length * mean.Length))
        {
            throw new InvalidDataException(
                $"The stored statistics are damaged: {count} rows, {mean.Length} means, {squares.Length} variances and {products.Length} covariances do not fit together.");
        }

        if (totalSquares < 0 || squares.Any(square => square < 0) || Enumerable.Range(0, products.Length == 0 ? 0 : mean.Length).Any(i => products[i * (mean.Length + 1)] < 0))
            throw new InvalidDataException("The stored statistics are damaged: a sum of squares is negative.");

        return new ModalityStatistics(
            count, skipped, normalized, mean, totalSquares, squares.Length == 0 ? null : squares, products.Length == 0 ? null : products);
    }
}
