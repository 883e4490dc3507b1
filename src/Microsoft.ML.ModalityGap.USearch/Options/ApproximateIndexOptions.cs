namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ApproximateIndex"/>.</summary>
public sealed record ApproximateIndexOptions
{
    internal const int MaximumConnectivity = 256;
    internal const int MaximumExpansion = 1 << 16;

    /// <summary>The defaults.</summary>
    public static ApproximateIndexOptions Default { get; } = new();

    /// <summary>How many neighbours a row has in a graph; twice as many on the ground level. More find more and take more memory, some 17 bytes each a row. 2 to 256, default 32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 2 to 256.</exception>
    public int Connectivity { get; init => field = Check(value, 2, MaximumConnectivity, nameof(Connectivity)); } = 32;

    /// <summary>How many rows are kept while the place of a new row is looked for. More make a better graph, in proportionally more time. Up to 65,536, default 128.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 65,536.</exception>
    public int ExpansionAdd { get; init => field = Check(value, 1, MaximumExpansion, nameof(ExpansionAdd)); } = 128;

    /// <summary>How many rows a search keeps on its way through a graph: more find more of the nearest, in proportionally more time. Up to 65,536, default 512. See <see cref="ApproximateIndex.Tune"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 65,536.</exception>
    public int ExpansionSearch { get; init => field = Check(value, 1, MaximumExpansion, nameof(ExpansionSearch)); } = 512;

    /// <summary>
    /// How many rows of each graph are scored exactly, at least as many as are wanted. The graph's own order is only as exact as <see cref="Storage"/>. Up to 65,536, default 64.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 65,536.</exception>
    public int Candidates { get; init => field = Check(value, 1, MaximumExpansion, nameof(Candidates)); } = 64;

    /// <summary>How graphs hold vectors, whatever the index holds. Default <see cref="IndexStorage.Float16"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public IndexStorage Storage
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Unknown storage.");
    }
    = IndexStorage.Float16;

    /// <summary>
    /// The modality of the queries, for an index with a <see cref="EmbeddingIndexOptions.Correction"/>: graphs are made for the scores of its queries. <see langword="null"/> where the correction knows one only, or
    /// there is none.
    /// </summary>
    public string? QueryModality { get; init; }

    /// <summary>
    /// The most threads that make graphs at once; −1, the default, for as many as there are cores. With 1 the same rows make the same graphs; with more, what is found may differ a little from time to time.
    /// </summary>
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

    internal static int Check(int value, int least, int most, string name) =>
        value >= least && value <= most ? value : throw new ArgumentOutOfRangeException(name, value, $"Give a number from {least} to {most}.");
}
