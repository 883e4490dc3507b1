using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>How the cosines of many pairs are distributed: bins of the same width from −1 to 1, the mean and the standard deviation.</summary>
[TypeFormatterSource]
public sealed class SimilarityHistogram
{
    private readonly long[] _counts;

    /// <param name="counts">The pairs in each bin.</param>
    /// <param name="sum">Σcos.</param>
    /// <param name="squares">Σcos².</param>
    /// <param name="highest">The highest cosine; anything without pairs.</param>
    internal SimilarityHistogram(long[] counts, double sum, double squares, double highest)
    {
        _counts = counts;
        PairCount = counts.Sum();
        if (PairCount == 0)
            return;
        Mean = sum / PairCount;
        StandardDeviation = Math.Sqrt(Math.Max(0, squares / PairCount - Mean * Mean));
        Maximum = highest;
    }

    /// <summary>The number of pairs in each bin: bin i holds cosines from <see cref="GetLowerEdge"/>(i) up to that of bin i + 1, the last one 1, too.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>The number of pairs.</summary>
    public long PairCount { get; }

    /// <summary>The mean cosine, of the cosines themselves, not of the bins; 0 without pairs.</summary>
    public double Mean { get; }

    /// <summary>Their standard deviation (over N); 0 without pairs.</summary>
    public double StandardDeviation { get; }

    /// <summary>The highest cosine; 0 without pairs.</summary>
    public double Maximum { get; }

    /// <summary>Where a bin begins: −1 + 2·bin/(number of bins); of the number of bins itself, where the last one ends.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such bin.</exception>
    public double GetLowerEdge(int bin)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bin, _counts.Length);
        return -1 + 2.0 * bin / _counts.Length;
    }

    /// <summary>
    /// The area that two histograms have in common, each taken as shares: 0 when they lie apart, 1 when they are the same. Of matched and mismatched pairs, how far one threshold
    /// can part them.
    /// </summary>
    /// <exception cref="ArgumentException">The histograms have different numbers of bins.</exception>
    public double GetOverlap(SimilarityHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._counts.Length != _counts.Length)
            throw new ArgumentException($"Histograms of {_counts.Length} and of {other._counts.Length} bins cannot be laid over each other.", nameof(other));
        if (PairCount == 0 || other.PairCount == 0)
            return 0;
        return _counts.Zip(other._counts).Sum(bin => Math.Min((double)bin.First / PairCount, (double)bin.Second / other.PairCount));
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PairCount} pairs, cosine {Mean:F4} ± {StandardDeviation:F4}");
}
