namespace Microsoft.ML.ModalityGap;

/// <summary>What statistics multiply a row by before they sum it.</summary>
internal static class RowScale
{
    /// <summary>1/‖x‖, or 1 without normalisation, and the squared norm of the row after that.</summary>
    internal static RowDefect TryGet(ReadOnlySpan<float> row, bool normalize, out float scale, out double squaredNorm)
    {
        var square = RowKernels.SquaredNorm(row);
        if (!RowKernels.IsSafeSquare(square))
            return TryGetExact(row, normalize, out scale, out squaredNorm);

        (scale, squaredNorm) = normalize ? (1f / MathF.Sqrt(square), 1.0) : (1f, square);
        return RowDefect.None;
    }

    private static RowDefect TryGetExact(ReadOnlySpan<float> row, bool normalize, out float scale, out double squaredNorm)
    {
        (scale, squaredNorm) = (1f, RowKernels.SquaredNormExact(row));
        var defect = RowDefects.Find(row, zeroNormIsDefect: normalize);
        if (defect == RowDefect.None && normalize)
        {
            // Beyond what a float can hold for the tiniest rows; those point nowhere that float arithmetic could tell.
            (scale, squaredNorm) = ((float)(1 / Math.Sqrt(squaredNorm)), 1.0);
            if (!float.IsFinite(scale))
                return RowDefect.ZeroNorm;
        }

        return defect;
    }
}
