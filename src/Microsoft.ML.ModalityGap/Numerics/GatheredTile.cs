using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The products of one row with up to 32 vectors that lie anywhere, read where they are: a few rows that a search compares again are not worth a panel. A step of k of several vectors is brought side by side in registers,
/// so that each product is the chain of multiply-adds that <see cref="MatrixTile"/> makes of it, bit for bit.
/// </summary>
internal static unsafe class GatheredTile
{
    // Of the narrowest vectors.
    private const int Lanes = 4;

    /// <summary>c (32 values) = the first row of a panel a (depth × 12) times vectors, and where <paramref name="add"/> says so plus what c holds.</summary>
    /// <param name="a">The row's panel, packed as for <see cref="MatrixTile"/>.</param>
    /// <param name="vectors">Where they are: room for 32, of which those behind the last are given its place.</param>
    /// <param name="count">How many there are, at least 1.</param>
    /// <param name="depth">How long each is.</param>
    /// <param name="c">Their products; what stands behind the last is of no use.</param>
    /// <param name="add">Whether to add what <paramref name="c"/> holds.</param>
    internal static void MultiplyRow(float* a, float** vectors, int count, int depth, float* c, bool add)
    {
        for (; count % Lanes != 0; count++)
            vectors[count] = vectors[count - 1];
        var i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i + 4 * Lanes <= count; i += 4 * Lanes)
                MultiplySixteen(a, vectors + i, depth, c + i, add);
        }

        if (Fma.IsSupported)
        {
            for (; i + 2 * Lanes <= count; i += 2 * Lanes)
                MultiplyEight(a, vectors + i, depth, c + i, add);
        }

        for (; i < count; i += Lanes)
            MultiplyFour(a, vectors + i, depth, c + i, add);
    }

    private static void MultiplySixteen(float* a, float** vectors, int depth, float* c, bool add)
    {
        var sums = Vector512<float>.Zero;
        var k = 0;
        for (; k + 4 <= depth; k += 4, a += 4 * MatrixTile.Rows)
        {
            MatrixPanels.LoadAcross(vectors, k, out Vector512<float> c0, out var c1, out var c2, out var c3);
            sums = Vector512.FusedMultiplyAdd(Vector512.Create(a[0]), c0, sums);
            sums = Vector512.FusedMultiplyAdd(Vector512.Create(a[MatrixTile.Rows]), c1, sums);
            sums = Vector512.FusedMultiplyAdd(Vector512.Create(a[2 * MatrixTile.Rows]), c2, sums);
            sums = Vector512.FusedMultiplyAdd(Vector512.Create(a[3 * MatrixTile.Rows]), c3, sums);
        }

        for (; k < depth; k++, a += MatrixTile.Rows)
            sums = Vector512.FusedMultiplyAdd(Vector512.Create(a[0]), Vector512.Create(LoadStep256(vectors, k), LoadStep256(vectors + 8, k)), sums);
        if (add)
            sums += Vector512.Load(c);
        sums.Store(c);
    }

    private static void MultiplyEight(float* a, float** vectors, int depth, float* c, bool add)
    {
        var sums = Vector256<float>.Zero;
        var k = 0;
        for (; k + 4 <= depth; k += 4, a += 4 * MatrixTile.Rows)
        {
            MatrixPanels.LoadAcross(vectors, k, out Vector256<float> c0, out var c1, out var c2, out var c3);
            sums = Vector256.FusedMultiplyAdd(Vector256.Create(a[0]), c0, sums);
            sums = Vector256.FusedMultiplyAdd(Vector256.Create(a[MatrixTile.Rows]), c1, sums);
            sums = Vector256.FusedMultiplyAdd(Vector256.Create(a[2 * MatrixTile.Rows]), c2, sums);
            sums = Vector256.FusedMultiplyAdd(Vector256.Create(a[3 * MatrixTile.Rows]), c3, sums);
        }

        for (; k < depth; k++, a += MatrixTile.Rows)
            sums = Vector256.FusedMultiplyAdd(Vector256.Create(a[0]), LoadStep256(vectors, k), sums);
        if (add)
            sums += Vector256.Load(c);
        sums.Store(c);
    }

    private static void MultiplyFour(float* a, float** vectors, int depth, float* c, bool add)
    {
        var sums = Vector128<float>.Zero;
        var k = 0;
        for (; k + 4 <= depth; k += 4, a += 4 * MatrixTile.Rows)
        {
            MatrixPanels.LoadAcross(vectors, k, out Vector128<float> c0, out var c1, out var c2, out var c3);
            sums = Vector128.MultiplyAddEstimate(Vector128.Create(a[0]), c0, sums);
            sums = Vector128.MultiplyAddEstimate(Vector128.Create(a[MatrixTile.Rows]), c1, sums);
            sums = Vector128.MultiplyAddEstimate(Vector128.Create(a[2 * MatrixTile.Rows]), c2, sums);
            sums = Vector128.MultiplyAddEstimate(Vector128.Create(a[3 * MatrixTile.Rows]), c3, sums);
        }

        for (; k < depth; k++, a += MatrixTile.Rows)
            sums = Vector128.MultiplyAddEstimate(Vector128.Create(a[0]), LoadStep128(vectors, k), sums);
        if (add)
            sums += Vector128.Load(c);
        sums.Store(c);
    }

    private static Vector256<float> LoadStep256(float** vectors, int k) => Vector256.Create(LoadStep128(vectors, k), LoadStep128(vectors + 4, k));

    private static Vector128<float> LoadStep128(float** vectors, int k) => Vector128.Create(vectors[0][k], vectors[1][k], vectors[2][k], vectors[3][k]);
}
