using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>Half the tile of <see cref="CodeTile"/> with AVX-VNNI: 12 sums, two vectors of codes and a broadcast query fill 15 of 16 registers.</summary>
internal static unsafe class CodeTileVnni
{
    private const int Columns = 16;
    private const int Step = CodeTile.Rows * CodeTile.Quad;
    private const int PanelStep = MatrixTile.Columns * CodeTile.Quad;

    internal static void Multiply(byte* queries, sbyte* codes, int quads, int* prepared, int* tile, int rows)
    {
        for (var column = 0; column < MatrixTile.Columns; column += Columns)
        {
            if (rows == 1)
                Multiply<TileRows.One>(queries, codes + column * CodeTile.Quad, quads, prepared + column, tile + column);
            else
                Multiply<TileRows.Six>(queries, codes + column * CodeTile.Quad, quads, prepared + column, tile + column);
        }
    }

    private static void Multiply<TRows>(byte* queries, sbyte* codes, int quads, int* prepared, int* tile)
        where TRows : struct, ITileRows
    {
        var (s00, s01) = (Vector256.Load(prepared), Vector256.Load(prepared + 8));
        Vector256<int> s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01, s40 = s00, s41 = s01, s50 = s00, s51 = s01;
        for (; quads > 0; quads--)
        {
            var b0 = Vector256.Load(codes);
            var b1 = Vector256.Load(codes + 32);
            var x = Vector256.Create(*(uint*)queries).AsByte();
            s00 = AvxVnni.MultiplyWideningAndAdd(s00, x, b0);
            s01 = AvxVnni.MultiplyWideningAndAdd(s01, x, b1);
            if (TRows.Count > 1)
            {
                x = Vector256.Create(*(uint*)(queries + 4)).AsByte();
                s10 = AvxVnni.MultiplyWideningAndAdd(s10, x, b0);
                s11 = AvxVnni.MultiplyWideningAndAdd(s11, x, b1);
                x = Vector256.Create(*(uint*)(queries + 8)).AsByte();
                s20 = AvxVnni.MultiplyWideningAndAdd(s20, x, b0);
                s21 = AvxVnni.MultiplyWideningAndAdd(s21, x, b1);
                x = Vector256.Create(*(uint*)(queries + 12)).AsByte();
                s30 = AvxVnni.MultiplyWideningAndAdd(s30, x, b0);
                s31 = AvxVnni.MultiplyWideningAndAdd(s31, x, b1);
                x = Vector256.Create(*(uint*)(queries + 16)).AsByte();
                s40 = AvxVnni.MultiplyWideningAndAdd(s40, x, b0);
                s41 = AvxVnni.MultiplyWideningAndAdd(s41, x, b1);
                x = Vector256.Create(*(uint*)(queries + 20)).AsByte();
                s50 = AvxVnni.MultiplyWideningAndAdd(s50, x, b0);
                s51 = AvxVnni.MultiplyWideningAndAdd(s51, x, b1);
            }

            queries += Step;
            codes += PanelStep;
        }

        s00.Store(tile);
        s01.Store(tile + 8);
        if (TRows.Count > 1)
        {
            s10.Store(tile + 32);
            s11.Store(tile + 40);
            s20.Store(tile + 64);
            s21.Store(tile + 72);
            s30.Store(tile + 96);
            s31.Store(tile + 104);
            s40.Store(tile + 128);
            s41.Store(tile + 136);
            s50.Store(tile + 160);
            s51.Store(tile + 168);
        }
    }

    internal static void Prepare(sbyte* codes, int quads, int* prepared)
    {
        var offset = Vector256.Create((byte)CodeTile.GetOffset(CodeTilePath.Vnni256));
        for (var column = 0; column < MatrixTile.Columns; column += 8)
        {
            Vector256<int> sum = default;
            for (var quad = 0; quad < quads; quad++)
                sum = AvxVnni.MultiplyWideningAndAdd(sum, offset, Vector256.Load(codes + quad * PanelStep + column * CodeTile.Quad));
            (-sum).Store(prepared + column);
        }
    }
}
