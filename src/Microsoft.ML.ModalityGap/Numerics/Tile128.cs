using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.ModalityGap;

/// <summary>A part of the tile of <see cref="MatrixTile"/> in vectors of 128 bits, for any machine: fused where the hardware can, and small enough for 16 registers.</summary>
internal static unsafe class Tile128
{
    internal const int MaximumRows = 4;
    internal const int Columns = 8;

    /// <summary>Up to <see cref="MaximumRows"/> rows by <see cref="Columns"/> columns; all sums stay in registers.</summary>
    internal static void Multiply<TRows>(float* a, float* b, int depth, float* c, nint stride, int rows, bool add)
        where TRows : struct, ITileRows
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
            if (TRows.Count > 1)
            {
                x = Vector128.Create(a[1]);
                s10 = Vector128.MultiplyAddEstimate(x, b0, s10);
                s11 = Vector128.MultiplyAddEstimate(x, b1, s11);
                x = Vector128.Create(a[2]);
                s20 = Vector128.MultiplyAddEstimate(x, b0, s20);
                s21 = Vector128.MultiplyAddEstimate(x, b1, s21);
                x = Vector128.Create(a[3]);
                s30 = Vector128.MultiplyAddEstimate(x, b0, s30);
                s31 = Vector128.MultiplyAddEstimate(x, b1, s31);
            }

            a += MatrixTile.Rows;
            b += MatrixTile.Columns;
        }

        Store(c, s00, s01, add);
        if (TRows.Count > 1 && rows > 1)
            Store(c + stride, s10, s11, add);
        if (TRows.Count > 1 && rows > 2)
            Store(c + 2 * stride, s20, s21, add);
        if (TRows.Count > 1 && rows > 3)
            Store(c + 3 * stride, s30, s31, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* target, Vector128<float> v0, Vector128<float> v1, bool add)
    {
        if (add)
        {
            v0 += Vector128.Load(target);
            v1 += Vector128.Load(target + 4);
        }

        v0.Store(target);
        v1.Store(target + 4);
    }
}
