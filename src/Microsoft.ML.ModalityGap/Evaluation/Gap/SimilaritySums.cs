using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Sums over the cosines of many pairs. A thread counts into bins of its own; sums are kept by tile of rows and added up in their order, so that no result
/// depends on the threads.
/// </summary>
internal sealed class SimilaritySums
{
    private readonly double[] _sums;
    private readonly double[] _squares;
    private readonly double[] _exponentials;
    private readonly List<Bins> _parts = [];
    private readonly int _bins;

    internal SimilaritySums(int rows, int bins)
    {
        var tiles = (rows + ScoreTiles.TileRows - 1) / ScoreTiles.TileRows;
        (_sums, _squares, _exponentials) = (new double[tiles], new double[tiles], new double[tiles]);
        _bins = bins;
    }

    /// <summary>Σ exp(−2‖x − y‖²) of all pairs, by ‖x − y‖² = 2 − 2 x·y.</summary>
    internal double ExponentialSum => _exponentials.Sum();

    /// <summary>The bins of one more thread.</summary>
    internal Bins CreateBins()
    {
        var bins = new Bins(this, new long[_bins]);
        lock (_parts)
            _parts.Add(bins);
        return bins;
    }

    internal SimilarityHistogram ToHistogram()
    {
        var total = new long[_bins];
        foreach (var part in _parts)
            TensorPrimitives.Add(total, part.Counts, total);
        return new SimilarityHistogram(total, _sums.Sum(), _squares.Sum(), _parts.Select(part => part.Highest).DefaultIfEmpty(float.NegativeInfinity).Max());
    }

    /// <summary>What one thread adds to.</summary>
    internal sealed class Bins(SimilaritySums owner, long[] counts)
    {
        private readonly float[] _buffer = new float[ScoreTiles.TileColumns];

        internal ReadOnlySpan<long> Counts => counts;

        /// <summary>The highest cosine; −∞ before there is one.</summary>
        internal float Highest { get; private set; } = float.NegativeInfinity;

        /// <summary>Adds cosines of a row of the tile that begins at <paramref name="firstRow"/>.</summary>
        internal void Add(ReadOnlySpan<float> cosines, int firstRow)
        {
            if (cosines.IsEmpty)
                return;
            var tile = firstRow / ScoreTiles.TileRows;
            Highest = Math.Max(Highest, TensorPrimitives.Max(cosines));
            var buffer = _buffer.AsSpan(0, cosines.Length);

            // Squares around the mean of these few, which go together exactly in double: Σ(x−μ)² = Σ_parts (Σ(x−m)² + n m²) − N μ².
            var mean = TensorPrimitives.Sum(cosines) / cosines.Length;
            TensorPrimitives.Subtract(cosines, mean, buffer);
            owner._sums[tile] += (double)mean * cosines.Length;
            owner._squares[tile] += TensorPrimitives.SumOfSquares<float>(buffer) + (double)mean * mean * cosines.Length;

            TensorPrimitives.Subtract(cosines, 1f, buffer);
            TensorPrimitives.Multiply(buffer, 4f, buffer);
            TensorPrimitives.Exp(buffer, buffer);
            owner._exponentials[tile] += TensorPrimitives.Sum<float>(buffer);

            // Unit vectors in float can be a little more than 1 apart or together: those belong into the outermost bins.
            TensorPrimitives.Add(cosines, 1f, buffer);
            TensorPrimitives.Multiply(buffer, counts.Length / 2f, buffer);
            foreach (var place in buffer)
                counts[Math.Clamp((int)place, 0, counts.Length - 1)]++;
        }
    }
}
