namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Fits, transforms and searches embeddings in shards on an Orleans cluster. All paths are those of a file system that all silos see. Results are those of one machine, bit for bit, whatever fails on the way and however often.
/// </summary>
/// <remarks>Made by <see cref="ModalityGapClusterClientExtensions.GetModalityGap"/>. Thread-safe.</remarks>
public sealed partial class ModalityGapCluster
{
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(200);

    private readonly IClusterClient _client;

    internal ModalityGapCluster(IClusterClient client) => _client = client;

    /// <summary>Begins a fit, which goes on whatever becomes of the caller. Again with the same name and the same fit, it changes nothing while that runs.</summary>
    /// <param name="name">What the job is called.</param>
    /// <param name="fit">What to fit.</param>
    /// <exception cref="ArgumentException">There are no shards, pairs do not have equally many, or the silos do not know the estimator.</exception>
    /// <exception cref="InvalidOperationException">A job of this name is running with other files or options.</exception>
    public Task StartFitAsync(string name, ClusterFit fit)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentException.ThrowIfNullOrEmpty(fit.Output, nameof(fit));
        if (fit.Modalities.Count == 0 || fit.Modalities.Any(modality => modality.Shards.Count == 0))
            throw new ArgumentException("A fit needs modalities, and each of them shards.", nameof(fit));
        if (fit.Modalities.Select(modality => modality.Name).Distinct(StringComparer.Ordinal).Count() < fit.Modalities.Count)
            throw new ArgumentException("A modality is given twice.", nameof(fit));
        if (fit.ArePairs && (fit.Modalities.Count != 2 || fit.Modalities[0].Shards.Count != fit.Modalities[1].Shards.Count))
            throw new ArgumentException($"Pairs are of two modalities with equally many shards, but there are {string.Join(" and ", fit.Modalities.Select(modality => $"{modality.Shards.Count} of '{modality.Name}'"))}.", nameof(fit));
        JobShard[] shards = fit.ArePairs
            ? [.. fit.Modalities[0].Shards.Zip(fit.Modalities[1].Shards, (first, second) => new JobShard { Names = [fit.Modalities[0].Name, fit.Modalities[1].Name], Files = [Full(first), Full(second)] })]
            : [.. fit.Modalities.SelectMany(modality => modality.Shards.Select(file => new JobShard { Names = [modality.Name], Files = [Full(file)] }))];
        return GetJob(name).StartAsync(new JobSpecification
        {
            Shards = shards,
            Estimator = fit.Estimator,
            Output = Full(fit.Output),
            Normalize = fit.NormalizeInput,
            SkipsUnusable = fit.UnusableRows == UnusableRows.Skip,
            Folds = fit.Folds,
            SampleRows = fit.SampleRows,
            Seed = fit.Seed,
        });
    }

    /// <summary>Begins a transform, which goes on whatever becomes of the caller. Shards that an earlier one of this name has done, and whose files did not change since, are not done again.</summary>
    /// <param name="name">What the job is called.</param>
    /// <param name="transform">What to transform.</param>
    /// <exception cref="ArgumentException">Something is not named, or two shards would become one file.</exception>
    /// <exception cref="InvalidOperationException">A job of this name is running with other files or options.</exception>
    public Task StartTransformAsync(string name, ClusterTransform transform)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(transform);
        ArgumentException.ThrowIfNullOrEmpty(transform.Model, nameof(transform));
        ArgumentException.ThrowIfNullOrEmpty(transform.OutputFolder, nameof(transform));
        if (transform.Modality is not { Shards.Count: > 0 } modality)
            throw new ArgumentException("A transform needs a modality with shards.", nameof(transform));
        JobShard[] shards = [.. modality.Shards.Select(file => new JobShard
        {
            Names = [modality.Name],
            Files = [Full(file)],
            Output = Path.Combine(Full(transform.OutputFolder), Path.GetFileNameWithoutExtension(file) + ".npy"),
        })];
        if (shards.GroupBy(shard => shard.Output, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"'{string.Join("' and '", twice.SelectMany(shard => shard.Files))}' would both become '{twice.Key}'.", nameof(transform));
        if (shards.FirstOrDefault(shard => shard.Files[0] == shard.Output) is { } same)
            throw new ArgumentException($"'{same.Output}' would replace the shard that it is made of. Name another folder.", nameof(transform));
        return GetJob(name).StartAsync(new JobSpecification { Shards = shards, Model = Full(transform.Model) });
    }

    /// <summary>How far a job is.</summary>
    /// <exception cref="KeyNotFoundException">There is no such job.</exception>
    public Task<ClusterJobStatus> GetJobAsync(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return GetJob(name).GetStatusAsync();
    }

    /// <summary>Ends a job; it has no result then, but what its shards came to is kept for the next of its name.</summary>
    public Task CancelJobAsync(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return GetJob(name).CancelAsync();
    }

    /// <summary>Waits for the end of a job, however often silos and its coordinator are lost meanwhile.</summary>
    /// <param name="name">The job.</param>
    /// <param name="deadline">How long to wait; the job goes on where that is over.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Ends the waiting, not the job.</param>
    /// <exception cref="ClusterJobException">The job failed or was cancelled.</exception>
    /// <exception cref="TimeoutException">It is not over within the time.</exception>
    /// <exception cref="KeyNotFoundException">There is no such job.</exception>
    public async Task<ClusterJobStatus> WaitForJobAsync(string name, TimeSpan deadline, IProgress<ClusterJobStatus>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Exception? lost = null;
        while (watch.Elapsed < deadline)
        {
            try
            {
                var left = deadline - watch.Elapsed;
                var status = await GetJob(name).GetStatusAsync().WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), cancellationToken).ConfigureAwait(false);
                progress?.Report(status);
                if (status.State == ClusterJobState.Succeeded)
                    return status;
                if (status.IsOver)
                    throw new ClusterJobException(status.Error ?? "The job did not succeed.", status);
                lost = null;
            }
            catch (Exception exception) when (exception is not (ClusterJobException or KeyNotFoundException or OperationCanceledException))
            {
                // Its silo is gone; another will answer for it.
                lost = exception;
            }

            await Task.Delay(_poll, cancellationToken).ConfigureAwait(false);
        }

        throw new TimeoutException($"The job '{name}' is not over within {deadline.TotalSeconds:0.0} s; it goes on.{(lost is null ? "" : $" Its coordinator did not answer the last time: {lost.Message}")}", lost);
    }

    private static string Full(string path) => Path.GetFullPath(path);

    private IJobGrain GetJob(string name) => _client.GetGrain<IJobGrain>(name);
}
