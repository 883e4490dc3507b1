using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Products of matrices whose rows are embeddings.</summary>
internal static class MatrixKernels
{
    /// <summary>
    /// scores[i, j] = a_i · b_j. Every entry is summed in the same order wherever it stands, so that equal rows give equal scores, bit for bit.
    /// </summary>
    /// <param name="a">m rows of <paramref name="dimension"/> values.</param>
    /// <param name="b">n rows of <paramref name="dimension"/> values.</param>
    /// <param name="dimension">d.</param>
    /// <param name="scores">Receives m·n values, row-major.</param>
    internal static void MultiplyTransposed(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int dimension, Span<float> scores)
    {
        var m = a.Length / dimension;
        var n = b.Length / dimension;
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b);
        ref var ps = ref MemoryMarshal.GetReference(scores[..(m * n)]);
        var d = (nuint)dimension;
        for (var j = 0; j < n; j += 4)
        {
            var columns = Math.Min(4, n - j);
            for (var i = 0; i < m; i += 3)
            {
                var rows = Math.Min(3, m - i);
                ref var target = ref Unsafe.Add(ref ps, (nint)i * n + j);
                if (rows == 3 && columns == 4)
                {
                    Dot3x4(ref Unsafe.Add(ref pa, (nint)i * dimension), ref Unsafe.Add(ref pb, (nint)j * dimension), d, ref target, n);
                    continue;
                }

                for (var row = 0; row < rows; row++)
                {
                    for (var column = 0; column < columns; column++)
                    {
                        Unsafe.Add(ref target, (nint)row * n + column) =
                            Dot(ref Unsafe.Add(ref pa, (nint)(i + row) * dimension), ref Unsafe.Add(ref pb, (nint)(j + column) * dimension), d);
                    }
                }
            }
        }
    }

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

    /// <summary>a · b, bit for bit as <see cref="MultiplyTransposed"/> computes it.</summary>
    internal static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        Dot(ref MemoryMarshal.GetReference(a), ref MemoryMarshal.GetReference(b[..a.Length]), (nuint)a.Length);

    /// <summary>The dot product, summed exactly as <see cref="Dot3x4"/> sums each of its twelve.</summary>
    private static float Dot(ref float a, ref float b, nuint d)
    {
        var width = (nuint)Vector<float>.Count;
        var sum = Vector<float>.Zero;
        nuint k = 0;
        for (; k + width <= d; k += width)
            sum = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref a, k), Vector.LoadUnsafe(ref b, k), sum);
        var total = Vector.Sum(sum);
        for (; k < d; k++)
            total = MathF.FusedMultiplyAdd(Unsafe.Add(ref a, k), Unsafe.Add(ref b, k), total);
        return total;
    }

    /// <summary>Three rows by four rows: twelve sums stay in registers while seven vectors are loaded per step.</summary>
    private static void Dot3x4(ref float a, ref float b, nuint d, ref float target, int stride)
    {
        var width = (nuint)Vector<float>.Count;
        Vector<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector<float> s10 = default, s11 = default, s12 = default, s13 = default;
        Vector<float> s20 = default, s21 = default, s22 = default, s23 = default;
        ref var a1 = ref Unsafe.Add(ref a, d);
        ref var a2 = ref Unsafe.Add(ref a, 2 * d);
        ref var b1 = ref Unsafe.Add(ref b, d);
        ref var b2 = ref Unsafe.Add(ref b, 2 * d);
        ref var b3 = ref Unsafe.Add(ref b, 3 * d);
        nuint k = 0;
        for (; k + width <= d; k += width)
        {
            var x0 = Vector.LoadUnsafe(ref a, k);
            var x1 = Vector.LoadUnsafe(ref a1, k);
            var x2 = Vector.LoadUnsafe(ref a2, k);
            var y = Vector.LoadUnsafe(ref b, k);
            s00 = Vector.FusedMultiplyAdd(x0, y, s00);
            s10 = Vector.FusedMultiplyAdd(x1, y, s10);
            s20 = Vector.FusedMultiplyAdd(x2, y, s20);
            y = Vector.LoadUnsafe(ref b1, k);
            s01 = Vector.FusedMultiplyAdd(x0, y, s01);
            s11 = Vector.FusedMultiplyAdd(x1, y, s11);
            s21 = Vector.FusedMultiplyAdd(x2, y, s21);
            y = Vector.LoadUnsafe(ref b2, k);
            s02 = Vector.FusedMultiplyAdd(x0, y, s02);
            s12 = Vector.FusedMultiplyAdd(x1, y, s12);
            s22 = Vector.FusedMultiplyAdd(x2, y, s22);
            y = Vector.LoadUnsafe(ref b3, k);
            s03 = Vector.FusedMultiplyAdd(x0, y, s03);
            s13 = Vector.FusedMultiplyAdd(x1, y, s13);
            s23 = Vector.FusedMultiplyAdd(x2, y, s23);
        }

        Store(ref target, Finish(s00, ref a, ref b, k, d), Finish(s01, ref a, ref b1, k, d), Finish(s02, ref a, ref b2, k, d), Finish(s03, ref a, ref b3, k, d));
        ref var second = ref Unsafe.Add(ref target, stride);
        Store(ref second, Finish(s10, ref a1, ref b, k, d), Finish(s11, ref a1, ref b1, k, d), Finish(s12, ref a1, ref b2, k, d), Finish(s13, ref a1, ref b3, k, d));
        ref var third = ref Unsafe.Add(ref second, stride);
        Store(ref third, Finish(s20, ref a2, ref b, k, d), Finish(s21, ref a2, ref b1, k, d), Finish(s22, ref a2, ref b2, k, d), Finish(s23, ref a2, ref b3, k, d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Finish(Vector<float> sum, ref float a, ref float b, nuint k, nuint d)
    {
        var total = Vector.Sum(sum);
        for (; k < d; k++)
            total = MathF.FusedMultiplyAdd(Unsafe.Add(ref a, k), Unsafe.Add(ref b, k), total);
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float target, float v0, float v1, float v2, float v3)
    {
        target = v0;
        Unsafe.Add(ref target, 1) = v1;
        Unsafe.Add(ref target, 2) = v2;
        Unsafe.Add(ref target, 3) = v3;
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
