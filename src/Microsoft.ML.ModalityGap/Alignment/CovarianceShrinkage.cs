using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// How far a covariance is drawn towards a multiple of the identity before it is inverted: C_γ = (1−γ)C + γ(tr C/d)I. At γ = 0 the covariance is taken at its word, at γ = 1 all directions count
/// alike.
/// </summary>
/// <remarks>
/// The covariance of a few hundred rows of some hundred dimensions says little about its small directions, and a method that divides by them amplifies noise.
/// <see cref="LedoitWolf"/> and <see cref="OracleApproximating"/> choose γ so that C_γ is near the true covariance; retrieval mostly wants more: γ about 0.9, see docs/methods.md.
/// </remarks>
public sealed record CovarianceShrinkage
{
    private CovarianceShrinkage(string name, double? amount)
    {
        Name = name;
        Amount = amount;
    }

    /// <summary>γ = 0.</summary>
    public static CovarianceShrinkage None { get; } = Fixed(0);

    /// <summary>γ by Ledoit and Wolf, A well-conditioned estimator for large-dimensional covariance matrices, 2004. For normalised rows.</summary>
    public static CovarianceShrinkage LedoitWolf { get; } = new("ledoit-wolf", amount: null);

    /// <summary>γ by Chen, Wiesel, Eldar and Hero, Shrinkage algorithms for MMSE covariance estimation, 2010 (OAS).</summary>
    public static CovarianceShrinkage OracleApproximating { get; } = new("oas", amount: null);

    /// <summary>A number, <c>ledoit-wolf</c> or <c>oas</c>.</summary>
    public string Name { get; }

    /// <summary>γ where it is fixed; <see langword="null"/> where the data decides.</summary>
    public double? Amount { get; }

    /// <summary>A γ of one's own.</summary>
    /// <param name="amount">γ, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="amount"/> is not from 0 to 1.</exception>
    public static CovarianceShrinkage Fixed(double amount)
    {
        CheckAmount(amount, nameof(amount));
        return new CovarianceShrinkage(amount.ToString(CultureInfo.InvariantCulture), amount);
    }

    /// <inheritdoc />
    public override string ToString() => Name;

    internal static void CheckAmount(double amount, string parameterName)
    {
        if (!(amount is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(parameterName, amount, "A shrinkage is from 0 (none) to 1 (all directions alike).");
    }

    /// <summary>γ for a covariance.</summary>
    internal double Resolve(ModalityStatistics statistics, SymmetricSpectrum spectrum)
    {
        if (Amount is { } amount)
            return amount;

        double n = statistics.Count, d = statistics.Dimension;
        var trace = spectrum.Values.Sum();
        var traceOfSquare = spectrum.Values.Sum(value => value * value);
        var spread = traceOfSquare - trace * trace / d; // ‖C − (tr C/d)I‖²
        if (spread <= 0)
            return 1;
        if (this == OracleApproximating)
            return Math.Min(1, ((1 - 2 / d) * traceOfSquare + trace * trace) / ((n + 1 - 2 / d) * spread));

        if (!statistics.Normalized)
        {
            throw new InvalidOperationException(
                "Ledoit and Wolf's shrinkage needs the fourth moments of the rows, which follow from the covariance for normalised rows only. Normalise the input, or take OracleApproximating.");
        }

        // Of unit vectors ‖x̂−μ‖² = 1 + ‖μ‖² − 2μ·x̂, so the mean of its square is (1−‖μ‖²)² + 4μᵀCμ.
        var square = 1 - System.Numerics.Tensors.TensorPrimitives.SumOfSquares(statistics.Mean);
        var fourth = square * square + 4 * spectrum.QuadraticForm(statistics.Mean, value => value);
        return Math.Clamp((fourth - traceOfSquare) / n / spread, 0, 1);
    }
}
