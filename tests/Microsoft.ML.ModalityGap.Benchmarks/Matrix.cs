using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>The embeddings all benchmarks share: 200,000 rows of 512 floats, 400 MB.</summary>
internal static class Matrix
{
    public const int Rows = 200_000;
    public const int Dimension = 512;

    /// <summary>Uniform numbers around a mean, the same for the same seed.</summary>
    public static float[] Create(int rows = Rows, int seed = 1)
    {
        var random = new Random(seed);
        var row = new float[Dimension * 64];
        for (var i = 0; i < row.Length; i++)
            row[i] = random.NextSingle() - 0.4f;
        var values = new float[rows * Dimension];
        for (var i = 0; i < values.Length; i++)
            values[i] = row[(int)((i * 2654435761L) % row.Length)];
        return values;
    }

    /// <summary>Rows that are all different, the same for the same seed: for what looks at which are nearest.</summary>
    public static float[] CreateDistinct(int rows, int seed)
    {
        var random = new Random(seed);
        var values = new float[rows * Dimension];
        for (var i = 0; i < values.Length; i++)
            values[i] = random.NextSingle() - 0.4f;
        return values;
    }

    /// <summary>Rows as embeddings lie: around 500 centres, which seed and number of rows do not change, with a noise of the centres' size. So a query has some near rows and many far ones.</summary>
    public static float[] CreateClustered(int rows, int seed)
    {
        const int Centers = 500;
        var (shared, random) = (new Random(1), new Random(seed));
        var centers = CreateNormal(Centers * Dimension, shared);

        // Drawn once and used again from other places: a million rows of normal numbers take longer than all searches.
        var noise = CreateNormal((1 << 20) + Dimension, random);
        var values = new float[rows * Dimension];
        for (var row = 0; row < rows; row++)
        {
            TensorPrimitives.Add(
                centers.AsSpan(random.Next(Centers) * Dimension, Dimension), noise.AsSpan(random.Next(1 << 20), Dimension), values.AsSpan(row * Dimension, Dimension));
        }

        return values;
    }

    private static float[] CreateNormal(int length, Random random)
    {
        var values = new float[length];
        for (var i = 0; i < length; i++)
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return values;
    }

    /// <summary>Calls <paramref name="work"/> with a range of values per core.</summary>
    public static void ForEachCore(int length, Action<int, int> work)
    {
        var cores = Environment.ProcessorCount;
        Parallel.For(0, cores, core => work((int)((long)length * core / cores), (int)((long)length * (core + 1) / cores)));
    }
}
