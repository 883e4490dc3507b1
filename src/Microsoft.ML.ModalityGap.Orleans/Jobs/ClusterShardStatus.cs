namespace Microsoft.ML.ModalityGap;

/// <summary>How far a shard of a job is.</summary>
[GenerateSerializer]
[Alias("Microsoft.ML.ModalityGap.ClusterShardStatus")]
public sealed record ClusterShardStatus
{
    /// <summary>Its first file.</summary>
    [Id(0)]
    public string File { get; init; } = "";

    /// <summary>How far it is.</summary>
    [Id(1)]
    public ClusterJobState State { get; init; }

    /// <summary>The rows read so far.</summary>
    [Id(2)]
    public long Rows { get; init; }

    /// <summary>How often it was begun elsewhere because it failed, or did not get on.</summary>
    [Id(3)]
    public int Retries { get; init; }

    /// <summary>The silo that works, or has worked, on it; <see langword="null"/> while it waits.</summary>
    [Id(4)]
    public string? Silo { get; init; }

    /// <summary>Why it failed the last time; <see langword="null"/> where it did not.</summary>
    [Id(5)]
    public string? Error { get; init; }
}
