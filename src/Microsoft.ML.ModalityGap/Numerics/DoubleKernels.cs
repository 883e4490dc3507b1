using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Vectorised work on short spans of doubles, which is done a hundred thousand times by one decomposition. Compiled at once: a program may run it for a tenth of a second only, of which the first tier would take most.
/// </summary>
internal static class DoubleKernels
{
    /// <summary>Σ x·y over the length of <paramref name="x"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        y = y[..x.Length];
        ref var left = ref MemoryMarshal.GetReference(x);
        ref var right = ref MemoryMarshal.GetReference(y);
        var (length, width) = ((nuint)x.Length, (nuint)Vector<double>.Count);
        Vector<double> first = default, second = default;
        nuint i = 0;
        for (; i + 2 * width <= length; i += 2 * width)
        {
            first = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref left, i), Vector.LoadUnsafe(ref right, i), first);
            second = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref left, i + width), Vector.LoadUnsafe(ref right, i + width), second);
        }

        var sum = Vector.Sum(first + second);
        for (; i < length; i++)
            sum += Unsafe.Add(ref left, i) * Unsafe.Add(ref right, i);
        return sum;
    }

    /// <summary>x·y for each of many y that lie one behind the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Dots(ReadOnlySpan<double> x, ReadOnlySpan<double> rows, Span<double> results)
    {
        var (length, width) = ((nuint)x.Length, (nuint)Vector<double>.Count);
        rows = rows[..(results.Length * x.Length)];
        ref var left = ref MemoryMarshal.GetReference(x);
        var row = 0;
        for (; row + 4 <= results.Length; row += 4)
        {
            ref var right = ref Unsafe.Add(ref MemoryMarshal.GetReference(rows), (nint)row * x.Length);
            Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
            nuint i = 0;
            for (; i + width <= length; i += width)
            {
                var value = Vector.LoadUnsafe(ref left, i);
                s0 = Vector.MultiplyAddEstimate(value, Vector.LoadUnsafe(ref right, i), s0);
                s1 = Vector.MultiplyAddEstimate(value, Vector.LoadUnsafe(ref right, i + length), s1);
                s2 = Vector.MultiplyAddEstimate(value, Vector.LoadUnsafe(ref right, i + 2 * length), s2);
                s3 = Vector.MultiplyAddEstimate(value, Vector.LoadUnsafe(ref right, i + 3 * length), s3);
            }

            var (t0, t1, t2, t3) = (Vector.Sum(s0), Vector.Sum(s1), Vector.Sum(s2), Vector.Sum(s3));
            for (; i < length; i++)
            {
                var value = Unsafe.Add(ref left, i);
                t0 += value * Unsafe.Add(ref right, i);
                t1 += value * Unsafe.Add(ref right, i + length);
                t2 += value * Unsafe.Add(ref right, i + 2 * length);
                t3 += value * Unsafe.Add(ref right, i + 3 * length);
            }

            (results[row], results[row + 1], results[row + 2], results[row + 3]) = (t0, t1, t2, t3);
        }

        for (; row < results.Length; row++)
            results[row] = Dot(x, rows.Slice(row * x.Length, x.Length));
    }

    /// <summary>target ← target + a·x, over the length of <paramref name="target"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(double a, ReadOnlySpan<double> x, Span<double> target)
    {
        x = x[..target.Length];
        ref var source = ref MemoryMarshal.GetReference(x);
        ref var result = ref MemoryMarshal.GetReference(target);
        var (length, width, factor) = ((nuint)target.Length, (nuint)Vector<double>.Count, new Vector<double>(a));
        nuint i = 0;
        for (; i + width <= length; i += width)
            Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref source, i), factor, Vector.LoadUnsafe(ref result, i)).StoreUnsafe(ref result, i);
        for (; i < length; i++)
            Unsafe.Add(ref result, i) += a * Unsafe.Add(ref source, i);
    }

    /// <summary>target ← target + a·x + b·y, over the length of <paramref name="target"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(double a, ReadOnlySpan<double> x, double b, ReadOnlySpan<double> y, Span<double> target)
    {
        x = x[..target.Length];
        y = y[..target.Length];
        ref var first = ref MemoryMarshal.GetReference(x);
        ref var second = ref MemoryMarshal.GetReference(y);
        ref var result = ref MemoryMarshal.GetReference(target);
        var (length, width, left, right) = ((nuint)target.Length, (nuint)Vector<double>.Count, new Vector<double>(a), new Vector<double>(b));
        nuint i = 0;
        for (; i + width <= length; i += width)
        {
            var sum = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref first, i), left, Vector.LoadUnsafe(ref result, i));
            Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref second, i), right, sum).StoreUnsafe(ref result, i);
        }

        for (; i < length; i++)
            Unsafe.Add(ref result, i) += a * Unsafe.Add(ref first, i) + b * Unsafe.Add(ref second, i);
    }

    /// <summary>Σ line·x, and target ← target + a·line, over the length of <paramref name="line"/>, which is read once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double DotAndAdd(ReadOnlySpan<double> line, ReadOnlySpan<double> x, double a, Span<double> target)
    {
        x = x[..line.Length];
        target = target[..line.Length];
        ref var source = ref MemoryMarshal.GetReference(line);
        ref var right = ref MemoryMarshal.GetReference(x);
        ref var result = ref MemoryMarshal.GetReference(target);
        var (length, width, factor) = ((nuint)line.Length, (nuint)Vector<double>.Count, new Vector<double>(a));
        Vector<double> first = default, second = default;
        nuint i = 0;
        for (; i + 2 * width <= length; i += 2 * width)
        {
            var (x0, x1) = (Vector.LoadUnsafe(ref source, i), Vector.LoadUnsafe(ref source, i + width));
            first = Vector.MultiplyAddEstimate(x0, Vector.LoadUnsafe(ref right, i), first);
            second = Vector.MultiplyAddEstimate(x1, Vector.LoadUnsafe(ref right, i + width), second);
            Vector.MultiplyAddEstimate(x0, factor, Vector.LoadUnsafe(ref result, i)).StoreUnsafe(ref result, i);
            Vector.MultiplyAddEstimate(x1, factor, Vector.LoadUnsafe(ref result, i + width)).StoreUnsafe(ref result, i + width);
        }

        var sum = Vector.Sum(first + second);
        for (; i < length; i++)
        {
            sum += Unsafe.Add(ref source, i) * Unsafe.Add(ref right, i);
            Unsafe.Add(ref result, i) += a * Unsafe.Add(ref source, i);
        }

        return sum;
    }

    /// <summary>upper ← c·upper − s·lower and lower ← s·upper + c·lower.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Rotate(Span<double> upper, Span<double> lower, double cosine, double sine)
    {
        lower = lower[..upper.Length];
        ref var first = ref MemoryMarshal.GetReference(upper);
        ref var second = ref MemoryMarshal.GetReference(lower);
        var (c, s) = (new Vector<double>(cosine), new Vector<double>(sine));
        var (length, width) = ((nuint)upper.Length, (nuint)Vector<double>.Count);
        nuint i = 0;
        for (; i + width <= length; i += width)
        {
            var (x, y) = (Vector.LoadUnsafe(ref first, i), Vector.LoadUnsafe(ref second, i));
            (c * x - s * y).StoreUnsafe(ref first, i);
            (s * x + c * y).StoreUnsafe(ref second, i);
        }

        for (; i < length; i++)
            (Unsafe.Add(ref first, i), Unsafe.Add(ref second, i)) = (cosine * Unsafe.Add(ref first, i) - sine * Unsafe.Add(ref second, i), sine * Unsafe.Add(ref first, i) + cosine * Unsafe.Add(ref second, i));
    }
}
