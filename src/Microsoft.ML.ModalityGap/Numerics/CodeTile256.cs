using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>A quarter of the tile of <see cref="CodeTile"/> in vectors of 256 bits: 6 sums of int32, 6 of int16, two vectors of codes and a broadcast query fill 15 of 16 registers.</summary>
internal static unsafe class CodeTile256
{
    private const int Rows = 3;
    private const int Columns = 16;
    private const int Step = CodeTile.Rows * CodeTile.Quad;
    private const int PanelStep = MatrixTile.Columns * CodeTile.Quad;

    internal static void Multiply(byte* queries, sbyte* codes, int chains, int chain, int* prepared, int* tile, int rows)
    {
        for (var row = 0; row < rows; row += Rows)
        {
            for (var column = 0; column < MatrixTile.Columns; column += Columns)
            {
                byte* q = queries + row * CodeTile.Quad;
                sbyte* c = codes + column * CodeTile.Quad;
                int* p = prepared + column, t = tile + row * MatrixTile.Columns + column;
                if (rows == 1)
                    Multiply<TileRows.One>(q, c, chains, chain, p, t);
                else
                    Multiply<TileRows.Three>(q, c, chains, chain, p, t);
            }
        }
    }

    private static void Multiply<TRows>(byte* queries, sbyte* codes, int chains, int chain, int* prepared, int* tile)
        where TRows : struct, ITileRows
    {
        Vector256<int> s00 = default, s01 = default;
        Vector256<int> s10 = default, s11 = default;
        Vector256<int> s20 = default, s21 = default;
        for (; chains > 0; chains--)
        {
            var (p00, p01) = (Vector256.Load((short*)prepared), Vector256.Load((short*)prepared + 16));
            Vector256<short> p10 = p00, p11 = p01, p20 = p00, p21 = p01;
            for (var i = chain; i > 0; i--)
            {
                var b0 = Vector256.Load(codes);
                var b1 = Vector256.Load(codes + 32);
                var x = Vector256.Create(*(uint*)queries).AsByte();
                p00 += Avx2.MultiplyAddAdjacent(x, b0);
                p01 += Avx2.MultiplyAddAdjacent(x, b1);
                if (TRows.Count > 1)
                {
                    x = Vector256.Create(*(uint*)(queries + 4)).AsByte();
                    p10 += Avx2.MultiplyAddAdjacent(x, b0);
                    p11 += Avx2.MultiplyAddAdjacent(x, b1);
                    x = Vector256.Create(*(uint*)(queries + 8)).AsByte();
                    p20 += Avx2.MultiplyAddAdjacent(x, b0);
                    p21 += Avx2.MultiplyAddAdjacent(x, b1);
                }

                queries += Step;
                codes += PanelStep;
            }

            prepared += MatrixTile.Columns;
            s00 += Avx2.MultiplyAddAdjacent(p00, Vector256<short>.One);
            s01 += Avx2.MultiplyAddAdjacent(p01, Vector256<short>.One);
            if (TRows.Count > 1)
            {
                s10 += Avx2.MultiplyAddAdjacent(p10, Vector256<short>.One);
                s11 += Avx2.MultiplyAddAdjacent(p11, Vector256<short>.One);
                s20 += Avx2.MultiplyAddAdjacent(p20, Vector256<short>.One);
                s21 += Avx2.MultiplyAddAdjacent(p21, Vector256<short>.One);
            }
        }

        s00.Store(tile);
        s01.Store(tile + 8);
        if (TRows.Count > 1)
        {
            s10.Store(tile + 32);
            s11.Store(tile + 40);
            s20.Store(tile + 64);
            s21.Store(tile + 72);
        }
    }

    internal static void Prepare(sbyte* codes, int quads, int chain, int* prepared)
    {
        var offset = Vector256.Create((byte)CodeTile.GetOffset(CodeTilePath.Vector256));
        for (; quads > 0; quads -= chain, codes += chain * PanelStep, prepared += MatrixTile.Columns)
        {
            for (var column = 0; column < MatrixTile.Columns; column += 8)
            {
                Vector256<short> sum = default;
                for (var i = 0; i < chain; i++)
                    sum -= Avx2.MultiplyAddAdjacent(offset, Vector256.Load(codes + i * PanelStep + column * CodeTile.Quad));
                sum.Store((short*)(prepared + column));
            }
        }
    }
}
