namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="EmbeddingIndex.Search(ReadOnlySpan{float}, int, SearchOptions?)"/> and its like.</summary>
public sealed record SearchOptions
{
    /// <summary>The defaults: all modalities, plain similarity, as many threads as there are cores, throw at queries that cannot be used.</summary>
    public static SearchOptions Default { get; } = new();

    /// <summary>Only rows of these modalities are found; <see langword="null"/> for all rows. A name that <see cref="EmbeddingIndex.Modalities"/> does not hold is an error.</summary>
    public IReadOnlyCollection<string>? Modalities { get; init; }

    /// <summary>Corrects similarities, such as against hubs; <see langword="null"/> for the similarity itself. An index that corrects similarities itself takes none, unless <see cref="UseCorrection"/> is off.</summary>
    public Rescorer? Rescorer { get; init; }

    /// <summary>
    /// The modality of the queries, for an index with a <see cref="EmbeddingIndexOptions.Correction"/>, as the correction spells it; <see langword="null"/> where the correction knows one only, or there is none.
    /// </summary>
    public string? QueryModality { get; init; }

    /// <summary>Whether the index's correction is used where it has one. Default <see langword="true"/>; <see langword="false"/> for plain similarities.</summary>
    public bool UseCorrection { get; init; } = true;

    /// <summary>
    /// Whether the index's first pass (<see cref="EmbeddingIndexOptions.FirstPass"/>) is used where it has one. Default <see langword="true"/>; <see langword="false"/> compares every row, so that an index with
    /// <see cref="IndexFirstPass.ApproximateBits"/> is searched exactly.
    /// </summary>
    public bool UseFirstPass { get; init; } = true;

    /// <summary>
    /// For an index with <see cref="IndexFirstPass.ApproximateBits"/>, how many rows the bits propose per query; those are compared as they are held. More find more and take longer. <see langword="null"/>, the default,
    /// for 20 times the neighbours wanted, 200 at least.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? ApproximateCandidates
    {
        get;
        init
        {
            if (value is { } count)
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(value));
            field = value;
        }
    }

    /// <summary>Rows with a lower score are not found; <see langword="null"/> for no limit. With it a query may find nothing, which says that nothing matches.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN.</exception>
    public double? MinimumScore
    {
        get;
        init => field = value is { } limit && double.IsNaN(limit) ? throw new ArgumentOutOfRangeException(nameof(value), value, "A score to compare with is a number.") : value;
    }

    /// <summary>
    /// Rows that are less probable to match are not found; <see langword="null"/> for no limit. For an index whose correction is calibrated (<see cref="MatchCalibration"/>). With it a query may find nothing, which
    /// says that nothing matches.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double? MinimumProbability
    {
        get;
        init => field = value is null or (>= 0 and <= 1) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A probability is from 0 to 1.");
    }

    /// <summary>What to do with queries that cannot be used: NaN, infinity, a zero vector under cosine. Skipped ones find nothing; the others keep their places.</summary>
    public UnusableRows UnusableRows { get; init; }

    /// <summary>
    /// The fingerprint of the maps the queries came through, where they are given as numbers; a data view's column tells it itself. See
    /// <see cref="EmbeddingMapTransformer.Fingerprint"/>.
    /// </summary>
    public string? Fingerprint { get; init; }

    /// <summary>Only rows with such ids are found; <see langword="null"/> for all. Does not go with a <see cref="Rescorer"/>, whose terms are of the rows that are searched.</summary>
    internal Predicate<EmbeddingId>? IsAllowed { get; init; }

    /// <summary>What the search is counted into; <see langword="null"/> for nothing.</summary>
    internal SearchCounts? Counts { get; init; }

    /// <summary>The instructions of the first pass, for tests; <see langword="null"/> for the best of this machine.</summary>
    internal CodeTilePath? CodePath { get; init; }

    /// <summary>The most threads to use; −1 for as many as there are cores. The result does not depend on it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is 0 or below −1.</exception>
    public int MaxDegreeOfParallelism
    {
        get;
        init
        {
            RowBlocks.CheckDegreeOfParallelism(value);
            field = value;
        }
    } = -1;
}
