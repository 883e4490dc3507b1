namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <c>EvaluateRetrieval</c>.</summary>
public record RetrievalEvaluationOptions
{
    /// <summary>The defaults.</summary>
    public static RetrievalEvaluationOptions Default { get; } = new();

    /// <summary>The k's of the text form; results can be asked for others, too. Default 1, 5, 10; at least one, all positive.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none, or one that is not positive.</exception>
    public IReadOnlyList<int> Cutoffs
    {
        get;
        init => field = value is { Count: > 0 } && value.All(k => k > 0)
            ? [.. value]
            : throw new ArgumentOutOfRangeException(nameof(Cutoffs), value is null ? null : string.Join(", ", value), "Give at least one k, all of them positive.");
    } = [1, 5, 10];

    /// <summary>What grades add to NDCG. Default <see cref="NdcgGain.Linear"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public NdcgGain Gain
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Gain), value, "Unknown gain.");
    }

    /// <summary>Whether embeddings are divided by their Euclidean length first, so that scores are cosines, not dot products. Default <see langword="true"/>.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>
    /// What is made of similarities before documents are ranked: the <see cref="EmbeddingMapTransformer.Correction"/> of the model that the rows came through. <see langword="null"/>, the default, ranks by the similarities themselves.
    /// Columns, and in a mixed gallery of several columns its parts or the values of the modality column, must be called as the modalities it was fitted on. Rows are normalised, whatever <see cref="Normalize"/> says.
    /// </summary>
    public SimilarityCorrection? Correction { get; init; }

    /// <summary>What becomes of queries without a relevant document. Default <see cref="QueriesWithoutRelevant.LeaveOut"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public QueriesWithoutRelevant QueriesWithoutRelevant
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(QueriesWithoutRelevant), value, "Unknown policy.");
    }

    /// <summary>
    /// What becomes of a query's own document. Default <see cref="OwnDocuments.Keep"/>. Not for mixed galleries.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public OwnDocuments OwnDocuments
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(OwnDocuments), value, "Unknown policy.");
    }

    /// <summary>
    /// What to do with rows that cannot be used. Default <see cref="UnusableRows.Throw"/>; under <see cref="UnusableRows.Skip"/> queries and documents are left out and
    /// counted.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }

    /// <summary>How many times queries are resampled for an interval. Default 1,000; at least 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 2.</exception>
    public int BootstrapSamples
    {
        get;
        init => field = value >= 2 ? value : throw new ArgumentOutOfRangeException(nameof(BootstrapSamples), value, "At least 2 samples are needed.");
    } = 1_000;

    /// <summary>The share of resampled values inside an interval. Default 0.95; above 0 and below 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0 and below 1.</exception>
    public double ConfidenceLevel
    {
        get;
        init => field = value is > 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(ConfidenceLevel), value, "Give a share between 0 and 1.");
    } = 0.95;

    /// <summary>Seeds the resampling. Default 0.</summary>
    public int Seed { get; init; }
}
