namespace Microsoft.ML.ModalityGap;

/// <summary>How silos fit, transform and search. The same on all silos of a cluster.</summary>
public sealed class ModalityGapSiloOptions
{
    internal const string DefaultEstimator = "default";

    private readonly Dictionary<string, Func<MLContext, ModalityColumns, bool, IEstimator<EmbeddingMapTransformer>>> _estimators = new(StringComparer.Ordinal)
    {
        [DefaultEstimator] = (ml, columns, arePairs) => arePairs ? ml.Transforms.AlignModalities(columns) : ml.Transforms.WhitenModalities(columns),
        ["corrected"] = (ml, columns, arePairs) => ml.Transforms.CorrectSimilarities(arePairs ? ml.Transforms.AlignModalities(columns) : ml.Transforms.WhitenModalities(columns)),
    };

    /// <summary>A folder that all silos share, for the state of jobs and what their shards came to. Must be set.</summary>
    public string Folder { get; set; } = "";

    /// <summary>How many shards a silo works on at once; each is computed on all cores. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int ConcurrentShards
    {
        get;
        set => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give a positive number of shards.");
    } = 1;

    /// <summary>How often a shard is tried, each time elsewhere, before its job fails. Default 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaximumAttempts
    {
        get;
        set => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give a positive number of attempts.");
    } = 3;

    /// <summary>How long a shard may read no row, or its silo not answer, before it is tried elsewhere. Default a minute.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan StallTimeout
    {
        get;
        set => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give a positive time.");
    } = TimeSpan.FromMinutes(1);

    /// <summary>How many searches of shards a silo computes at once. Default: as many as there are cores.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int ConcurrentSearches
    {
        get;
        set => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give a positive number of searches.");
    } = Environment.ProcessorCount;

    /// <summary>How many threads one search of a shard takes. Default 1: the shards of a silo are searched beside each other.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int ThreadsPerSearch
    {
        get;
        set => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give a positive number of threads.");
    } = 1;

    /// <summary>How many searches of shards may wait for their turn on a silo; those beyond are refused at once, and asked of a replica. Default 1,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int WaitingSearches
    {
        get;
        set => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Give a number of searches, or 0.");
    } = 1000;

    /// <summary>What fits by its name.</summary>
    internal IReadOnlyDictionary<string, Func<MLContext, ModalityColumns, bool, IEstimator<EmbeddingMapTransformer>>> Estimators => _estimators;

    /// <summary>
    /// Makes an estimator known under a name, for <see cref="ClusterFit.Estimator"/>. There are <c>default</c> (pairs of one dimension are whitened and aligned, others whitened) and <c>corrected</c> (the same with a
    /// correction of similarities).
    /// </summary>
    /// <param name="name">The name; the same stands for the same on all silos.</param>
    /// <param name="create">Makes the estimator of a context, the columns and whether they are pairs. It must be able to fit statistics.</param>
    public void AddEstimator(string name, Func<MLContext, ModalityColumns, bool, IEstimator<EmbeddingMapTransformer>> create)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(create);
        _estimators[name] = create;
    }
}
