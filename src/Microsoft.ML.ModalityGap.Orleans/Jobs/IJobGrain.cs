namespace Microsoft.ML.ModalityGap;

/// <summary>Coordinates a job: deals its shards to silos, watches them and merges what they come to.</summary>
internal interface IJobGrain : IGrainWithStringKey
{
    /// <summary>Begins the job; again with the same specification changes nothing.</summary>
    [ResponseTimeout("00:00:10")]
    Task StartAsync(JobSpecification job);

    // Answered at once; a call that is lost with its silo is made again.
    [ResponseTimeout("00:00:03")]
    Task<ClusterJobStatus> GetStatusAsync();

    [ResponseTimeout("00:00:10")]
    Task CancelAsync();

    /// <summary>Brings a coordinator back that was lost.</summary>
    /// <returns>Whether there is anything left to do.</returns>
    [ResponseTimeout("00:00:10")]
    Task<bool> PingAsync();
}

/// <summary>The jobs that are not over.</summary>
internal interface IJobRegistryGrain : IGrainWithIntegerKey
{
    [ResponseTimeout("00:00:10")]
    Task AddAsync(string job);

    [ResponseTimeout("00:00:10")]
    Task RemoveAsync(string job);

    [ResponseTimeout("00:00:10")]
    Task<string[]> ListAsync();
}
