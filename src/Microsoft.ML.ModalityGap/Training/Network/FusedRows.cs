using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What is done to each value of a row, in one pass where the library's functions would take one each: rows are short, and a pass over one costs more to begin and in loads and stores than in arithmetic.
/// Each value is rounded as by those functions one after the other, with no fused multiply-add, whatever the width of the vectors.
/// </summary>
internal static class FusedRows
{
    /// <summary>What the memory gives at once.</summary>
    internal const int LineBytes = 64;

    /// <summary>sum += (x − mean)².</summary>
    internal static void AddSquares<T>(ReadOnlySpan<T> row, ReadOnlySpan<T> mean, Span<T> sum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        row = row[..sum.Length];
        mean = mean[..sum.Length];
        var i = 0;
        for (; i <= sum.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var difference = Load(row, i) - Load(mean, i);
            Store(Load<T>(sum, i) + difference * difference, sum, i);
        }

        for (; i < sum.Length; i++)
            sum[i] += (row[i] - mean[i]) * (row[i] - mean[i]);
    }

    /// <summary>output = (x − mean)·factor·γ + β.</summary>
    internal static void Standardize<T>(ReadOnlySpan<T> row, ReadOnlySpan<T> mean, ReadOnlySpan<T> factor, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, Span<T> output)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        row = row[..output.Length];
        mean = mean[..output.Length];
        factor = factor[..output.Length];
        gamma = gamma[..output.Length];
        beta = beta[..output.Length];
        var i = 0;
        for (; i <= output.Length - Vector<T>.Count; i += Vector<T>.Count)
            Store((Load(row, i) - Load(mean, i)) * Load(factor, i) * Load(gamma, i) + Load(beta, i), output, i);
        for (; i < output.Length; i++)
            output[i] = (row[i] - mean[i]) * factor[i] * gamma[i] + beta[i];
    }

    /// <summary>dγ += g·(x − mean)·factor, dβ += g, where g = a·unit + b·gradient. A line of the next row is asked for beside each that is read: all at once, they would keep those of this row waiting.</summary>
    internal static void AddStandardized<T>(
        ReadOnlySpan<T> row, ReadOnlySpan<T> mean, ReadOnlySpan<T> factor, ReadOnlySpan<T> unit, T a, ReadOnlySpan<T> gradient, T b, Span<T> gamma, Span<T> beta, ReadOnlySpan<T> next)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AddStandardized<T, OfUnitRow>(row, mean, factor, unit, a, gradient, b, gamma, beta, next);

    /// <summary>dγ += g·(x − mean)·factor, dβ += g.</summary>
    internal static void AddStandardized<T>(ReadOnlySpan<T> row, ReadOnlySpan<T> mean, ReadOnlySpan<T> factor, ReadOnlySpan<T> gradient, Span<T> gamma, Span<T> beta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AddStandardized<T, OfRow>(row, mean, factor, gradient, T.Zero, gradient, T.One, gamma, beta, row);

    private static void AddStandardized<T, TOutput>(
        ReadOnlySpan<T> row, ReadOnlySpan<T> mean, ReadOnlySpan<T> factor, ReadOnlySpan<T> unit, T a, ReadOnlySpan<T> gradient, T b, Span<T> gamma, Span<T> beta, ReadOnlySpan<T> next)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TOutput : struct, IOutput
    {
        row = row[..gamma.Length];
        mean = mean[..gamma.Length];
        factor = factor[..gamma.Length];
        unit = unit[..gamma.Length];
        gradient = gradient[..gamma.Length];
        beta = beta[..gamma.Length];
        next = next[..gamma.Length];
        var (first, second) = (new Vector<T>(a), new Vector<T>(b));
        var i = 0;
        for (; i <= gamma.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            if (TOutput.IsUnit)
                Fetch(next, i);
            var own = TOutput.IsUnit ? Load(unit, i) * first + Load(gradient, i) * second : Load(gradient, i);
            Store(own * ((Load(row, i) - Load(mean, i)) * Load(factor, i)) + Load<T>(gamma, i), gamma, i);
            Store(Load<T>(beta, i) + own, beta, i);
        }

        for (; i < gamma.Length; i++)
        {
            var own = TOutput.IsUnit ? unit[i] * a + gradient[i] * b : gradient[i];
            gamma[i] = own * ((row[i] - mean[i]) * factor[i]) + gamma[i];
            beta[i] += own;
        }
    }

    /// <summary>output = a·x + b·y; may be x or y.</summary>
    internal static void Combine<T>(ReadOnlySpan<T> x, T a, ReadOnlySpan<T> y, T b, Span<T> output)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        x = x[..output.Length];
        y = y[..output.Length];
        var (first, second) = (new Vector<T>(a), new Vector<T>(b));
        var i = 0;
        for (; i <= output.Length - Vector<T>.Count; i += Vector<T>.Count)
            Store(Load(x, i) * first + Load(y, i) * second, output, i);
        for (; i < output.Length; i++)
            output[i] = x[i] * a + y[i] * b;
    }

    /// <summary>output = (x − shift)·factor; may be x.</summary>
    internal static void ShiftAndScale<T>(ReadOnlySpan<T> x, T shift, T factor, Span<T> output)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        x = x[..output.Length];
        var (shifts, factors) = (new Vector<T>(shift), new Vector<T>(factor));
        var i = 0;
        for (; i <= output.Length - Vector<T>.Count; i += Vector<T>.Count)
            Store((Load(x, i) - shifts) * factors, output, i);
        for (; i < output.Length; i++)
            output[i] = (x[i] - shift) * factor;
    }

    /// <summary>difference = x·factor − target, where x lies; gradient += difference·weight.</summary>
    internal static void AddDifference<T>(Span<T> x, T factor, ReadOnlySpan<T> target, T weight, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        target = target[..x.Length];
        gradient = gradient[..x.Length];
        var (factors, weights) = (new Vector<T>(factor), new Vector<T>(weight));
        var i = 0;
        for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var difference = Load<T>(x, i) * factors - Load(target, i);
            Store(difference, x, i);
            Store(difference * weights + Load<T>(gradient, i), gradient, i);
        }

        for (; i < x.Length; i++)
        {
            x[i] = x[i] * factor - target[i];
            gradient[i] = x[i] * weight + gradient[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Fetch<T>(ReadOnlySpan<T> values, int index)
        where T : unmanaged
    {
        if (Sse.IsSupported && index * sizeof(T) % LineBytes == 0)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetReference(values), index)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Load<T>(ReadOnlySpan<T> values, int index) => Vector.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(Vector<T> vector, Span<T> values, int index) => vector.StoreUnsafe(ref MemoryMarshal.GetReference(values), (nuint)index);

    /// <summary>What a row becomes, as a constant of the code that is compiled for it.</summary>
    private interface IOutput
    {
        static abstract bool IsUnit { get; }
    }

    private readonly struct OfRow : IOutput
    {
        public static bool IsUnit => false;
    }

    private readonly struct OfUnitRow : IOutput
    {
        public static bool IsUnit => true;
    }
}
