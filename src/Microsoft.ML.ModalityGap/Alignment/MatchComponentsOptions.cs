namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="MatchComponentsEstimator"/>.</summary>
public sealed record MatchComponentsOptions : ModalityFitOptions
{
    /// <summary>The defaults: 32 components of the second modality.</summary>
    public static MatchComponentsOptions Default { get; } = new();

    /// <summary>The modality whose leading components count, such as that of short texts; <see langword="null"/>, the default, for the second one.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? Reference
    {
        get;
        init => field = value is null or { Length: > 0 } ? value : throw new ArgumentException("The name of a modality cannot be empty.", nameof(Reference));
    }

    /// <summary>k, how many components are kept. Default 32, Long-CLIP's; at least 1. Where the reference varies in fewer directions, those.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int Components
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Components), value, "Keep at least one component.");
    } = 32;

    /// <summary>
    /// Whether what is mapped takes over the reference's mean, which closes the gap between the two as well. Default <see langword="false"/>: it keeps its own, as in Long-CLIP.
    /// </summary>
    public bool TakeReferenceMean { get; init; }
}
