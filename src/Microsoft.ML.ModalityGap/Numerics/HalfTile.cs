using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// One row by the 32 columns of a panel of float16, which become floats in registers: the bits of <see cref="MatrixTile"/> over the same panel as floats.
/// </summary>
/// <remarks>
/// .NET has no instruction for it, but a shift: the bits of a finite half, moved up by 13, are the float that is 2⁻¹¹² of it, halves below the normal ones included. The row is multiplied by 2¹¹² instead; both are exact.
/// </remarks>
internal static unsafe class HalfTile
{
    /// <summary>2¹¹².</summary>
    internal const float QueryFactor = 5.192297e33f;

    /// <summary>Values of this magnitude overflow when they are multiplied by <see cref="QueryFactor"/>: 2¹⁵.</summary>
    internal const float QueryLimit = 32768;

    private const int Shift = 13;

    // The sign, and the bits of a half in their place.
    private const int Mask = unchecked((int)0x8fffe000);

    internal static bool IsSupported => Avx2.IsSupported && Fma.IsSupported && Vector256.IsHardwareAccelerated;

    /// <param name="row">The row's values, multiplied by <see cref="QueryFactor"/>.</param>
    /// <param name="panel">Per step of k 32 halves.</param>
    /// <param name="depth">Steps of k.</param>
    /// <param name="sums">32 sums.</param>
    /// <param name="add">Whether to add to what the sums are.</param>
    internal static void MultiplyRow(float* row, short* panel, int depth, float* sums, bool add)
    {
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
            MultiplyRow512(row, panel, depth, sums, add);
        else
            MultiplyRow256(row, panel, depth, sums, add);
    }

    private static void MultiplyRow512(float* row, short* panel, int depth, float* sums, bool add)
    {
        Vector512<float> s0 = default, s1 = default;
        var mask = Vector512.Create(Mask);
        for (; depth > 0; depth--, row++, panel += MatrixTile.Columns)
        {
            var x = Vector512.Create(*row);
            s0 = Vector512.FusedMultiplyAdd(x, (Avx512F.ConvertToVector512Int32(Vector256.Load(panel)) << Shift & mask).AsSingle(), s0);
            s1 = Vector512.FusedMultiplyAdd(x, (Avx512F.ConvertToVector512Int32(Vector256.Load(panel + 16)) << Shift & mask).AsSingle(), s1);
        }

        if (add)
        {
            s0 += Vector512.Load(sums);
            s1 += Vector512.Load(sums + 16);
        }

        s0.Store(sums);
        s1.Store(sums + 16);
    }

    private static void MultiplyRow256(float* row, short* panel, int depth, float* sums, bool add)
    {
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        var mask = Vector256.Create(Mask);
        for (; depth > 0; depth--, row++, panel += MatrixTile.Columns)
        {
            var x = Vector256.Create(*row);
            s0 = Vector256.FusedMultiplyAdd(x, (Avx2.ConvertToVector256Int32(panel) << Shift & mask).AsSingle(), s0);
            s1 = Vector256.FusedMultiplyAdd(x, (Avx2.ConvertToVector256Int32(panel + 8) << Shift & mask).AsSingle(), s1);
            s2 = Vector256.FusedMultiplyAdd(x, (Avx2.ConvertToVector256Int32(panel + 16) << Shift & mask).AsSingle(), s2);
            s3 = Vector256.FusedMultiplyAdd(x, (Avx2.ConvertToVector256Int32(panel + 24) << Shift & mask).AsSingle(), s3);
        }

        if (add)
        {
            s0 += Vector256.Load(sums);
            s1 += Vector256.Load(sums + 8);
            s2 += Vector256.Load(sums + 16);
            s3 += Vector256.Load(sums + 24);
        }

        s0.Store(sums);
        s1.Store(sums + 8);
        s2.Store(sums + 16);
        s3.Store(sums + 24);
    }
}
