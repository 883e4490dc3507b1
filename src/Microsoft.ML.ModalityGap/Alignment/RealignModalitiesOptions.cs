namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="RealignModalitiesEstimator"/>.</summary>
public sealed record RealignModalitiesOptions : ModalityFitOptions
{
    /// <summary>The defaults: towards the first modality, with the centroid step.</summary>
    public static RealignModalitiesOptions Default { get; } = new();

    /// <summary>The modality whose distribution the others are to take on; <see langword="null"/>, the default, for the first.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? Towards
    {
        get;
        init => field = value is null or { Length: > 0 } ? value : throw new ArgumentException("The name of a modality cannot be empty.", nameof(Towards));
    }

    /// <summary>Whether the mean is corrected once more after the first normalisation, which moves it. Default <see langword="true"/>; that takes a second pass over the data.</summary>
    public bool CentroidStep { get; init; } = true;
}
