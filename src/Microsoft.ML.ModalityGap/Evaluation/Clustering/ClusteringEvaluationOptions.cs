namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ModalityGapCatalog.EvaluateClustering"/>.</summary>
public sealed record ClusteringEvaluationOptions
{
    /// <summary>The defaults.</summary>
    public static ClusteringEvaluationOptions Default { get; } = new();

    /// <summary>k, the number of clusters. Default <see langword="null"/>: as many as there are labels, which must then be given. At least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? ClusterCount
    {
        get;
        init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(ClusterCount), value, "At least 1 cluster is needed.");
    }

    /// <summary>How many times k-means begins anew, from other rows; the run with the smallest mean squared distance counts. Default 4; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int Restarts
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Restarts), value, "At least 1 run is needed.");
    } = 4;

    /// <summary>The most iterations of a run. Default 300; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int MaximumIterations
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MaximumIterations), value, "At least 1 iteration is needed.");
    } = 300;

    /// <summary>Seeds the choice of the first centres. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>What to do with rows that cannot be used. Default <see cref="UnusableRows.Throw"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }
}
