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

    /// <summary>Calls <paramref name="work"/> with a range of values per core.</summary>
    public static void ForEachCore(int length, Action<int, int> work)
    {
        var cores = Environment.ProcessorCount;
        Parallel.For(0, cores, core => work((int)((long)length * core / cores), (int)((long)length * (core + 1) / cores)));
    }
}
