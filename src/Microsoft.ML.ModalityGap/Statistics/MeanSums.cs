using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>Σx and Σ‖x‖².</summary>
internal sealed class MeanSums(int dimension) : MomentSums(dimension)
{
    private readonly double[] _sum = new double[dimension];
    private double _squares;

    internal override bool TakesFourRows => true;

    internal override void Add(ReadOnlySpan<float> row, float scale, double squaredNorm)
    {
        ref var x = ref MemoryMarshal.GetReference(row);
        ref var sum = ref MemoryMarshal.GetArrayDataReference(_sum);
        var width = (nuint)Vector<double>.Count;
        var factor = new Vector<double>(scale);
        nuint i = 0;
        for (; i + 2 * width <= (nuint)row.Length; i += 2 * width)
        {
            Vector.Widen(Vector.LoadUnsafe(ref x, i), out var low, out var high);
            Vector.MultiplyAddEstimate(low, factor, Vector.LoadUnsafe(ref sum, i)).StoreUnsafe(ref sum, i);
            Vector.MultiplyAddEstimate(high, factor, Vector.LoadUnsafe(ref sum, i + width)).StoreUnsafe(ref sum, i + width);
        }

        for (; i < (nuint)row.Length; i++)
            Unsafe.Add(ref sum, i) += (double)Unsafe.Add(ref x, i) * scale;

        _squares += squaredNorm;
        Count++;
    }

    internal override void AddFour(ReadOnlySpan<float> rows, ReadOnlySpan<float> scales, double squaredNorms)
    {
        ref var x = ref MemoryMarshal.GetReference(rows);
        ref var sum = ref MemoryMarshal.GetArrayDataReference(_sum);
        var d = (nuint)Dimension;
        var width = (nuint)Vector<float>.Count;
        var half = (nuint)Vector<double>.Count;
        var (s0, s1, s2, s3) = (new Vector<float>(scales[0]), new Vector<float>(scales[1]), new Vector<float>(scales[2]), new Vector<float>(scales[3]));
        nuint i = 0;
        for (; i + width <= d; i += width)
        {
            // A sum of four unit-scale floats keeps float's precision; only the long sum over all rows needs more.
            var x01 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref x, d + i), s1, Vector.LoadUnsafe(ref x, i) * s0);
            var x23 = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref x, 3 * d + i), s3, Vector.LoadUnsafe(ref x, 2 * d + i) * s2);
            Prefetch(ref x, 4 * (d + i), width);
            Vector.Widen(x01 + x23, out var low, out var high);
            (Vector.LoadUnsafe(ref sum, i) + low).StoreUnsafe(ref sum, i);
            (Vector.LoadUnsafe(ref sum, i + half) + high).StoreUnsafe(ref sum, i + half);
        }

        for (; i < d; i++)
        {
            for (nuint row = 0; row < 4; row++)
                Unsafe.Add(ref sum, i) += (double)Unsafe.Add(ref x, row * d + i) * scales[(int)row];
        }

        _squares += squaredNorms;
        Count += 4;
    }

    internal override ModalityStatistics Build(long skipped, bool normalized)
    {
        var mean = new double[Dimension];
        for (var i = 0; i < mean.Length; i++)
            mean[i] = _sum[i] / Count;

        // Σ‖x−μ‖² = Σ‖x‖² − N‖μ‖².
        var totalSquares = Math.Max(0, _squares - Count * TensorPrimitives.SumOfSquares<double>(mean));
        return new ModalityStatistics(Count, skipped, normalized, mean, totalSquares, squares: null, products: null);
    }

    /// <summary>
    /// Asks for the values behind the four rows while these are in cache: their norms were just taken, so the memory has nothing else to do. A prefetch beyond
    /// the end of the rows does no harm.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Prefetch(ref float x, nuint offset, nuint width)
    {
        const int CacheLine = 64;
        if (!Sse.IsSupported)
            return;
        var address = (byte*)Unsafe.AsPointer(ref Unsafe.Add(ref x, offset));
        for (nuint line = 0; line < 4 * width * sizeof(float); line += CacheLine)
            Sse.Prefetch1(address + line);
    }
}
