using System.Diagnostics;

namespace Microsoft.ML.ModalityGap;

/// <summary>How a thread waits for others: awake for about as long as it takes to be woken, then asleep.</summary>
internal sealed class ThreadSleeper
{
    private static readonly long s_awake = Stopwatch.Frequency / 10_000;

    private readonly object _gate = new();
    private volatile bool _isAsleep;

    /// <summary>Waits. Whoever makes the condition true calls <see cref="Wake"/> afterwards.</summary>
    internal void WaitUntil(Func<bool> condition)
    {
        for (var end = Stopwatch.GetTimestamp() + s_awake; Stopwatch.GetTimestamp() < end; Thread.SpinWait(1))
        {
            if (condition())
                return;
        }

        // Each side writes its own before it reads the other's, so that one of both sees what the other has written.
        lock (_gate)
        {
            _isAsleep = true;
            Interlocked.MemoryBarrier();
            while (!condition())
                Monitor.Wait(_gate);
            _isAsleep = false;
        }
    }

    internal void Wake()
    {
        Interlocked.MemoryBarrier();
        if (!_isAsleep)
            return;
        lock (_gate)
            Monitor.Pulse(_gate);
    }
}
