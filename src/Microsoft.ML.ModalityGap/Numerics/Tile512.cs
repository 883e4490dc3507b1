using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>The tile of <see cref="MatrixTile"/> in vectors of 512 bits: 24 sums, two column vectors and a broadcast value fill 27 of 32 registers.</summary>
internal static unsafe class Tile512
{
    internal const int MaximumRows = 12;
    internal const int Columns = 32;

    /// <summary>
    /// Up to <see cref="MaximumRows"/> rows by <see cref="Columns"/> columns; all sums stay in registers. Where sums lie apart, what comes next is asked for meanwhile: the rows they go to, and the panel of the left
    /// matrix behind this one.
    /// </summary>
    internal static void Multiply<TRows>(float* a, float* b, int depth, float* c, nint stride, int rows, bool add, float* before, nint beforeStride)
        where TRows : struct, ITileRows
    {
        Vector512<float> s00 = default, s01 = default;
        Vector512<float> s10 = default, s11 = default;
        Vector512<float> s20 = default, s21 = default;
        Vector512<float> s30 = default, s31 = default;
        Vector512<float> s40 = default, s41 = default;
        Vector512<float> s50 = default, s51 = default;
        Vector512<float> s60 = default, s61 = default;
        Vector512<float> s70 = default, s71 = default;
        Vector512<float> s80 = default, s81 = default;
        Vector512<float> s90 = default, s91 = default;
        Vector512<float> sA0 = default, sA1 = default;
        Vector512<float> sB0 = default, sB1 = default;
        var next = stride == Columns ? a : a + (nint)depth * MatrixTile.Rows;
        var sums = c;
        var ahead = stride == Columns ? 0 : rows;
        for (; depth > 0; depth--)
        {
            if (TRows.Count == MaximumRows)
            {
                Sse.Prefetch0(next);
                next += MatrixTile.Rows;
                Sse.Prefetch0(sums);
                Sse.Prefetch0(sums + Columns / 2);
                sums += --ahead > 0 ? stride : 0;
            }

            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + 16);
            var x = Vector512.Create(a[0]);
            s00 = Vector512.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(x, b1, s01);
            if (TRows.Count > 1)
            {
                x = Vector512.Create(a[1]);
                s10 = Vector512.FusedMultiplyAdd(x, b0, s10);
                s11 = Vector512.FusedMultiplyAdd(x, b1, s11);
                x = Vector512.Create(a[2]);
                s20 = Vector512.FusedMultiplyAdd(x, b0, s20);
                s21 = Vector512.FusedMultiplyAdd(x, b1, s21);
                x = Vector512.Create(a[3]);
                s30 = Vector512.FusedMultiplyAdd(x, b0, s30);
                s31 = Vector512.FusedMultiplyAdd(x, b1, s31);
            }

            if (TRows.Count > 4)
            {
                x = Vector512.Create(a[4]);
                s40 = Vector512.FusedMultiplyAdd(x, b0, s40);
                s41 = Vector512.FusedMultiplyAdd(x, b1, s41);
                x = Vector512.Create(a[5]);
                s50 = Vector512.FusedMultiplyAdd(x, b0, s50);
                s51 = Vector512.FusedMultiplyAdd(x, b1, s51);
                x = Vector512.Create(a[6]);
                s60 = Vector512.FusedMultiplyAdd(x, b0, s60);
                s61 = Vector512.FusedMultiplyAdd(x, b1, s61);
                x = Vector512.Create(a[7]);
                s70 = Vector512.FusedMultiplyAdd(x, b0, s70);
                s71 = Vector512.FusedMultiplyAdd(x, b1, s71);
                x = Vector512.Create(a[8]);
                s80 = Vector512.FusedMultiplyAdd(x, b0, s80);
                s81 = Vector512.FusedMultiplyAdd(x, b1, s81);
                x = Vector512.Create(a[9]);
                s90 = Vector512.FusedMultiplyAdd(x, b0, s90);
                s91 = Vector512.FusedMultiplyAdd(x, b1, s91);
                x = Vector512.Create(a[10]);
                sA0 = Vector512.FusedMultiplyAdd(x, b0, sA0);
                sA1 = Vector512.FusedMultiplyAdd(x, b1, sA1);
                x = Vector512.Create(a[11]);
                sB0 = Vector512.FusedMultiplyAdd(x, b0, sB0);
                sB1 = Vector512.FusedMultiplyAdd(x, b1, sB1);
            }

            a += MatrixTile.Rows;
            b += MatrixTile.Columns;
        }

        Store(c, s00, s01, add, before);
        if (TRows.Count > 1 && rows > 1)
            Store(c + stride, s10, s11, add, before + beforeStride);
        if (TRows.Count > 1 && rows > 2)
            Store(c + 2 * stride, s20, s21, add, before + 2 * beforeStride);
        if (TRows.Count > 1 && rows > 3)
            Store(c + 3 * stride, s30, s31, add, before + 3 * beforeStride);
        if (TRows.Count > 4 && rows > 4)
            Store(c + 4 * stride, s40, s41, add, before + 4 * beforeStride);
        if (TRows.Count > 4 && rows > 5)
            Store(c + 5 * stride, s50, s51, add, before + 5 * beforeStride);
        if (TRows.Count > 4 && rows > 6)
            Store(c + 6 * stride, s60, s61, add, before + 6 * beforeStride);
        if (TRows.Count > 4 && rows > 7)
            Store(c + 7 * stride, s70, s71, add, before + 7 * beforeStride);
        if (TRows.Count > 4 && rows > 8)
            Store(c + 8 * stride, s80, s81, add, before + 8 * beforeStride);
        if (TRows.Count > 4 && rows > 9)
            Store(c + 9 * stride, s90, s91, add, before + 9 * beforeStride);
        if (TRows.Count > 4 && rows > 10)
            Store(c + 10 * stride, sA0, sA1, add, before + 10 * beforeStride);
        if (TRows.Count > 4 && rows > 11)
            Store(c + 11 * stride, sB0, sB1, add, before + 11 * beforeStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* target, Vector512<float> v0, Vector512<float> v1, bool add, float* before)
    {
        if (add)
        {
            v0 += Vector512.Load(before);
            v1 += Vector512.Load(before + 16);
        }

        v0.Store(target);
        v1.Store(target + 16);
    }
}
