namespace Microsoft.ML.ModalityGap;

/// <summary>Works on one shard of a job, in one attempt.</summary>
internal interface IShardGrain : IGrainWithStringKey
{
    /// <summary>Begins the work where it was not begun, and says how far it is.</summary>
    [ResponseTimeout("00:00:10")]
    Task<ShardReport> WorkAsync(ShardTask task);

    /// <summary>Ends the work.</summary>
    [ResponseTimeout("00:00:10")]
    Task CancelAsync();
}
