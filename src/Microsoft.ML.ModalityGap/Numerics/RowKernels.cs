using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Vectorised work on single rows. Sums run in float over short partial sums, which is exact to about 1e-7 of the result.</summary>
internal static class RowKernels
{
    // Outside this range a float sum of squares has lost digits or overflowed, though the row itself may be fine.
    private const float SmallestSafeSquare = 1e-30f;
    private const float LargestSafeSquare = 1e38f;

    /// <summary>Whether a squared norm computed in float can be used as it is; false for NaN, too.</summary>
    internal static bool IsSafeSquare(float squaredNorm) => squaredNorm is > SmallestSafeSquare and < LargestSafeSquare;

    /// <summary>‖x‖² in float; check with <see cref="IsSafeSquare"/>.</summary>
    internal static float SquaredNorm(ReadOnlySpan<float> row)
    {
        ref var x = ref MemoryMarshal.GetReference(row);
        var length = (nuint)row.Length;
        var width = (nuint)Vector<float>.Count;
        Vector<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        nuint i = 0;
        for (; i + 4 * width <= length; i += 4 * width)
        {
            var x0 = Vector.LoadUnsafe(ref x, i);
            var x1 = Vector.LoadUnsafe(ref x, i + width);
            var x2 = Vector.LoadUnsafe(ref x, i + 2 * width);
            var x3 = Vector.LoadUnsafe(ref x, i + 3 * width);
            sum0 = Vector.MultiplyAddEstimate(x0, x0, sum0);
            sum1 = Vector.MultiplyAddEstimate(x1, x1, sum1);
            sum2 = Vector.MultiplyAddEstimate(x2, x2, sum2);
            sum3 = Vector.MultiplyAddEstimate(x3, x3, sum3);
        }

        var sum = Vector.Sum(sum0 + sum1 + (sum2 + sum3));
        for (; i < length; i++)
            sum += Unsafe.Add(ref x, i) * Unsafe.Add(ref x, i);
        return sum;
    }

    /// <summary>‖x‖² in double: for the rows where float does not do.</summary>
    internal static double SquaredNormExact(ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        foreach (var value in row)
            sum += (double)value * value;
        return sum;
    }

    /// <summary>Where the first NaN or infinity is; −1 where there is none. A finite sum of squares has none in it; only rows of very large values are looked through.</summary>
    internal static int IndexOfNotFinite(ReadOnlySpan<float> row)
    {
        if (float.IsFinite(SquaredNorm(row)))
            return -1;
        for (var i = 0; i < row.Length; i++)
        {
            if (!float.IsFinite(row[i]))
                return i;
        }

        return -1;
    }

    /// <summary>y = x/‖x‖; a zero row stays zero, a row with NaN or infinity becomes NaN throughout.</summary>
    internal static void Normalize(ReadOnlySpan<float> source, Span<float> destination)
    {
        var squaredNorm = SquaredNorm(source);
        if (IsSafeSquare(squaredNorm))
            TensorPrimitives.Multiply(source, 1f / MathF.Sqrt(squaredNorm), destination);
        else
            NormalizeExact(source, destination);
    }

    /// <summary>Where the first value above a limit is, from a place on; −1 where there is none. It is made for spans that have none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // runs for a second at most; the first tier would take most of it
    internal static int IndexOfAbove(ReadOnlySpan<float> values, int start, float limit)
    {
        var (at, width, limits) = (start, Vector<float>.Count, new Vector<float>(limit));
        while (at + width <= values.Length && !Vector.GreaterThanAny(new Vector<float>(values[at..]), limits))
            at += width;
        for (; at < values.Length; at++)
        {
            if (values[at] > limit)
                return at;
        }

        return -1;
    }

    /// <summary>The first row that is no unit vector, but for rounding; −1 where all are.</summary>
    internal static int FindNotUnit(ReadOnlySpan<float> rows, int dimension)
    {
        const float Tolerance = 1e-3f;
        for (var at = 0; at < rows.Length; at += dimension)
        {
            if (!(MathF.Abs(SquaredNorm(rows.Slice(at, dimension)) - 1) <= Tolerance))
                return at / dimension;
        }

        return -1;
    }

    /// <summary>Every row over its norm, in place.</summary>
    internal static float[] NormalizeAll(float[] rows, int dimension)
    {
        for (var at = 0; at < rows.Length; at += dimension)
            Normalize(rows.AsSpan(at, dimension), rows.AsSpan(at, dimension));
        return rows;
    }

