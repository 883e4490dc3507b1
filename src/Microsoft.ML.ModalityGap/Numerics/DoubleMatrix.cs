using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Products of small dense row-major matrices in double. MathNet's managed product takes some twenty times as long.</summary>
internal static class DoubleMatrix
{
    /// <summary>The most rows and columns of a square matrix that one array holds.</summary>
    internal const int MaximumSide = 46_340;

    /// <summary>Refuses what would need a square matrix too large for one array.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more dimensions.</exception>
    internal static void CheckSide(int dimension)
    {
        if (dimension > MaximumSide)
        {
            throw new ArgumentOutOfRangeException(
                nameof(dimension), dimension, $"Covariances need a number for each two dimensions, and one array holds those of {MaximumSide} at most. Truncate the embeddings first, or take a method that needs means or variances only.");
        }
    }

    private const int TileRows = 4;

    /// <summary>A·B with A of shape m×k and B of shape k×n, where k and n follow from the lengths.</summary>
    internal static double[] Multiply(double[] a, double[] b, int rows, ArrayArena<double>? arena = null)
    {
        var inner = a.Length / rows;
        var columns = b.Length / inner;
        var width = 2 * Vector<double>.Count;
        if (rows < TileRows || columns < width)
            return MultiplySmall(a, b, rows, inner, columns, ArrayArena<double>.RentZeros(arena, rows * columns));

        // Some columns of B lie together while all rows of A go over them: a tile reads them from the first cache. The last tile of either kind begins where it just fits, and makes some entries again.
        var result = ArrayArena<double>.Rent(arena, rows * columns);
        ParallelFor.Run((columns + width - 1) / width, -1, panel =>
        {
            var column = Math.Min(panel * width, columns - width);
            var packed = ArrayPool<double>.Shared.Rent(inner * width);
            for (var k = 0; k < inner; k++)
                b.AsSpan(k * columns + column, width).CopyTo(packed.AsSpan(k * width));
            for (var row = 0; row < rows; row += TileRows)
                MultiplyTile(a, packed, result, Math.Min(row, rows - TileRows), column, inner, columns);
            ArrayPool<double>.Shared.Return(packed);
        });
        return result;
    }

    private static double[] MultiplySmall(double[] a, double[] b, int rows, int inner, int columns, double[] result)
    {
        for (var row = 0; row < rows; row++)
        {
            var target = result.AsSpan(row * columns, columns);
            for (var k = 0; k < inner; k++)
                TensorPrimitives.MultiplyAdd<double>(b.AsSpan(k * columns, columns), a[row * inner + k], target, target);
        }

        return result;
    }

    /// <summary>The lower triangle of c·AAᵀ, the rest 0: what <see cref="SymmetricEigen"/> reads.</summary>
    internal static double[] MultiplyByItself(double[] a, int rows, double scale, ArrayArena<double>? arena = null)
    {
        var n = a.Length / rows;
        var result = ArrayArena<double>.RentZeros(arena, rows * rows);
        ParallelFor.Run((rows + TileRows - 1) / TileRows, -1, tile =>
        {
            // The last tiles have the longest rows; they come first.
            var last = rows - 1 - tile * TileRows;
            for (var row = last; row > last - TileRows && row >= 0; row--)
            {
                var line = result.AsSpan(row * rows, row + 1);
                DoubleKernels.Dots(a.AsSpan(row * n, n), a.AsSpan(0, (row + 1) * n), line);
                TensorPrimitives.Multiply(line, scale, line);
            }
        });
        return result;
    }

    /// <summary>Aᵀ, with A of shape rows×n.</summary>
    internal static double[] Transpose(double[] a, int rows)
    {
        var columns = a.Length / rows;
        var result = new double[a.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                result[column * rows + row] = a[row * columns + column];
        }

        return result;
    }

    /// <summary>a·A + b·B, entry by entry.</summary>
    internal static double[] Combine(double a, double[] first, double b, double[] second)
    {
        var result = new double[first.Length];
        TensorPrimitives.Multiply(first, a, result);
        TensorPrimitives.MultiplyAdd(second, b, result, result);
        return result;
    }

    /// <summary>Adds a multiple of the identity to a square matrix, in place.</summary>
    internal static double[] AddDiagonal(double[] matrix, int dimension, double value)
    {
        for (var i = 0; i < dimension; i++)
            matrix[i * dimension + i] += value;
        return matrix;
    }

    /// <summary>tr(AᵀB), the sum of the products of entries.</summary>
    internal static double TraceOfProduct(double[] a, double[] b) => TensorPrimitives.Dot<double>(a, b);

    internal static float[] ToSingle(double[] matrix) => Array.ConvertAll(matrix, value => (float)value);

    /// <summary>Four rows by two vectors of the product: eight sums stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a program may run it for a second only; the first tier would take most of it
    private static void MultiplyTile(double[] a, double[] packed, double[] result, int row, int column, int inner, int columns)
    {
        var width = (nuint)Vector<double>.Count;
        Vector<double> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        ref var left = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(a), (nint)row * inner);
        ref var right = ref MemoryMarshal.GetArrayDataReference(packed);
        for (nint k = 0; k < inner; k++)
        {
            ref var line = ref Unsafe.Add(ref right, k * 2 * (nint)width);
            var y0 = Vector.LoadUnsafe(ref line);
            var y1 = Vector.LoadUnsafe(ref line, width);
            var x = new Vector<double>(Unsafe.Add(ref left, k));
            s00 = Vector.MultiplyAddEstimate(x, y0, s00);
            s01 = Vector.MultiplyAddEstimate(x, y1, s01);
            x = new Vector<double>(Unsafe.Add(ref left, inner + k));
            s10 = Vector.MultiplyAddEstimate(x, y0, s10);
            s11 = Vector.MultiplyAddEstimate(x, y1, s11);
            x = new Vector<double>(Unsafe.Add(ref left, 2 * inner + k));
            s20 = Vector.MultiplyAddEstimate(x, y0, s20);
            s21 = Vector.MultiplyAddEstimate(x, y1, s21);
            x = new Vector<double>(Unsafe.Add(ref left, 3 * inner + k));
            s30 = Vector.MultiplyAddEstimate(x, y0, s30);
            s31 = Vector.MultiplyAddEstimate(x, y1, s31);
        }

        ref var target = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(result), (nint)row * columns + column);
        s00.StoreUnsafe(ref target);
        s01.StoreUnsafe(ref target, width);
        s10.StoreUnsafe(ref target, (nuint)columns);
        s11.StoreUnsafe(ref target, (nuint)columns + width);
        s20.StoreUnsafe(ref target, 2 * (nuint)columns);
        s21.StoreUnsafe(ref target, 2 * (nuint)columns + width);
        s30.StoreUnsafe(ref target, 3 * (nuint)columns);
        s31.StoreUnsafe(ref target, 3 * (nuint)columns + width);
    }
}
