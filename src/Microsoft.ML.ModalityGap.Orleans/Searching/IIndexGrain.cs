namespace Microsoft.ML.ModalityGap;

/// <summary>Knows what an index consists of, and changes that as a whole.</summary>
internal interface IIndexGrain : IGrainWithStringKey
{
    /// <summary>Begins to load shards, all of them new or behind those there are.</summary>
    [ResponseTimeout("00:00:10")]
    Task OpenAsync(string[] shards, int replicas, bool keepsShards);

    /// <summary>How the last change is getting on.</summary>
    [ResponseTimeout("00:00:10")]
    Task<IndexChange> GetChangeAsync();

    /// <summary>What is searched now; <see langword="null"/> before the first shards are loaded.</summary>
    [ResponseTimeout("00:00:10")]
    Task<IndexCatalog?> GetCatalogAsync();
}

/// <summary>A change of an index.</summary>
[GenerateSerializer]
internal sealed record IndexChange
{
    [Id(0)]
    public bool IsPending { get; init; }

    [Id(1)]
    public int Loaded { get; init; }

    [Id(2)]
    public int Total { get; init; }

    [Id(3)]
    public string? Error { get; init; }
}
