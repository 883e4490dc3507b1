using Microsoft.Extensions.Logging;

namespace Microsoft.ML.ModalityGap;

/// <summary>Runs on every silo: brings coordinators back whose silo was lost, though nobody asks for them.</summary>
internal sealed partial class JobWatcher(IGrainFactory grains, ILogger<JobWatcher> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stopped = new();
    private Task _watching = Task.CompletedTask;

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(JobWatcher),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _watching = Task.Run(WatchAsync, CancellationToken.None);
            return Task.CompletedTask;
        },
        async _ =>
        {
            await _stopped.CancelAsync().ConfigureAwait(false);
            await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

    public void Dispose() => _stopped.Dispose();

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(_period);
        while (await timer.WaitForNextTickAsync(_stopped.Token).ConfigureAwait(false))
        {
            try
            {
                foreach (var job in await grains.GetGrain<IJobRegistryGrain>(0).ListAsync().WaitAsync(_stopped.Token).ConfigureAwait(false))
                {
                    if (!await grains.GetGrain<IJobGrain>(job).PingAsync().WaitAsync(_stopped.Token).ConfigureAwait(false))
                        await grains.GetGrain<IJobRegistryGrain>(0).RemoveAsync(job).WaitAsync(_stopped.Token).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (!_stopped.IsCancellationRequested)
            {
                // While silos come and go calls fail; the next turn asks again.
                LogMissed(exception);
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "Jobs could not be looked after this time.")]
    private partial void LogMissed(Exception exception);
}
