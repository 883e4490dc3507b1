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
    /// What rows are held in besides, to be looked through first, with less memory read. By <see cref="IndexFirstPass.Int8"/> found is the same, bit for bit, for a byte a value; by
    /// <see cref="IndexFirstPass.ApproximateBits"/> some of it may be missing. Default <see cref="IndexFirstPass.None"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public IndexFirstPass FirstPass
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Unknown first pass.");
    }

    /// <summary>
    /// What to do with rows of a data view that cannot be held: NaN, infinity, a wrong length, a zero vector under <see cref="SimilarityMetric.Cosine"/>, no id.
    /// </summary>
    public UnusableRows UnusableRows { get; init; }

    /// <summary>
    /// What is made of similarities before rows are ranked, by a model of maps and correction (<see cref="EmbeddingMapTransformer.Correction"/>); kept with the index. Rows then need a modality that it
    /// knows. <see langword="null"/>, the default, for plain similarities.
    /// </summary>
    public SimilarityCorrection? Correction { get; init; }

    /// <summary>The modality of rows that are added without one, for a gallery of one modality; <see langword="null"/>, the default, for none.</summary>
    public string? DefaultModality { get; init; }
}
