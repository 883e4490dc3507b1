using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The signal-to-noise ratio as a distance: d_S(h, g) = var(g − h)/var(h), the variance over a vector's values, with h as the signal (the anchor) and g − h as the noise. 0 where both are the
/// same but for a constant, 2 in the mean for vectors of one variance that have nothing to do with each other. Not symmetric.
/// </summary>
/// <remarks>
/// <para>Of one query it ranks like the cosine of centred vectors where all rows vary alike, and puts rows that vary more behind where they do not. For embeddings whose length means something; of
/// unit vectors with means near 0 it is 2 − 2 cos.</para>
/// <para>An <see cref="EmbeddingIndex"/> ranks by it under <see cref="SimilarityMetric.SignalToNoise"/>. For other stores that rank by the inner product: store <see cref="ToGalleryVector"/> of the rows and search with
/// <see cref="ToQueryVector"/>; the score is 1 − d_S exactly, so the nearest come first.</para>
/// <para>Source: Yuan et al., Signal-to-Noise Ratio: A Robust Distance Metric for Deep Metric Learning, CVPR 2019 (arXiv 1904.02616).</para>
/// </remarks>
public static class SignalToNoise
{
    /// <summary>d_S of an anchor and another vector.</summary>
    /// <param name="anchor">The signal.</param>
    /// <param name="compared">The other.</param>
    /// <returns>var(compared − anchor)/var(anchor), 0 or more.</returns>
    /// <exception cref="ArgumentException">The vectors have different dimensions, or all values of the anchor are the same, so that there is no signal.</exception>
    public static double Distance(ReadOnlySpan<float> anchor, ReadOnlySpan<float> compared)
    {
        if (compared.Length != anchor.Length)
            throw new ArgumentException($"The anchor has {anchor.Length} dimensions and the other vector {compared.Length}.", nameof(compared));
        var signal = Center(anchor, extra: 0);
        var noise = Center(compared, extra: 0);
        TensorPrimitives.Subtract(noise, signal, noise);
        return TensorPrimitives.SumOfSquares<double>(noise) / GetSignal(signal, nameof(anchor));
    }

    /// <summary>The vector that asks for a query in an index of <see cref="ToGalleryVector"/>s: [2h_c/‖h_c‖², −1/‖h_c‖²], with h_c the query without its mean.</summary>
    /// <param name="query">The query, the anchor of the distance.</param>
    /// <returns>One dimension more.</returns>
    /// <exception cref="ArgumentException">All values of the query are the same.</exception>
    public static float[] ToQueryVector(ReadOnlySpan<float> query)
    {
        var vector = Center(query, extra: 1);
        var signal = GetSignal(vector, nameof(query));
        TensorPrimitives.Multiply(vector, 2 / signal, vector);
        vector[^1] = -1 / signal;
        return Array.ConvertAll(vector, value => (float)value);
    }

    /// <summary>What stands in the index for a row: [g_c, ‖g_c‖²].</summary>
    /// <param name="row">A row of the gallery.</param>
    /// <returns>One dimension more.</returns>
    public static float[] ToGalleryVector(ReadOnlySpan<float> row)
    {
        var vector = Center(row, extra: 1);
        vector[^1] = TensorPrimitives.SumOfSquares<double>(vector);
        return Array.ConvertAll(vector, value => (float)value);
    }

    /// <summary>The mean of d_S over pairs, the first as the anchor; <see langword="null"/> where an anchor has no signal.</summary>
    internal static double? MeanDistance(ReadOnlySpan<float> anchors, ReadOnlySpan<float> compared, int dimension)
    {
        var sum = 0.0;
        for (var start = 0; start < anchors.Length; start += dimension)
        {
            var anchor = anchors.Slice(start, dimension);
            if (!anchor.ContainsAnyExcept(anchor[0]))
                return null;
            sum += Distance(anchor, compared.Slice(start, dimension));
        }

        return sum / (anchors.Length / dimension);
    }

    /// <summary>The values without their mean, and room behind them.</summary>
    private static double[] Center(ReadOnlySpan<float> values, int extra)
    {
        var centered = new double[values.Length + extra];
        var part = centered.AsSpan(0, values.Length);
        TensorPrimitives.ConvertChecked(values, part);
        if (!part.IsEmpty)
            TensorPrimitives.Subtract(part, TensorPrimitives.Sum<double>(part) / part.Length, part);
        return centered;
    }

    private static double GetSignal(double[] centered, string name) => TensorPrimitives.SumOfSquares<double>(centered) is > 0 and var signal
        ? signal
        : throw new ArgumentException("All values of the vector are the same: there is no signal to compare noise with.", name);
}