    /// <summary>
    /// y = (x/‖x‖ + t) / ‖x/‖x‖ + t‖ in two passes over the row: x·x and x·t give both norms, since ‖x̂ + t‖² = 1 + 2 x̂·t + ‖t‖².
    /// </summary>
    /// <param name="source">x.</param>
    /// <param name="offset">t.</param>
    /// <param name="squaredOffset">‖t‖².</param>
    /// <param name="destination">y; may be <paramref name="source"/>.</param>
    internal static void NormalizeTranslateNormalize(ReadOnlySpan<float> source, ReadOnlySpan<float> offset, float squaredOffset, Span<float> destination)
    {
        var (squaredNorm, dot) = SquareAndDot(source, offset);
        if (!IsSafeSquare(squaredNorm))
        {
            NormalizeExact(source, destination);
            TensorPrimitives.Add(destination, offset, destination);
            Normalize(destination, destination);
            return;
        }

        var inverse = 1f / MathF.Sqrt(squaredNorm);
        var squaredSum = 1f + 2f * inverse * dot + squaredOffset;

        // Where most of the sum cancels, its error of some 3e-7·(1 + ‖t‖²) would show: take the norm of what is left instead.
        if (squaredSum > (1f + squaredOffset) * 0.125f)
        {
            var second = 1f / MathF.Sqrt(squaredSum);
            Combine(source, inverse * second, offset, second, destination);
        }
        else
        {
            Combine(source, inverse, offset, 1f, destination);
            Normalize(destination, destination);
        }
    }

    private static void NormalizeExact(ReadOnlySpan<float> source, Span<float> destination)
    {
        var norm = Math.Sqrt(SquaredNormExact(source));
        if (norm == 0)
        {
            destination.Clear();
            return;
        }

        if (!double.IsFinite(norm))
        {
            destination.Fill(float.NaN);
            return;
        }

        for (var i = 0; i < destination.Length; i++)
            destination[i] = (float)(source[i] / norm);
    }

    /// <summary>x·x and x·t in one pass.</summary>
    private static (float Square, float Dot) SquareAndDot(ReadOnlySpan<float> x, ReadOnlySpan<float> t)
    {
        ref var px = ref MemoryMarshal.GetReference(x);
        ref var pt = ref MemoryMarshal.GetReference(t);
        var length = (nuint)x.Length;
        var width = (nuint)Vector<float>.Count;

        Vector<float> square0 = default, square1 = default, dot0 = default, dot1 = default;
        nuint i = 0;
        for (; i + 2 * width <= length; i += 2 * width)
        {
            var x0 = Vector.LoadUnsafe(ref px, i);
            var x1 = Vector.LoadUnsafe(ref px, i + width);
            square0 = Vector.MultiplyAddEstimate(x0, x0, square0);
            square1 = Vector.MultiplyAddEstimate(x1, x1, square1);
            dot0 = Vector.MultiplyAddEstimate(x0, Vector.LoadUnsafe(ref pt, i), dot0);
            dot1 = Vector.MultiplyAddEstimate(x1, Vector.LoadUnsafe(ref pt, i + width), dot1);
        }

        var square = Vector.Sum(square0 + square1);
        var dot = Vector.Sum(dot0 + dot1);
        for (; i < length; i++)
        {
            var value = Unsafe.Add(ref px, i);
            square += value * value;
            dot += value * Unsafe.Add(ref pt, i);
        }

        return (square, dot);
    }

    /// <summary>y = a·x + b·t.</summary>
    private static void Combine(ReadOnlySpan<float> x, float a, ReadOnlySpan<float> t, float b, Span<float> y)
    {
        ref var px = ref MemoryMarshal.GetReference(x);
        ref var pt = ref MemoryMarshal.GetReference(t);
        ref var py = ref MemoryMarshal.GetReference(y);
        var length = (nuint)x.Length;
        var width = (nuint)Vector<float>.Count;
        var va = new Vector<float>(a);
        var vb = new Vector<float>(b);

        nuint i = 0;
        for (; i + width <= length; i += width)
            Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref px, i), va, Vector.LoadUnsafe(ref pt, i) * vb).StoreUnsafe(ref py, i);
        for (; i < length; i++)
            Unsafe.Add(ref py, i) = Unsafe.Add(ref px, i) * a + Unsafe.Add(ref pt, i) * b;
    }
}
