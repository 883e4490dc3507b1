using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.ModalityGap;

/// <summary>A quarter of the tile of <see cref="MatrixTile"/> in vectors of 256 bits: 12 sums, two column vectors and a broadcast value fill 15 of 16 registers.</summary>
internal static unsafe class Tile256
{
    internal const int MaximumRows = 6;
    internal const int Columns = 16;

    /// <summary>Up to <see cref="MaximumRows"/> rows by <see cref="Columns"/> columns; all sums stay in registers.</summary>
    internal static void Multiply(float* a, float* b, int depth, float* c, nint stride, int rows, bool add, float* before, nint beforeStride)
    {
        Vector256<float> s00 = default, s01 = default;
        Vector256<float> s10 = default, s11 = default;
        Vector256<float> s20 = default, s21 = default;
        Vector256<float> s30 = default, s31 = default;
        Vector256<float> s40 = default, s41 = default;
        Vector256<float> s50 = default, s51 = default;
        for (; depth > 0; depth--)
        {
            var b0 = Vector256.Load(b);
            var b1 = Vector256.Load(b + 8);
            var x = Vector256.Create(a[0]);
            s00 = Vector256.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector256.FusedMultiplyAdd(x, b1, s01);
            x = Vector256.Create(a[1]);
            s10 = Vector256.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector256.FusedMultiplyAdd(x, b1, s11);
            x = Vector256.Create(a[2]);
            s20 = Vector256.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector256.FusedMultiplyAdd(x, b1, s21);
            x = Vector256.Create(a[3]);
            s30 = Vector256.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector256.FusedMultiplyAdd(x, b1, s31);
            x = Vector256.Create(a[4]);
            s40 = Vector256.FusedMultiplyAdd(x, b0, s40);
            s41 = Vector256.FusedMultiplyAdd(x, b1, s41);
            x = Vector256.Create(a[5]);
            s50 = Vector256.FusedMultiplyAdd(x, b0, s50);
            s51 = Vector256.FusedMultiplyAdd(x, b1, s51);

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
        if (rows > 4)
            Store(c + 4 * stride, s40, s41, add, before + 4 * beforeStride);
        if (rows > 5)
            Store(c + 5 * stride, s50, s51, add, before + 5 * beforeStride);
    }

    /// <summary>One row by all 32 columns: a single query's part, which waits for the memory and so goes through it once, in more chains.</summary>
    internal static void MultiplyRow(float* a, float* b, int depth, float* c, bool add, float* before)
    {
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; depth > 0; depth--)
        {
            var x = Vector256.Create(a[0]);
            s0 = Vector256.FusedMultiplyAdd(x, Vector256.Load(b), s0);
            s1 = Vector256.FusedMultiplyAdd(x, Vector256.Load(b + 8), s1);
            s2 = Vector256.FusedMultiplyAdd(x, Vector256.Load(b + 16), s2);
            s3 = Vector256.FusedMultiplyAdd(x, Vector256.Load(b + 24), s3);
            a += MatrixTile.Rows;
            b += MatrixTile.Columns;
        }

        Store(c, s0, s1, add, before);
        Store(c + 16, s2, s3, add, before + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* target, Vector256<float> v0, Vector256<float> v1, bool add, float* before)
    {
        if (add)
        {
            v0 += Vector256.Load(before);
            v1 += Vector256.Load(before + 8);
        }

        v0.Store(target);
        v1.Store(target + 8);
    }
}
