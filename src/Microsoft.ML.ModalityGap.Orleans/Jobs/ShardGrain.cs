using Orleans.Concurrency;

namespace Microsoft.ML.ModalityGap;

/// <summary>Works on a shard beside the grain's own turns, so that it can be asked meanwhile.</summary>
[ShardPlacement]
[Reentrant]
internal sealed class ShardGrain(SiloWork work, ILocalSiloDetails silo) : Grain, IShardGrain, IDisposable
{
    private readonly CancellationTokenSource _cancelled = new();
    private Task<long>? _work;
    private long _rows;
    private bool _isRunning;

    public Task<ShardReport> WorkAsync(ShardTask task)
    {
        DelayDeactivation(TimeSpan.FromMinutes(5));
        var cancelled = _cancelled.Token;
        _work ??= Task.Run(() => RunAsync(task, cancelled), CancellationToken.None);
        return Task.FromResult(new ShardReport
        {
            Silo = silo.SiloAddress.ToString(),
            Rows = _work.IsCompletedSuccessfully ? _work.Result : Volatile.Read(ref _rows),
            Error = _work.IsFaulted ? _work.Exception.InnerException!.Message : null,
            State = _work.IsCompletedSuccessfully ? ClusterJobState.Succeeded
                : _work.IsCanceled ? ClusterJobState.Cancelled
                : _work.IsFaulted ? ClusterJobState.Failed
                : Volatile.Read(ref _isRunning) ? ClusterJobState.Running : ClusterJobState.Waiting,
        });
    }

    public Task CancelAsync()
    {
        _cancelled.Cancel();
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _cancelled.Cancel();
        return Task.CompletedTask;
    }

    public void Dispose() => _cancelled.Dispose();

    private async Task<long> RunAsync(ShardTask task, CancellationToken cancelled)
    {
        await work.Turns.WaitAsync(cancelled);
        using var activity = ClusterTelemetry.Activities.StartActivity(task.Job.IsFit ? "modality_gap.measure_shard" : "modality_gap.transform_shard");
        activity?.SetTag("shard", task.Shard.Files[0]);
        try
        {
            Volatile.Write(ref _isRunning, true);
            var rows = await OwnThread.RunAsync(() => ShardWorker.Run(
                task,
                count =>
                {
                    Interlocked.Add(ref _rows, count);
                    ClusterTelemetry.Rows.Add(count);
                },
                cancelled));
            ClusterTelemetry.Shards.Add(1, new KeyValuePair<string, object?>("outcome", "done"));
            return rows;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            activity?.SetStatus(System.Diagnostics.ActivityStatusCode.Error, exception.Message);
            ClusterTelemetry.Shards.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
            throw;
        }
        finally
        {
            work.Turns.Release();
        }
    }
}
