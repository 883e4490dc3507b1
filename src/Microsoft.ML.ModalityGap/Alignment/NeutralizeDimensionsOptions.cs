namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="NeutralizeDimensionsEstimator"/>.</summary>
public sealed record NeutralizeDimensionsOptions : ModalityFitOptions
{
    /// <summary>The defaults: 8 dimensions, and no centring of the others.</summary>
    public static NeutralizeDimensionsOptions Default { get; } = new();

    /// <summary>How many dimensions to neutralise. Default 8; not negative, and fewer than there are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Count
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Count), value, "The number cannot be negative.");
    } = 8;

    /// <summary>Whether each modality's mean is taken away in the dimensions that are left. Default <see langword="false"/>.</summary>
    public bool Center { get; init; }
}
