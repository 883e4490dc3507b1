using System.Diagnostics;

namespace Microsoft.ML.ModalityGap;

/// <summary>How one thread waits for others: awake for about as long as it takes to be woken, then asleep.</summary>
internal sealed class ThreadSleeper
{
    private static readonly long s_awake = Stopwatch.Frequency / 10_000;

    private readonly SemaphoreSlim _wake = new(0);
    private int _isAsleep;

    /// <summary>Waits. Whoever makes the condition true calls <see cref="Wake"/> afterwards.</summary>
    internal void WaitUntil(Func<bool> condition)
    {
        for (var end = Stopwatch.GetTimestamp() + s_awake; Stopwatch.GetTimestamp() < end; Thread.SpinWait(1))
        {
            if (condition())
                return;
        }

        // Who wakes looks at the flag after the condition has come true, so one of both sees the other. A call that comes late wakes from the next sleep in vain.
        for (Interlocked.Exchange(ref _isAsleep, 1); !condition(); Interlocked.Exchange(ref _isAsleep, 1))
            _wake.Wait();
        if (Interlocked.Exchange(ref _isAsleep, 0) == 0)
            _wake.Wait();
    }

    internal void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isAsleep) == 1 && Interlocked.Exchange(ref _isAsleep, 0) == 1)
            _wake.Release();
    }
}
