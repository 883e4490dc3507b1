namespace Microsoft.ML.ModalityGap.Tests.Clip;

/// <summary>Antialiased resizing by its definition, in doubles: every source pixel takes part in every resized one, weighed by the filter.</summary>
internal static class ResampleOracle
{
    /// <summary>Resizes one channel, columns after rows, clamped to 0 … 255 after each as the fixed-point code must.</summary>
    public static double[,] Resize(double[,] image, int height, int width, ClipResampling resampling)
    {
        var rows = Weigh(image.GetLength(1), width, resampling);
        var columns = Weigh(image.GetLength(0), height, resampling);
        var between = new double[image.GetLength(0), width];
        for (var y = 0; y < image.GetLength(0); y++)
        {
            for (var x = 0; x < width; x++)
                between[y, x] = Math.Clamp(Enumerable.Range(0, image.GetLength(1)).Sum(i => rows[x, i] * image[y, i]), 0, 255);
        }

        var result = new double[height, width];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                result[y, x] = Math.Clamp(Enumerable.Range(0, image.GetLength(0)).Sum(i => columns[y, i] * between[i, x]), 0, 255);
        }

        return result;
    }

    private static double[,] Weigh(int source, int resized, ClipResampling resampling)
    {
        var scale = (double)source / resized;
        var weights = new double[resized, source];
        for (var x = 0; x < resized; x++)
        {
            var raw = Enumerable.Range(0, source).Select(i => Filter((i + 0.5 - (x + 0.5) * scale) / Math.Max(scale, 1), resampling)).ToArray();
            for (var i = 0; i < source; i++)
                weights[x, i] = raw[i] / raw.Sum();
        }

        return weights;
    }

    /// <summary>The triangle, and Keys' cubic convolution with a = −½, written out.</summary>
    private static double Filter(double x, ClipResampling resampling) => (resampling, Math.Abs(x)) switch
    {
        (ClipResampling.Bilinear, < 1 and var d) => 1 - d,
        (ClipResampling.Bicubic, < 1 and var d) => 1.5 * d * d * d - 2.5 * d * d + 1,
        (ClipResampling.Bicubic, < 2 and var d) => -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2,
        _ => 0,
    };
}
