using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>The tile of <see cref="CodeTile"/> in vectors of 512 bits: 12 sums of int32, 12 of int16, two vectors of codes and a broadcast query fill 28 of 32 registers.</summary>
internal static unsafe class CodeTile512
{
    private const int Step = CodeTile.Rows * CodeTile.Quad;

    /// <summary>6 rows, or one, by 32 columns. What is written beyond the rows asked for is to be ignored.</summary>
    internal static void Multiply<TRows>(byte* queries, sbyte* codes, int chains, int chain, int* prepared, int* tile)
        where TRows : struct, ITileRows
    {
        var ones = Vector512<short>.One;
        Vector512<int> s00 = default, s01 = default;
        Vector512<int> s10 = default, s11 = default;
        Vector512<int> s20 = default, s21 = default;
        Vector512<int> s30 = default, s31 = default;
        Vector512<int> s40 = default, s41 = default;
        Vector512<int> s50 = default, s51 = default;
        for (; chains > 0; chains--)
        {
            var (p00, p01) = (Vector512.Load((short*)prepared), Vector512.Load((short*)prepared + 32));
            Vector512<short> p10 = p00, p11 = p01, p20 = p00, p21 = p01, p30 = p00, p31 = p01, p40 = p00, p41 = p01, p50 = p00, p51 = p01;
            for (var i = chain; i > 0; i--)
            {
                var b0 = Vector512.Load(codes);
                var b1 = Vector512.Load(codes + 64);
                var x = Vector512.Create(*(uint*)queries).AsByte();
                p00 += Avx512BW.MultiplyAddAdjacent(x, b0);
                p01 += Avx512BW.MultiplyAddAdjacent(x, b1);
                if (TRows.Count > 1)
                {
                    x = Vector512.Create(*(uint*)(queries + 4)).AsByte();
                    p10 += Avx512BW.MultiplyAddAdjacent(x, b0);
                    p11 += Avx512BW.MultiplyAddAdjacent(x, b1);
                    x = Vector512.Create(*(uint*)(queries + 8)).AsByte();
                    p20 += Avx512BW.MultiplyAddAdjacent(x, b0);
                    p21 += Avx512BW.MultiplyAddAdjacent(x, b1);
                    x = Vector512.Create(*(uint*)(queries + 12)).AsByte();
                    p30 += Avx512BW.MultiplyAddAdjacent(x, b0);
                    p31 += Avx512BW.MultiplyAddAdjacent(x, b1);
                    x = Vector512.Create(*(uint*)(queries + 16)).AsByte();
                    p40 += Avx512BW.MultiplyAddAdjacent(x, b0);
                    p41 += Avx512BW.MultiplyAddAdjacent(x, b1);
                    x = Vector512.Create(*(uint*)(queries + 20)).AsByte();
                    p50 += Avx512BW.MultiplyAddAdjacent(x, b0);
                    p51 += Avx512BW.MultiplyAddAdjacent(x, b1);
                }

                queries += Step;
                codes += MatrixTile.Columns * CodeTile.Quad;
            }

            prepared += MatrixTile.Columns;
            s00 += Avx512BW.MultiplyAddAdjacent(p00, ones);
            s01 += Avx512BW.MultiplyAddAdjacent(p01, ones);
            if (TRows.Count > 1)
            {
                s10 += Avx512BW.MultiplyAddAdjacent(p10, ones);
                s11 += Avx512BW.MultiplyAddAdjacent(p11, ones);
                s20 += Avx512BW.MultiplyAddAdjacent(p20, ones);
                s21 += Avx512BW.MultiplyAddAdjacent(p21, ones);
                s30 += Avx512BW.MultiplyAddAdjacent(p30, ones);
                s31 += Avx512BW.MultiplyAddAdjacent(p31, ones);
                s40 += Avx512BW.MultiplyAddAdjacent(p40, ones);
                s41 += Avx512BW.MultiplyAddAdjacent(p41, ones);
                s50 += Avx512BW.MultiplyAddAdjacent(p50, ones);
                s51 += Avx512BW.MultiplyAddAdjacent(p51, ones);
            }
        }

        s00.Store(tile);
        s01.Store(tile + 16);
        if (TRows.Count > 1)
        {
            s10.Store(tile + 32);
            s11.Store(tile + 48);
            s20.Store(tile + 64);
            s21.Store(tile + 80);
            s30.Store(tile + 96);
            s31.Store(tile + 112);
            s40.Store(tile + 128);
            s41.Store(tile + 144);
            s50.Store(tile + 160);
            s51.Store(tile + 176);
        }
    }

    internal static void Prepare(sbyte* codes, int quads, int chain, int* prepared)
    {
        var offset = Vector512.Create((byte)CodeTile.GetOffset(CodeTilePath.Vector512));
        for (; quads > 0; quads -= chain, prepared += MatrixTile.Columns)
        {
            Vector512<short> p0 = default, p1 = default;
            for (var i = chain; i > 0; i--, codes += MatrixTile.Columns * CodeTile.Quad)
            {
                p0 -= Avx512BW.MultiplyAddAdjacent(offset, Vector512.Load(codes));
                p1 -= Avx512BW.MultiplyAddAdjacent(offset, Vector512.Load(codes + 64));
            }

            p0.Store((short*)prepared);
            p1.Store((short*)prepared + 32);
        }
    }
}
