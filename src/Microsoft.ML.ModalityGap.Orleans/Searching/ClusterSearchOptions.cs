namespace Microsoft.ML.ModalityGap;

/// <summary>Options of a search on a cluster.</summary>
public sealed record ClusterSearchOptions
{
    /// <summary>The defaults: all rows or an error, within 10 seconds.</summary>
    public static ClusterSearchOptions Default { get; } = new();

    /// <summary>How long to wait at most; then there is an error, or, where <see cref="AllowPartial"/> is set, what there is until then. Default 10 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan Deadline
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give a positive time.");
    } = TimeSpan.FromSeconds(10);

    /// <summary>Whether an answer of some of the rows will do, whose <see cref="ClusterSearchResult.Coverage"/> says of how many. Default <see langword="false"/>: all rows, or an error.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>How long to wait for one replica before another is asked, too, and half of how long before a call is made again that may have been lost. Default half a second.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan HedgeAfter
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give a positive time.");
    } = TimeSpan.FromSeconds(0.5);

    /// <summary>Only rows of these modalities are found; <see langword="null"/> for all.</summary>
    public IReadOnlyList<string>? Modalities { get; init; }

    /// <summary>The modality of the queries, for an index that corrects similarities.</summary>
    public string? QueryModality { get; init; }

    /// <summary>Whether the index's correction is used where it has one. Default <see langword="true"/>.</summary>
    public bool UseCorrection { get; init; } = true;

    /// <summary>
    /// A saved <see cref="Microsoft.ML.ModalityGap.Rescorer"/> that corrects similarities, at a path that all silos see; <see langword="null"/> for none. Of a method that scores a row by itself and its banks:
    /// <see cref="InvertedSoftmax"/> and <see cref="DualInvertedSoftmax"/> that are not dynamic.
    /// </summary>
    public string? Rescorer { get; init; }

    /// <summary>Rows with a lower score are not found; <see langword="null"/> for no limit.</summary>
    public double? MinimumScore { get; init; }

    /// <summary>Rows that are less probable to match are not found; <see langword="null"/> for no limit.</summary>
    public double? MinimumProbability { get; init; }

    /// <summary>The fingerprint of the maps the queries came through; an index of others refuses them. <see langword="null"/> where it is not known.</summary>
    public string? Fingerprint { get; init; }
}
