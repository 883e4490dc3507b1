namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="EmbeddingIndex"/>.</summary>
public sealed record EmbeddingIndexOptions
{
    /// <summary>The defaults: cosine, float32, throw at rows that cannot be used.</summary>
    public static EmbeddingIndexOptions Default { get; } = new();

    /// <summary>What rows are ranked by.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public SimilarityMetric Metric
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Unknown metric.");
    }

    /// <summary>How rows are held.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public IndexStorage Storage
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Unknown storage.");
    }

    /// <summary>
    /// What to do with rows of a data view that cannot be held: NaN, infinity, a wrong length, a zero vector under <see cref="SimilarityMetric.Cosine"/>, no id.
    /// </summary>
    public UnusableRows UnusableRows { get; init; }
}
