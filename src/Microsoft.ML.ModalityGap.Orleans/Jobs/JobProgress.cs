namespace Microsoft.ML.ModalityGap;

/// <summary>What a coordinator remembers.</summary>
[GenerateSerializer]
internal sealed class JobProgress
{
    [Id(0)]
    public JobSpecification? Job { get; set; }

    [Id(1)]
    public ClusterJobState State { get; set; }

    [Id(2)]
    public ShardProgress[] Shards { get; set; } = [];

    [Id(3)]
    public string? Error { get; set; }

    [Id(4)]
    public string? Fingerprint { get; set; }

    /// <summary>How often a job of this name was begun: grains of an earlier one know nothing of this.</summary>
    [Id(5)]
    public int Run { get; set; }

    public bool IsOver => State is ClusterJobState.Succeeded or ClusterJobState.Failed or ClusterJobState.Cancelled;
}

/// <summary>What a coordinator remembers of a shard.</summary>
[GenerateSerializer]
internal sealed class ShardProgress
{
    [Id(0)]
    public bool IsDone { get; set; }

    [Id(1)]
    public long Rows { get; set; }

    [Id(2)]
    public int Attempt { get; set; }

    [Id(3)]
    public string? Silo { get; set; }

    [Id(4)]
    public string? Error { get; set; }
}
