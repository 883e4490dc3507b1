using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Entropic optimal transport between two sets of points of equal weights, by Sinkhorn's iterations.</summary>
internal static class OptimalTransport
{
    /// <summary>Keeps every row and column within reach of every other, however far apart they are; beside what matters it is nothing.</summary>
    private const double SmallestKernel = 1e-200;

    /// <summary>P, which maximises Σ P s − ε Σ P ln P with rows that sum to 1/rows and columns that sum to 1/columns.</summary>
    /// <param name="similarities">s, row by row; not changed.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="epsilon">ε, the regularisation, in the units of s.</param>
    /// <param name="maxIterations">When to stop at the latest.</param>
    /// <param name="tolerance">When to stop: how far the sums of the rows may be from what they should be, added up.</param>
    internal static double[] Solve(double[] similarities, int rows, double epsilon, int maxIterations = 200, double tolerance = 1e-4)
    {
        var columns = similarities.Length / rows;
        var kernel = CreateKernel(similarities, columns, epsilon);
        var (u, v) = (new double[rows], new double[columns]);
        var (rowSums, columnSums) = (new double[rows], new double[columns]);
        Array.Fill(v, 1);
        for (var iteration = 0; ; iteration++)
        {
            ParallelFor.Run(rows, -1, i => rowSums[i] = TensorPrimitives.Dot<double>(kernel.AsSpan(i * columns, columns), v));

            // The columns are right after each iteration; the rows show how far it has come.
            if (iteration > 0 && Enumerable.Range(0, rows).Sum(i => Math.Abs(u[i] * rowSums[i] - 1.0 / rows)) <= tolerance)
                break;
            if (iteration == maxIterations)
                break;
            for (var i = 0; i < rows; i++)
                u[i] = 1.0 / rows / rowSums[i];
            Array.Clear(columnSums);
            for (var i = 0; i < rows; i++)
                TensorPrimitives.MultiplyAdd(kernel.AsSpan(i * columns, columns), u[i], columnSums, columnSums);
            for (var j = 0; j < columns; j++)
                v[j] = 1.0 / columns / columnSums[j];
        }

        for (var i = 0; i < rows; i++)
        {
            var row = kernel.AsSpan(i * columns, columns);
            TensorPrimitives.Multiply(row, u[i], row);
            TensorPrimitives.Multiply(row, v, row);
        }

        return kernel;
    }

    /// <summary>exp((s − largest of the row)/ε): a factor of the row's own changes nothing, since u makes up for it.</summary>
    private static double[] CreateKernel(double[] similarities, int columns, double epsilon)
    {
        var kernel = similarities.ToArray();
        ParallelFor.Run(kernel.Length / columns, -1, i =>
        {
            var row = kernel.AsSpan(i * columns, columns);
            TensorPrimitives.Subtract(row, TensorPrimitives.Max<double>(row), row);
            TensorPrimitives.Divide(row, epsilon, row);
            TensorPrimitives.Exp<double>(row, row);
            TensorPrimitives.Max(row, SmallestKernel, row);
        });
        return kernel;
    }
}
