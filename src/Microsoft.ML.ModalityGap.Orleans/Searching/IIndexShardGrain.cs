namespace Microsoft.ML.ModalityGap;

/// <summary>Holds a replica of a shard of an index and searches it.</summary>
internal interface IIndexShardGrain : IGrainWithStringKey
{
    /// <summary>Searches; begins to load the shard where that was not done, and says so instead.</summary>
    Task<ShardAnswer> SearchAsync(ShardSearch search);

    /// <summary>Begins to load the shard where that was not done, and says what it is.</summary>
    [ResponseTimeout("00:00:10")]
    Task<ShardDescription> DescribeAsync(CatalogShard shard);

    /// <summary>Lets go of the shard.</summary>
    [ResponseTimeout("00:00:10")]
    Task ReleaseAsync();

    /// <summary>Lets go of the shard, to be loaded where placement would have it today.</summary>
    [ResponseTimeout("00:00:10")]
    Task MoveAsync();
}

/// <summary>What a replica is.</summary>
[GenerateSerializer]
internal sealed record ShardDescription
{
    [Id(0)]
    public bool IsLoaded { get; init; }

    [Id(1)]
    public string Silo { get; init; } = "";

    [Id(2)]
    public int RowCount { get; init; }

    [Id(3)]
    public int Dimension { get; init; }

    [Id(4)]
    public string Fingerprint { get; init; } = "";

    [Id(5)]
    public string[] Modalities { get; init; } = [];

    /// <summary>The metric, the storage and the correction.</summary>
    [Id(6)]
    public string Terms { get; init; } = "";

    [Id(7)]
    public string Stamp { get; init; } = "";

    [Id(8)]
    public long Searches { get; init; }

    [Id(9)]
    public string? Error { get; init; }
}
