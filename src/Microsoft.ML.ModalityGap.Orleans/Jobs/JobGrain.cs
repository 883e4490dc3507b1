using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Coordinates a job by asking again and again: what a shard came to is a file, so whoever asks whom how often makes no difference, and a coordinator that is lost is continued by the next from what is remembered.
/// </summary>
internal sealed partial class JobGrain(
    [PersistentState("job", FileGrainStorage.Name)] IPersistentState<JobProgress> state, IOptions<ModalityGapSiloOptions> options, ISiloStatusOracle silos, ILogger<JobGrain> logger) : Grain, IJobGrain
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<int, Watch> _running = [];
    private IGrainTimer? _timer;
    private Task<string?>? _merging;
    private bool _isUnsaved;

    private JobProgress Progress => state.State;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Resume();
        return Task.CompletedTask;
    }

    public async Task StartAsync(JobSpecification job)
    {
        if (Progress.Job is { } known && !Progress.IsOver)
        {
            if (known.Describe() != job.Describe())
                throw new InvalidOperationException($"The job '{this.GetPrimaryKeyString()}' is running with other files or options. Give the new one another name, or cancel that one first.");
            return;
        }

        if (job.IsFit && !options.Value.Estimators.ContainsKey(job.Estimator))
            throw new ArgumentException($"The silo knows no estimator '{job.Estimator}'. It knows '{string.Join("', '", options.Value.Estimators.Keys)}'; add others with {nameof(ModalityGapSiloOptions)}.{nameof(ModalityGapSiloOptions.AddEstimator)}.");
        await GrainFactory.GetGrain<IJobRegistryGrain>(0).AddAsync(this.GetPrimaryKeyString());
        _running.Clear();
        _merging = null;
        state.State = new JobProgress { Run = Progress.Run + 1, Job = job, State = ClusterJobState.Running, Shards = [.. job.Shards.Select(_ => new ShardProgress())] };
        await state.WriteStateAsync();
        Resume();
    }

    public Task<ClusterJobStatus> GetStatusAsync() => Progress.Job is null
        ? throw new KeyNotFoundException($"There is no job '{this.GetPrimaryKeyString()}'.")
        : Task.FromResult(new ClusterJobStatus
        {
            Name = this.GetPrimaryKeyString(),
            State = Progress.State,
            Error = Progress.Error,
            Fingerprint = Progress.Fingerprint,
            Shards = Progress.Shards.Select((shard, i) => new ClusterShardStatus
            {
                File = Progress.Job.Shards[i].Files[0],
                Rows = shard.Rows,
                Retries = shard.Attempt,
                Silo = shard.Silo,
                Error = shard.Error,
                State = shard.IsDone ? ClusterJobState.Succeeded : Progress.IsOver ? Progress.State : _running.TryGetValue(i, out var watch) ? watch.State : ClusterJobState.Waiting,
            }).ToArray(),
        });

    public async Task CancelAsync()
    {
        if (Progress.Job is null || Progress.IsOver)
            return;
        await EndAsync(ClusterJobState.Cancelled, "The job was cancelled.");
    }

    public async Task<bool> PingAsync()
    {
        if (_isUnsaved)
            await SaveAsync();
        return Progress.Job is not null && (!Progress.IsOver || _isUnsaved);
    }

    private void Resume()
    {
        if (Progress.Job is null || Progress.IsOver)
            return;
        _timer ??= this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(TimeSpan.Zero, _period) { KeepAlive = true, Interleave = false });
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        if (Progress.Job is not { } job || Progress.IsOver)
        {
            _timer?.Dispose();
            _timer = null;
            return;
        }

        try
        {
            Dispatch(job);
            foreach (var (number, watch) in _running.ToArray())
            {
                if (watch.Answer is { IsCompleted: true } answer)
                {
                    watch.Answer = null;
                    await TakeAsync(job, number, watch, answer);
                    if (Progress.IsOver)
                        return;
                }

                if (_running.ContainsKey(number))
                    watch.Answer ??= Ask(job, number);
            }

            if (Progress.Shards.All(shard => shard.IsDone))
                await MergeAsync(job);
            if (_isUnsaved)
                await SaveAsync();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The state could not be written, such as on a full disk. Results are files; the next turn tries again.
            LogUnsaved(exception, this.GetPrimaryKeyString());
        }
        catch (InconsistentStateException)
        {
            // Another activation is ahead of this one.
            DeactivateOnIdle();
        }
    }

    private void Dispatch(JobSpecification job)
    {
        var limit = 2 * options.Value.ConcurrentShards * Math.Max(1, silos.GetApproximateSiloStatuses(onlyActive: true).Count);
        for (var number = 0; number < job.Shards.Length && _running.Count < limit; number++)
        {
            if (!Progress.Shards[number].IsDone && !_running.ContainsKey(number))
                _running.Add(number, new Watch());
        }
    }

    private Task<ShardReport> Ask(JobSpecification job, int number) =>
        GetShard(number).WorkAsync(new ShardTask { Job = job with { Shards = [] }, Shard = job.Shards[number], Number = number, Folder = Folder });

    private async Task TakeAsync(JobSpecification job, int number, Watch watch, Task<ShardReport> answer)
    {
        var shard = Progress.Shards[number];
        if (!answer.IsCompletedSuccessfully)
        {
            // Nobody answers: the silo is gone, and the grain comes back on another. If nobody answers for long, it is tried elsewhere.
            if (watch.HasStalled(options.Value.StallTimeout))
                await RetryAsync(job, number, $"no answer for {options.Value.StallTimeout.TotalSeconds:0} s: {answer.Exception?.InnerException?.Message}");
            return;
        }

        var report = answer.Result;
        (shard.Silo, shard.Rows, watch.State) = (report.Silo, report.Rows, report.State);
        switch (report.State)
        {
            case ClusterJobState.Succeeded:
                shard.IsDone = true;
                shard.Error = null;
                _isUnsaved = true;
                _running.Remove(number);
                break;
            case ClusterJobState.Failed:
                await RetryAsync(job, number, report.Error ?? "unknown");
                break;
            case ClusterJobState.Cancelled:
                // Its silo ends, or another coordinator gave it up. It is gone with that, and asked again comes back elsewhere.
                if (watch.HasStalled(options.Value.StallTimeout))
                    await RetryAsync(job, number, "its silo ended");
                break;
            default:
                watch.Note(report.Rows, report.State);
                if (report.State == ClusterJobState.Running && watch.HasStalled(options.Value.StallTimeout))
                    await RetryAsync(job, number, $"no row was read for {options.Value.StallTimeout.TotalSeconds:0} s");
                break;
        }
    }

    private async Task RetryAsync(JobSpecification job, int number, string error)
    {
        var shard = Progress.Shards[number];
        shard.Error = error;
        GetShard(number).CancelAsync().Ignore();
        _running.Remove(number);
        _isUnsaved = true;
        if (++shard.Attempt < options.Value.MaximumAttempts)
            return;
        await EndAsync(ClusterJobState.Failed, $"The shard '{string.Join("' and '", job.Shards[number].Files)}' failed {shard.Attempt} times, the last time on {shard.Silo ?? "no silo"}: {error} There is no result; mend the shard, or leave it out, and start the job again.");
    }

    private async Task MergeAsync(JobSpecification job)
    {
        if (job.IsFit)
        {
            Progress.State = ClusterJobState.Merging;
            _merging ??= OwnThread.RunAsync<string?>(() => JobMerge.Run(job, Folder, options.Value));
            if (!_merging.IsCompleted)
                return;
            if (!_merging.IsCompletedSuccessfully)
            {
                await EndAsync(ClusterJobState.Failed, $"What the shards came to could not be merged: {_merging.Exception?.InnerException?.Message}");
                return;
            }

            Progress.Fingerprint = _merging.Result;
        }

        await EndAsync(ClusterJobState.Succeeded, null);
    }

    private async Task EndAsync(ClusterJobState end, string? error)
    {
        foreach (var number in _running.Keys)
            GetShard(number).CancelAsync().Ignore();
        _running.Clear();
        (Progress.State, Progress.Error, _isUnsaved) = (end, error, true);
        await SaveAsync();
        GrainFactory.GetGrain<IJobRegistryGrain>(0).RemoveAsync(this.GetPrimaryKeyString()).Ignore();
    }

    private async Task SaveAsync()
    {
        _isUnsaved = true;
        await state.WriteStateAsync();
        _isUnsaved = false;
    }

    private string Folder => WorkFolder.GetFolder(options.Value.Folder, this.GetPrimaryKeyString());

    private IShardGrain GetShard(int number)
    {
        var attempt = Progress.Shards[number].Attempt;
        return GrainFactory.GetGrain<IShardGrain>(ShardPlacement.CreateKey($"{this.GetPrimaryKeyString()}|{Progress.Run}|{number}|{attempt}", number + attempt));
    }

    [LoggerMessage(LogLevel.Warning, "The state of the job '{Job}' could not be written and will be again.")]
    private partial void LogUnsaved(Exception exception, string job);

    /// <summary>A shard that is worked on.</summary>
    private sealed class Watch
    {
        private long _rows = -1;
        private long _since = Environment.TickCount64;

        internal Task<ShardReport>? Answer { get; set; }

        internal ClusterJobState State { get; set; } = ClusterJobState.Waiting;

        internal void Note(long rows, ClusterJobState state)
        {
            if (rows == _rows && state == ClusterJobState.Running)
                return;
            (_rows, _since) = (rows, Environment.TickCount64);
        }

        internal bool HasStalled(TimeSpan limit) => Environment.TickCount64 - _since > limit.TotalMilliseconds;
    }
}
