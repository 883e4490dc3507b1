using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.ModalityGap;

/// <summary>A part of the tile of <see cref="MatrixTile"/> in vectors of 128 bits, for any machine: fused where the hardware can, and small enough for 16 registers.</summary>
internal static unsafe class Tile128
{
    internal const int MaximumRows = 4;
    internal const int Columns = 8;

    /// <summary>Up to <see cref="MaximumRows"/> rows by <see cref="Columns"/> columns; all sums stay in registers.</summary>
    internal static void Multiply(float* a, float* b, int depth, float* c, nint stride, int rows, bool add, float* before, nint beforeStride)
    {
        Vector128<float> s00 = default, s01 = default;
        Vector128<float> s10 = default, s11 = default;
        Vector128<float> s20 = default, s21 = default;
        Vector128<float> s30 = default, s31 = default;
        for (; depth > 0; depth--)
        {
            var b0 = Vector128.Load(b);
            var b1 = Vector128.Load(b + 4);
            var x = Vector128.Create(a[0]);
            s00 = Vector128.MultiplyAddEstimate(x, b0, s00);
            s01 = Vector128.MultiplyAddEstimate(x, b1, s01);
            x = Vector128.Create(a[1]);
            s10 = Vector128.MultiplyAddEstimate(x, b0, s10);
            s11 = Vector128.MultiplyAddEstimate(x, b1, s11);
            x = Vector128.Create(a[2]);
            s20 = Vector128.MultiplyAddEstimate(x, b0, s20);
            s21 = Vector128.MultiplyAddEstimate(x, b1, s21);
            x = Vector128.Create(a[3]);
            s30 = Vector128.MultiplyAddEstimate(x, b0, s30);
            s31 = Vector128.MultiplyAddEstimate(x, b1, s31);

            a += MatrixTile.Rows;
            b += MatrixTile.Columns;
        }

        Store(c, s00, s01, add, before);
        if (rows > 1)
            Store(c + stride, s10, s11, add, before + beforeStride);
        if (rows > 2)
            Store(c + 2 * stride, s20, s21, add, before + 2 * beforeStride);
        if (rows > 3)
            Store(c + 3 * stride, s30, s31, add, before + 3 * beforeStride);
    }

    /// <summary>One row by all 32 columns: a single query's part, which waits for the memory and so goes through it once, in more chains.</summary>
    internal static void MultiplyRow(float* a, float* b, int depth, float* c, bool add, float* before)
    {
        Vector128<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        for (; depth > 0; depth--)
        {
            var x = Vector128.Create(a[0]);
            s0 = Vector128.MultiplyAddEstimate(x, Vector128.Load(b), s0);
            s1 = Vector128.MultiplyAddEstimate(x, Vector128.Load(b + 4), s1);
            s2 = Vector128.MultiplyAddEstimate(x, Vector128.Load(b + 8), s2);
            s3 = Vector128.MultiplyAddEstimate(x, Vector128.Load(b + 12), s3);
            s4 = Vector128.MultiplyAddEstimate(x, Vector128.Load(b + 16), s4);
            s5 = Vector128.MultiplyAddEstimate(x, Vector128.Load(b + 20), s5);
            s6 = Vector128.MultiplyAddEstimate(x, Vector128.Load(b + 24), s6);
            s7 = Vector128.MultiplyAddEstimate(x, Vector128.Load(b + 28), s7);
            a += MatrixTile.Rows;
            b += MatrixTile.Columns;
        }

        Store(c, s0, s1, add, before);
        Store(c + 8, s2, s3, add, before + 8);
        Store(c + 16, s4, s5, add, before + 16);
        Store(c + 24, s6, s7, add, before + 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* target, Vector128<float> v0, Vector128<float> v1, bool add, float* before)
    {
        if (add)
        {
            v0 += Vector128.Load(before);
            v1 += Vector128.Load(before + 4);
        }

        v0.Store(target);
        v1.Store(target + 4);
    }
}
