using MathNet.Numerics.LinearAlgebra.Double;

namespace Microsoft.ML.ModalityGap;

/// <summary>Over how many dimensions rows spread.</summary>
internal static class Spectrum
{
    /// <summary>The eigenvalues of the covariance, largest first: the variances along the directions in which rows vary most, next most, and so on.</summary>
    internal static double[] Eigenvalues(ModalityStatistics statistics)
    {
        var matrix = new DenseMatrix(statistics.Dimension, statistics.Dimension, statistics.GetCovariances());
        return [.. matrix.Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric).EigenValues.Select(value => Math.Max(0, value.Real)).OrderDescending()];
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
}
