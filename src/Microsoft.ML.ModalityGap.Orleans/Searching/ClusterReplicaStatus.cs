namespace Microsoft.ML.ModalityGap;

/// <summary>A replica of a shard of an index, and where it is.</summary>
[GenerateSerializer]
[Alias("Microsoft.ML.ModalityGap.ClusterReplicaStatus")]
public sealed record ClusterReplicaStatus
{
    /// <summary>The shard's file.</summary>
    [Id(0)]
    public string File { get; init; } = "";

    /// <summary>Which of its replicas, from 0.</summary>
    [Id(1)]
    public int Replica { get; init; }

    /// <summary>The silo that holds it; <see langword="null"/> where none answers.</summary>
    [Id(2)]
    public string? Silo { get; init; }

    /// <summary>Whether it can be searched.</summary>
    [Id(3)]
    public bool IsLoaded { get; init; }

    /// <summary>Its rows.</summary>
    [Id(4)]
    public long Rows { get; init; }

    /// <summary>How many searches it has answered since it was loaded.</summary>
    [Id(5)]
    public long Searches { get; init; }

    /// <summary>Why it cannot be searched; <see langword="null"/> where it can, or is being loaded.</summary>
    [Id(6)]
    public string? Error { get; init; }
}
