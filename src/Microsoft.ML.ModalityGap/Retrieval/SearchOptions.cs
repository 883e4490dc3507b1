namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="EmbeddingIndex.Search(ReadOnlySpan{float}, int, SearchOptions?)"/> and its like.</summary>
public sealed record SearchOptions
{
    /// <summary>The defaults: all modalities, plain similarity, as many threads as there are cores, throw at queries that cannot be used.</summary>
    public static SearchOptions Default { get; } = new();

    /// <summary>Only rows of these modalities are found; <see langword="null"/> for all rows. A name that <see cref="EmbeddingIndex.Modalities"/> does not hold is an error.</summary>
    public IReadOnlyCollection<string>? Modalities { get; init; }

    /// <summary>Corrects similarities, such as against hubs; <see langword="null"/> for the similarity itself.</summary>
    public Rescorer? Rescorer { get; init; }

    /// <summary>What to do with queries that cannot be used: NaN, infinity, a zero vector under cosine. Skipped ones find nothing; the others keep their places.</summary>
    public UnusableRows UnusableRows { get; init; }

    /// <summary>
    /// The fingerprint of the maps the queries came through, where they are given as numbers; a data view's column tells it itself. See
    /// <see cref="EmbeddingMapTransformer.Fingerprint"/>.
    /// </summary>
    public string? Fingerprint { get; init; }

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
