namespace Microsoft.ML.ModalityGap;

/// <summary>What an index consists of. One search is of one catalogue, so that shards of different models are never mixed.</summary>
[GenerateSerializer]
internal sealed record IndexCatalog
{
    /// <summary>Grows when all shards are replaced; part of the keys of their grains.</summary>
    [Id(0)]
    public int Generation { get; init; }

    [Id(1)]
    public int Replicas { get; init; }

    [Id(2)]
    public CatalogShard[] Shards { get; init; } = [];

    [Id(3)]
    public int Dimension { get; init; }

    /// <summary>The maps; empty where they are not known.</summary>
    [Id(4)]
    public string Fingerprint { get; init; } = "";

    [Id(5)]
    public string[] Modalities { get; init; } = [];

    /// <summary>What all shards must have in common, in words.</summary>
    [Id(6)]
    public string Terms { get; init; } = "";

    public long RowCount => Shards.Sum(shard => shard.RowCount);
}

/// <summary>A shard of an index.</summary>
[GenerateSerializer]
internal sealed record CatalogShard
{
    [Id(0)]
    public string Path { get; init; } = "";

    /// <summary>What the file is; another of the same name is refused.</summary>
    [Id(1)]
    public string Stamp { get; init; } = "";

    [Id(2)]
    public long FirstRow { get; init; }

    [Id(3)]
    public int RowCount { get; init; }
}
