using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Clusters of rows in memory by Lloyd's algorithm from k-means++ seeds. ML.NET's trainer takes a data view and does not repeat itself for a seed on several threads.</summary>
internal static class KMeans
{
    private const int MaximumRounds = 50;

    /// <summary>The centres, one behind the other; as many as there are different rows, if these are fewer.</summary>
    internal static float[] FindCenters(float[] rows, int dimension, int count, int seed)
    {
        var n = rows.Length / dimension;
        var random = new Random(seed);
        var centers = Seed(rows, dimension, n, count, random);
        var k = centers.Length / dimension;
        var members = new int[n];
        Array.Fill(members, -1);
        for (var round = 0; round < MaximumRounds; round++)
        {
            var changed = 0;
            ParallelFor.Run(n, -1, row =>
            {
                var nearest = FindNearest(rows.AsSpan(row * dimension, dimension), centers, dimension);
                if (nearest == members[row])
                    return;
                members[row] = nearest;
                Interlocked.Increment(ref changed);
            });
            if (changed == 0)
                break;
            Recenter(rows, dimension, members, centers, k);
        }

        return centers;
    }

    private static float[] Seed(float[] rows, int dimension, int n, int count, Random random)
    {
        var centers = new List<float>();
        var distances = new double[n];
        Array.Fill(distances, double.MaxValue);
        var chosen = random.Next(n);
        while (true)
        {
            var center = rows.AsSpan(chosen * dimension, dimension);
            centers.AddRange(center);
            for (var row = 0; row < n; row++)
            {
                var distance = (double)TensorPrimitives.Distance(rows.AsSpan(row * dimension, dimension), center);
                distances[row] = Math.Min(distances[row], distance * distance);
            }

            var total = distances.Sum();
            if (centers.Count == count * dimension || total <= 0)
                return [.. centers];
            var aim = random.NextDouble() * total;
            chosen = 0;
            while (chosen < n - 1 && (aim -= distances[chosen]) >= 0)
                chosen++;
        }
    }

    private static int FindNearest(ReadOnlySpan<float> row, float[] centers, int dimension)
    {
        var (nearest, best) = (0, float.MaxValue);
        for (var i = 0; i < centers.Length / dimension; i++)
        {
            var distance = TensorPrimitives.Distance(row, centers.AsSpan(i * dimension, dimension));
            if (distance < best)
                (nearest, best) = (i, distance);
        }

        return nearest;
    }

    private static void Recenter(float[] rows, int dimension, int[] members, float[] centers, int k)
    {
        var sums = new double[centers.Length];
        var counts = new int[k];
        for (var row = 0; row < members.Length; row++)
        {
            counts[members[row]]++;
            for (var d = 0; d < dimension; d++)
                sums[members[row] * dimension + d] += rows[row * dimension + d];
        }

        for (var i = 0; i < centers.Length; i++)
        {
            // A centre that lost its members stays where it is.
            if (counts[i / dimension] is var size and not 0)
                centers[i] = (float)(sums[i] / size);
        }
    }
}
