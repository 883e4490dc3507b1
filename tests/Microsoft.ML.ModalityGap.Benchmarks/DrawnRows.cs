using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>
/// Rows as embeddings lie: a cluster's centre and what a row differs from it by are normal with variances that fall as i^-1 over the dimensions, the clusters' sizes as 1/rank, all around a common mean. Queries are new rows of the
/// same kind ("same"), or such rows with isotropic noise of 0.7 of their length added ("other"), as of another modality. "flat" rows are isotropic within clusters of one size: the worst case, in which nothing leads to a neighbour.
/// </summary>
internal sealed class DrawnRows
{
    private const float MeanShare = 0.75f;
    private readonly int _dimension;
    private readonly float[] _deviations;
    private readonly float[] _centers;
    private readonly double[] _sizes;

    internal DrawnRows(int dimension, bool isFlat, int clusters)
    {
        _dimension = dimension;
        _deviations = [.. Enumerable.Range(1, dimension).Select(i => isFlat ? 1 : (float)Math.Pow(i, -0.5))];
        var random = new Random(1);
        _centers = new float[clusters * dimension];
        for (var i = 0; i < _centers.Length; i++)
            _centers[i] = Normal(random) * _deviations[i % dimension];
        var shares = Enumerable.Range(1, clusters).Select(rank => isFlat ? 1 : 1.0 / rank).ToArray();
        var sum = 0.0;
        _sizes = [.. shares.Select(share => sum += share / shares.Sum())];
    }

    /// <summary>Some rows of an endless number, which depend on their numbers only; the first is a whole number of blocks.</summary>
    internal float[] Next(int first, int rows, int seed, float noise)
    {
        var values = new float[rows * (long)_dimension];
        var mean = MeanShare * TensorPrimitives.Norm<float>(_deviations) / MathF.Sqrt(_dimension);
        Parallel.For(0, (rows + 999) / 1000, block =>
        {
            var random = new Random(seed * 1_000_003 + first / 1000 + block);
            for (var row = block * 1000; row < Math.Min(rows, (block + 1) * 1000); row++)
            {
                var place = Array.BinarySearch(_sizes, random.NextDouble());
                var cluster = Math.Min(_sizes.Length - 1, place < 0 ? ~place : place);
                var vector = values.AsSpan(row * _dimension, _dimension);
                for (var i = 0; i < vector.Length; i++)
                    vector[i] = mean + _centers[cluster * _dimension + i] + Normal(random) * _deviations[i] * 0.7f;
                if (noise <= 0)
                    continue;
                var factor = noise * TensorPrimitives.Norm<float>(vector) / MathF.Sqrt(_dimension);
                for (var i = 0; i < vector.Length; i++)
                    vector[i] += Normal(random) * factor;
            }
        });
        return values;
    }

    private static float Normal(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
