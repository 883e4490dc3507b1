namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="CenterModalitiesEstimator"/>.</summary>
public sealed record CenterModalitiesOptions : ModalityFitOptions
{
    /// <summary>The defaults: normalise the input, throw at rows that cannot be used.</summary>
    public static CenterModalitiesOptions Default { get; } = new();

    /// <summary>s, which part of the mean to take away: 1, the default, closes the gap; 0.5 halves it. Finite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public double Strength
    {
        get;
        init => field = double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(Strength), value, "The strength must be finite.");
    } = 1;
}
