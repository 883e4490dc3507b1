using System.Numerics.Tensors;

namespace Stores;

/// <summary>
/// Embeddings of items as two encoders with a modality gap might give them, drawn from a seed: items lie in clusters of about fifty, directions have a falling spectrum (variance 1/(i + 8) of the i-th), an image and a text are
/// noisy views of their item, and each modality has a mean of its own. A row depends on its number alone, so that any part of any size can be drawn by itself.
/// </summary>
internal sealed class ClusteredEmbeddings
{
    private const int ItemsPerCluster = 50;
    private const float OfItem = 0.8f;
    private const float OfImage = 0.4f;
    private const float OfText = 0.8f;
    private const float Gap = 1.2f;

    private readonly int _dimension;
    private readonly int _clusters;
    private readonly float[] _deviations;
    private readonly float[] _means;

    /// <param name="dimension">Values of a row.</param>
    /// <param name="items">How many items there will be, which decides the number of clusters.</param>
    public ClusteredEmbeddings(int dimension, int items)
    {
        (_dimension, _clusters) = (dimension, Math.Max(1, items / ItemsPerCluster));
        _deviations = [.. Enumerable.Range(0, dimension).Select(i => MathF.Sqrt(1f / (i + 8)))];
        _means = new float[2 * dimension];
        Draw(1, 0, _means);
        for (var i = 0; i < _means.Length; i++)
            _means[i] *= Gap * _deviations[i % dimension];
    }

    /// <summary>The image of an item.</summary>
    public float[] DrawImage(long item) => Draw(item, 3, OfImage, _means.AsSpan(0, _dimension));

    /// <summary>A text about an item; of each there are many.</summary>
    public float[] DrawText(long item, int number) => Draw(item, 4 + number, OfText, _means.AsSpan(_dimension));

    private float[] Draw(long item, int view, float noise, ReadOnlySpan<float> mean)
    {
        var (row, part) = (new float[_dimension], new float[_dimension]);
        Draw((long)(Mix((ulong)item) % (ulong)_clusters), 1, row);
        Add(item, 2, OfItem);
        Add(item, view, noise);
        TensorPrimitives.Multiply(row, _deviations, row);
        TensorPrimitives.Add(row, mean, row);
        TensorPrimitives.Divide(row, TensorPrimitives.Norm<float>(row), row);
        return row;

        void Add(long number, int kind, float weight)
        {
            Draw(number, kind, part);
            TensorPrimitives.MultiplyAdd(part, weight, row, row);
        }
    }

    /// <summary>Standard normal values of a number and a kind (Box and Muller's).</summary>
    private static void Draw(long number, int kind, Span<float> values)
    {
        var random = new Random((int)(Mix((ulong)number * 1024 + (ulong)kind) >> 33));
        for (var i = 0; i < values.Length; i += 2)
        {
            var (radius, angle) = (MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle())), 2 * MathF.PI * random.NextSingle());
            values[i] = radius * MathF.Cos(angle);
            if (i + 1 < values.Length)
                values[i + 1] = radius * MathF.Sin(angle);
        }
    }

    /// <summary>SplitMix64's last steps: numbers that follow each other become numbers that have nothing to do with each other.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
