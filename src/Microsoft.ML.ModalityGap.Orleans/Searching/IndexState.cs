namespace Microsoft.ML.ModalityGap;

/// <summary>What an index's grain remembers.</summary>
[GenerateSerializer]
internal sealed class IndexState
{
    [Id(0)]
    public IndexCatalog? Current { get; set; }

    /// <summary>What shall be searched when all of it is loaded; its shards have paths alone.</summary>
    [Id(1)]
    public IndexCatalog? Next { get; set; }

    [Id(2)]
    public string? Error { get; set; }

    /// <summary>What was searched before, and is let go of when nobody asks it any more.</summary>
    [Id(3)]
    public IndexCatalog? Former { get; set; }
}
