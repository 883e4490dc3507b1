using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Microsoft.ML.ModalityGap;

/// <summary>A quarter of the tile of <see cref="CodeTile"/> with Arm's dot products of four signed bytes: 12 sums, two vectors of codes and a broadcast query.</summary>
internal static unsafe class CodeTileArm
{
    private const int Columns = 8;
    private const int Step = CodeTile.Rows * CodeTile.Quad;
    private const int PanelStep = MatrixTile.Columns * CodeTile.Quad;

    internal static void Multiply(sbyte* queries, sbyte* codes, int quads, int* tile, int rows)
    {
        for (var column = 0; column < MatrixTile.Columns; column += Columns)
        {
            if (rows == 1)
                Multiply<TileRows.One>(queries, codes + column * CodeTile.Quad, quads, tile + column);
            else
                Multiply<TileRows.Six>(queries, codes + column * CodeTile.Quad, quads, tile + column);
        }
    }

    private static void Multiply<TRows>(sbyte* queries, sbyte* codes, int quads, int* tile)
        where TRows : struct, ITileRows
    {
        Vector128<int> s00 = default, s01 = default;
        Vector128<int> s10 = default, s11 = default;
        Vector128<int> s20 = default, s21 = default;
        Vector128<int> s30 = default, s31 = default;
        Vector128<int> s40 = default, s41 = default;
        Vector128<int> s50 = default, s51 = default;
        for (; quads > 0; quads--)
        {
            var b0 = Vector128.Load(codes);
            var b1 = Vector128.Load(codes + 16);
            var x = Vector128.Create(*(int*)queries).AsSByte();
            s00 = Dp.DotProduct(s00, b0, x);
            s01 = Dp.DotProduct(s01, b1, x);
            if (TRows.Count > 1)
            {
                x = Vector128.Create(*(int*)(queries + 4)).AsSByte();
                s10 = Dp.DotProduct(s10, b0, x);
                s11 = Dp.DotProduct(s11, b1, x);
                x = Vector128.Create(*(int*)(queries + 8)).AsSByte();
                s20 = Dp.DotProduct(s20, b0, x);
                s21 = Dp.DotProduct(s21, b1, x);
                x = Vector128.Create(*(int*)(queries + 12)).AsSByte();
                s30 = Dp.DotProduct(s30, b0, x);
                s31 = Dp.DotProduct(s31, b1, x);
                x = Vector128.Create(*(int*)(queries + 16)).AsSByte();
                s40 = Dp.DotProduct(s40, b0, x);
                s41 = Dp.DotProduct(s41, b1, x);
                x = Vector128.Create(*(int*)(queries + 20)).AsSByte();
                s50 = Dp.DotProduct(s50, b0, x);
                s51 = Dp.DotProduct(s51, b1, x);
            }

            queries += Step;
            codes += PanelStep;
        }

        s00.Store(tile);
        s01.Store(tile + 4);
        if (TRows.Count > 1)
        {
            s10.Store(tile + 32);
            s11.Store(tile + 36);
            s20.Store(tile + 64);
            s21.Store(tile + 68);
            s30.Store(tile + 96);
            s31.Store(tile + 100);
            s40.Store(tile + 128);
            s41.Store(tile + 132);
            s50.Store(tile + 160);
            s51.Store(tile + 164);
        }
    }
}
