using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Over how many dimensions rows spread.</summary>
internal static class Spectrum
{
    private const int BlockRows = 1024;

    /// <summary>
    /// The eigenvalues of the covariance (over N), d of them, largest first: the variances along the directions in which rows vary most, next most, and so on. Of N rows no more than
    /// N − 1 are above 0.
    /// </summary>
    /// <remarks>
    /// All in double: an effective rank takes square roots, so the rounding of a covariance in float, 1e-8 of its trace, would count as 1e-4 in each of the directions in which rows
    /// do not vary at all. With fewer rows than dimensions by way of the products between the rows, which have the same eigenvalues.
    /// </remarks>
    internal static double[] Eigenvalues(ReadOnlySpan<float> rows, int dimension)
    {
        var count = rows.Length / dimension;
        var mean = GetMean(rows, dimension, count);
        var side = Math.Min(count, dimension);
        var products = count <= dimension ? MultiplyRows(rows, mean, count) : MultiplyColumns(rows, mean, count);
        var values = SymmetricEigen.GetValuesInPlace(products, side);
        var result = new double[dimension];
        for (var i = 0; i < Math.Min(side, count - 1); i++)
            result[i] = Math.Max(0, values[side - 1 - i]) / count; // the smallest comes first
        return result;
    }

    /// <summary>
    /// exp(−Σ p ln p), p = σ_i/Σσ, with the singular values σ of the rows around their mean (Roy and Vetterli, 2007): from 1, all on a line, to d, all directions
    /// alike. 1 when all rows are the same.
    /// </summary>
    /// <param name="eigenvalues">Of the covariance; the singular values are their square roots, but for a factor that cancels.</param>
    internal static double EffectiveRank(IReadOnlyList<double> eigenvalues)
    {
        // What rounding leaves of an eigenvalue that is zero would count, by its square root, a million times as much.
        var smallest = eigenvalues.Max() * eigenvalues.Count * 1e-13;
        var singular = eigenvalues.Where(value => value > smallest).Select(Math.Sqrt).ToArray();
        var total = singular.Sum();
        return total > 0 ? Math.Exp(-singular.Sum(value => value / total * Math.Log(value / total))) : 1;
    }

    private static double[] GetMean(ReadOnlySpan<float> rows, int dimension, int count)
    {
        var mean = new double[dimension];
        for (var i = 0; i < count; i++)
        {
            for (var d = 0; d < dimension; d++)
                mean[d] += rows[i * dimension + d];
        }

        TensorPrimitives.Divide(mean, count, mean);
        return mean;
    }

    /// <summary>ZZᵀ of the centred rows Z, its lower triangle.</summary>
    private static double[] MultiplyRows(ReadOnlySpan<float> rows, double[] mean, int count) => DoubleMatrix.MultiplyByItself(Center(rows, mean), count, 1);

    /// <summary>ZᵀZ, a block of rows at a time.</summary>
    private static double[] MultiplyColumns(ReadOnlySpan<float> rows, double[] mean, int count)
    {
        var sum = new double[mean.Length * mean.Length];
        for (var first = 0; first < count; first += BlockRows)
        {
            var taken = Math.Min(BlockRows, count - first);
            var centered = Center(rows.Slice(first * mean.Length, taken * mean.Length), mean);
            TensorPrimitives.Add(sum, DoubleMatrix.Multiply(DoubleMatrix.Transpose(centered, taken), centered, mean.Length), sum);
        }

        return sum;
    }

    private static double[] Center(ReadOnlySpan<float> rows, double[] mean)
    {
        var centered = new double[rows.Length];
        TensorPrimitives.ConvertChecked(rows, centered.AsSpan());
        for (var start = 0; start < centered.Length; start += mean.Length)
        {
            var row = centered.AsSpan(start, mean.Length);
            TensorPrimitives.Subtract(row, mean, row);
        }

        return centered;
    }
}
