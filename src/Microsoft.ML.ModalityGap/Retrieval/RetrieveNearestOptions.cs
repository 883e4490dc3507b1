namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="RetrieveNearestEstimator"/>.</summary>
public sealed record RetrieveNearestOptions
{
    /// <summary>The defaults: the 10 nearest of all modalities by plain similarity.</summary>
    public static RetrieveNearestOptions Default { get; } = new();

    /// <summary>How many neighbours a row gets.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int K
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give a positive number of neighbours.");
    } = 10;

    /// <summary>Only rows of these modalities are found; <see langword="null"/> for all rows.</summary>
    public IReadOnlyCollection<string>? Modalities { get; init; }

    /// <summary>Corrects similarities; stored with the model. <see langword="null"/> for the similarity itself.</summary>
    public Rescorer? Rescorer { get; init; }

    /// <summary>The modality of the rows, for an index with a correction; see <see cref="SearchOptions.QueryModality"/>.</summary>
    public string? QueryModality { get; init; }

    /// <summary>Whether the index's correction is used where it has one. Default <see langword="true"/>.</summary>
    public bool UseCorrection { get; init; } = true;

    /// <summary>Whether the index's first pass is used where it has one; see <see cref="SearchOptions.UseFirstPass"/>. Default <see langword="true"/>.</summary>
    public bool UseFirstPass { get; init; } = true;

    /// <summary>For an index with <see cref="IndexFirstPass.ApproximateBits"/>, how many rows the bits propose for each row; see <see cref="SearchOptions.ApproximateCandidates"/>. <see langword="null"/>, the default, for 20 times <see cref="K"/>, 200 at least.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? ApproximateCandidates
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give a positive number of candidates.");
    }

    /// <summary>Rows of the index with a lower score are not found, and leave missing ids and scores of NaN; <see langword="null"/> for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN.</exception>
    public double? MinimumScore
    {
        get;
        init => field = value is { } limit && double.IsNaN(limit) ? throw new ArgumentOutOfRangeException(nameof(value), value, "A score to compare with is a number.") : value;
    }

    /// <summary>Rows of the index that are less probable to match are not found, and leave missing ids and scores of NaN; <see langword="null"/> for no limit. For an index whose correction is calibrated.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double? MinimumProbability
    {
        get;
        init => field = value is null or (>= 0 and <= 1) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A probability is from 0 to 1.");
    }

    /// <summary>What to do with rows that cannot be used: NaN, infinity, a zero vector under cosine. Skipped ones get missing ids and scores of NaN.</summary>
    public UnusableRows UnusableRows { get; init; }

    /// <summary>The column of neighbours' ids.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string IdsColumnName
    {
        get;
        init => field = CheckName(value);
    } = "NeighborIds";

    /// <summary>The column of their scores.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string ScoresColumnName
    {
        get;
        init => field = CheckName(value);
    } = "NeighborScores";

    /// <summary>The column of the probabilities that they match, which there is where the index's correction is calibrated for <see cref="QueryModality"/>.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string ProbabilitiesColumnName
    {
        get;
        init => field = CheckName(value);
    } = "NeighborProbabilities";

    internal SearchOptions ToSearchOptions() => new()
    {
        Modalities = Modalities,
        Rescorer = Rescorer,
        QueryModality = QueryModality,
        UseCorrection = UseCorrection,
        UseFirstPass = UseFirstPass,
        ApproximateCandidates = ApproximateCandidates,
        MinimumScore = MinimumScore,
        MinimumProbability = MinimumProbability,
        UnusableRows = UnusableRows,
    };

    private static string CheckName(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        return value;
    }
}
