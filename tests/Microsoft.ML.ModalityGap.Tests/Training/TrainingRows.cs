using System.Numerics;

namespace Microsoft.ML.ModalityGap.Tests.Training;

/// <summary>Made-up pairs for the tests of training.</summary>
internal static class TrainingRows
{
    /// <summary>Partners that are near each other: unit vectors, one behind the other.</summary>
    public static (double[] X, double[] Y) CreatePairs(int count, int dimension, int seed, double noise = 0.5)
    {
        var random = new Random(seed);
        var (x, y) = (new double[count * dimension], new double[count * dimension]);
        for (var row = 0; row < count; row++)
        {
            for (var d = 0; d < dimension; d++)
            {
                x[row * dimension + d] = random.NextDouble() - 0.4;
                y[row * dimension + d] = x[row * dimension + d] + noise * (random.NextDouble() - 0.6);
            }

            Normalize(x.AsSpan(row * dimension, dimension));
            Normalize(y.AsSpan(row * dimension, dimension));
        }

        return (x, y);
    }

    public static TrainingBatch<T> CreateBatch<T>(int count, int firstDimension, int secondDimension, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var x = CreatePairs(count, firstDimension, seed).X;
        var y = CreatePairs(count, secondDimension, seed).Y;
        return new TrainingBatch<T>(
            new BatchRows<T>(Array.ConvertAll(x, T.CreateTruncating), firstDimension), new BatchRows<T>(Array.ConvertAll(y, T.CreateTruncating), secondDimension)) { Seed = 99 };
    }

    private static void Normalize(Span<double> row)
    {
        var norm = 0.0;
        foreach (var value in row)
            norm += value * value;
        for (var d = 0; d < row.Length; d++)
            row[d] /= Math.Sqrt(norm);
    }
}
