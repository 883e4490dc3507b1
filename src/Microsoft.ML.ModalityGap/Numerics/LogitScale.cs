using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>σ, by which a loss multiplies cosines before it takes their softmax: the inverse of a temperature. Fixed, or learned beside the heads.</summary>
public sealed record LogitScale
{
    private LogitScale(double initial, double? maximum)
    {
        Initial = initial;
        Maximum = maximum;
    }

    /// <summary>The scale, or where a learned one begins.</summary>
    public double Initial { get; }

    /// <summary>How far a learned scale may grow; <see langword="null"/> when it is fixed.</summary>
    public double? Maximum { get; }

    /// <summary>Whether it is learned.</summary>
    public bool IsLearned => Maximum is not null;

    /// <summary>Fixed at 100, where CLIP's and I0T's is.</summary>
    internal static LogitScale Default { get; } = Fixed(100);

    /// <summary>A scale that stays as it is.</summary>
    /// <param name="value">σ, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is not positive and finite.</exception>
    public static LogitScale Fixed(double value) => new(Check(value, nameof(value)), maximum: null);

    /// <summary>A scale that is learned as its logarithm, as CLIP's was. Weight decay leaves it alone.</summary>
    /// <param name="initial">Where it begins, above 0; CLIP's 1/0.07 unless given.</param>
    /// <param name="maximum">How far it may grow; CLIP's 100 unless given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not positive and finite, or <paramref name="maximum"/> is below <paramref name="initial"/>.</exception>
    public static LogitScale Learned(double initial = 1 / 0.07, double maximum = 100)
    {
        Check(initial, nameof(initial));
        ArgumentOutOfRangeException.ThrowIfLessThan(Check(maximum, nameof(maximum)), initial, nameof(maximum));
        return new LogitScale(initial, maximum);
    }

    /// <inheritdoc />
    public override string ToString() => Maximum is { } maximum
        ? string.Create(CultureInfo.InvariantCulture, $"scale from {Initial:R} to {maximum:R}")
        : string.Create(CultureInfo.InvariantCulture, $"scale {Initial:R}");

    private static double Check(double value, string parameterName) =>
        double.IsFinite(value) && value > 0
            ? value
            : throw new ArgumentOutOfRangeException(parameterName, value, "A logit scale must be positive and finite.");
}
