using MathNet.Numerics.LinearAlgebra.Double;

namespace Microsoft.ML.ModalityGap;

/// <summary>Over how many dimensions rows spread.</summary>
internal static class Spectrum
{
    /// <summary>
    /// exp(−Σ p ln p), p = σ_i/Σσ, with the singular values σ of the rows around their mean (Roy and Vetterli, 2007): from 1, all on a line, to d, all directions
    /// alike. 1 when all rows are the same.
    /// </summary>
    /// <param name="statistics">With covariances; the singular values are the square roots of their eigenvalues, but for a factor that cancels.</param>
    internal static double EffectiveRank(ModalityStatistics statistics)
    {
        var dimension = statistics.Dimension;
        var values = new DenseMatrix(dimension, dimension, statistics.GetCovariances()).Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric).EigenValues;

        // What rounding leaves of an eigenvalue that is zero would count, by its square root, a million times as much.
        var smallest = values.Max(value => value.Real) * dimension * 1e-13;
        var singular = values.Where(value => value.Real > smallest).Select(value => Math.Sqrt(value.Real)).ToArray();
        var total = singular.Sum();
        return total > 0 ? Math.Exp(-singular.Sum(value => value / total * Math.Log(value / total))) : 1;
    }
}
