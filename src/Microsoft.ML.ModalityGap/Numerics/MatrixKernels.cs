using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Sums over the rows of embeddings that go into double.</summary>
internal static class MatrixKernels
{
    /// <summary>
    /// products[i, j] += Σ_k block[k, i]·block[k, j] for j ≥ i; what is below the diagonal is undefined.
    /// </summary>
    internal static void AddUpperGram(ReadOnlySpan<float> block, int rows, int dimension, Span<double> products)
    {
        const int Height = 4;
        var width = Vector<float>.Count;
        ref var x = ref MemoryMarshal.GetReference(block);
        ref var p = ref MemoryMarshal.GetReference(products[..(dimension * dimension)]);
        for (var i = 0; i < dimension; i += Height)
        {
            // Begin at a whole vector at or left of the diagonal.
            var j = i / width * width;
            if (i + Height <= dimension)
            {
                for (; j + 2 * width <= dimension; j += 2 * width)
                    AddGramTile(ref x, rows, dimension, i, j, ref p);
            }

            for (var row = i; row < Math.Min(i + Height, dimension); row++)
            {
                for (var column = Math.Max(j, row); column < dimension; column++)
                {
                    var sum = 0f;
                    for (var k = 0; k < rows; k++)
                        sum += Unsafe.Add(ref x, (nint)k * dimension + row) * Unsafe.Add(ref x, (nint)k * dimension + column);
                    Unsafe.Add(ref p, (nint)row * dimension + column) += sum;
                }
            }
        }
    }

    /// <summary>Four rows by two vectors of the Gram matrix of a block.</summary>
    private static void AddGramTile(ref float x, int rows, int dimension, int i, int j, ref double products)
    {
        Vector<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        var width = (nuint)Vector<float>.Count;
        for (var k = 0; k < rows; k++)
        {
            ref var row = ref Unsafe.Add(ref x, (nint)k * dimension);
            var y0 = Vector.LoadUnsafe(ref row, (nuint)j);
            var y1 = Vector.LoadUnsafe(ref row, (nuint)j + width);
            ref var left = ref Unsafe.Add(ref row, i);
            var a = new Vector<float>(left);
            s00 = Vector.FusedMultiplyAdd(a, y0, s00);
            s01 = Vector.FusedMultiplyAdd(a, y1, s01);
            a = new Vector<float>(Unsafe.Add(ref left, 1));
            s10 = Vector.FusedMultiplyAdd(a, y0, s10);
            s11 = Vector.FusedMultiplyAdd(a, y1, s11);
            a = new Vector<float>(Unsafe.Add(ref left, 2));
            s20 = Vector.FusedMultiplyAdd(a, y0, s20);
            s21 = Vector.FusedMultiplyAdd(a, y1, s21);
            a = new Vector<float>(Unsafe.Add(ref left, 3));
            s30 = Vector.FusedMultiplyAdd(a, y0, s30);
            s31 = Vector.FusedMultiplyAdd(a, y1, s31);
        }

        ref var target = ref Unsafe.Add(ref products, (nint)i * dimension + j);
        AddWide(ref target, s00, s01);
        AddWide(ref Unsafe.Add(ref target, dimension), s10, s11);
        AddWide(ref Unsafe.Add(ref target, 2 * dimension), s20, s21);
        AddWide(ref Unsafe.Add(ref target, 3 * dimension), s30, s31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddWide(ref double target, Vector<float> first, Vector<float> second)
    {
        var half = (nuint)Vector<double>.Count;
        Vector.Widen(first, out var v0, out var v1);
        Vector.Widen(second, out var v2, out var v3);
        (Vector.LoadUnsafe(ref target) + v0).StoreUnsafe(ref target);
        (Vector.LoadUnsafe(ref target, half) + v1).StoreUnsafe(ref target, half);
        (Vector.LoadUnsafe(ref target, 2 * half) + v2).StoreUnsafe(ref target, 2 * half);
        (Vector.LoadUnsafe(ref target, 3 * half) + v3).StoreUnsafe(ref target, 3 * half);
    }
}
