namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="CenterModalitiesEstimator"/>.</summary>
public sealed record CenterModalitiesOptions : ModalityFitOptions
{
    /// <summary>The defaults: normalise the input, throw at rows that cannot be used.</summary>
    public static CenterModalitiesOptions Default { get; } = new();
}
