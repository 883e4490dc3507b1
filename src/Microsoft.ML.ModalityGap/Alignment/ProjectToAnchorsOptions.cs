namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ProjectToAnchorsEstimator"/>.</summary>
public sealed record ProjectToAnchorsOptions : ModalityFitOptions
{
    /// <summary>The defaults: 256 rows drawn at random.</summary>
    public static ProjectToAnchorsOptions Default { get; } = new();

    /// <summary>Where anchors come from when none are given. Default <see cref="AnchorSource.Sample"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public AnchorSource Source
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Source), value, "Unknown source of anchors.");
    }

    /// <summary>k, the number of anchors, and of dimensions that come out. Default 256; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int Count
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Count), value, "There is at least one anchor.");
    } = 256;

    /// <summary>Seeds the draw. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Anchors of one's own: per modality its rows, as many of each, where row i of all means the same. <see cref="Count"/> is then their number. <see langword="null"/>, the default, takes them from the
    /// data.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<float[]>>? Anchors { get; init; }

    /// <summary>Whether the mean of each modality is taken away first, from rows and anchors. Default <see langword="false"/>.</summary>
    public bool Center { get; init; }
}
