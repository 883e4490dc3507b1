using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Products of small dense row-major matrices in double, row by row through vector primitives: MathNet's managed product takes some ten times as long.</summary>
internal static class DoubleMatrix
{
    /// <summary>A·B with A of shape m×k and B of shape k×n, where k and n follow from the lengths.</summary>
    internal static double[] Multiply(double[] a, double[] b, int rows)
    {
        var inner = a.Length / rows;
        var columns = b.Length / inner;
        var result = new double[rows * columns];
        ParallelFor.Run(rows, -1, row =>
        {
            var target = result.AsSpan(row * columns, columns);
            for (var k = 0; k < inner; k++)
            {
                if (a[row * inner + k] is var factor and not 0)
                    TensorPrimitives.MultiplyAdd<double>(b.AsSpan(k * columns, columns), factor, target, target);
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
}
