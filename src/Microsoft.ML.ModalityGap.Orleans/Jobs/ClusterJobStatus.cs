namespace Microsoft.ML.ModalityGap;

/// <summary>How far a job is.</summary>
[GenerateSerializer]
[Alias("Microsoft.ML.ModalityGap.ClusterJobStatus")]
public sealed record ClusterJobStatus
{
    /// <summary>The job's name.</summary>
    [Id(0)]
    public string Name { get; init; } = "";

    /// <summary>How far it is.</summary>
    [Id(1)]
    public ClusterJobState State { get; init; }

    /// <summary>Its shards, in the order in which they were named.</summary>
    [Id(2)]
    public IReadOnlyList<ClusterShardStatus> Shards { get; init; } = [];

    /// <summary>Why it failed, with the name of the shard it failed at; <see langword="null"/> where it did not.</summary>
    [Id(3)]
    public string? Error { get; init; }

    /// <summary>Of a fit that succeeded, the fingerprint of its model.</summary>
    [Id(4)]
    public string? Fingerprint { get; init; }

    /// <summary>Whether it has come to its end, whatever that is.</summary>
    public bool IsOver => State is ClusterJobState.Succeeded or ClusterJobState.Failed or ClusterJobState.Cancelled;
}
