namespace Microsoft.ML.ModalityGap;

/// <summary>How far a job, or a shard of one, is.</summary>
public enum ClusterJobState
{
    /// <summary>It waits for its turn.</summary>
    Waiting,

    /// <summary>It is being worked on.</summary>
    Running,

    /// <summary>All shards are read, and what they came to is merged.</summary>
    Merging,

    /// <summary>It is done, and its results are complete.</summary>
    Succeeded,

    /// <summary>It cannot be done; there is no result.</summary>
    Failed,

    /// <summary>It was cancelled; there is no result.</summary>
    Cancelled,
}
