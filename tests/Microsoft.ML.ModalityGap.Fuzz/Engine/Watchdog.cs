using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Ends the process when an input does not come to an end. What the input was stands in <see cref="InputJournal"/>.</summary>
internal sealed class Watchdog
{
    /// <summary>By which the process that waits for this one knows why it ended.</summary>
    internal const int ExitCode = 87;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(200);

    // An input that took a little longer than allowed is told of by who ran it; this is for what would never end.
    private const int Patience = 2;

    private readonly FuzzLimits _limits;
    private long _start;
    private long _processorTicks;

    internal Watchdog(FuzzLimits limits)
    {
        _limits = limits;
        new Thread(Watch) { IsBackground = true, Name = nameof(Watchdog) }.Start();
    }

    internal void Begin()
    {
        Volatile.Write(ref _processorTicks, Environment.CpuUsage.TotalTime.Ticks);
        Volatile.Write(ref _start, Stopwatch.GetTimestamp());
    }

    internal void End() => Volatile.Write(ref _start, 0);

    private void Watch()
    {
        // A process that was stopped for a while did not wait: only the time is counted in which this thread was awake, too.
        var (watched, waited) = (0L, TimeSpan.Zero);
        while (true)
        {
            Thread.Sleep(_interval);
            var start = Volatile.Read(ref _start);
            waited = start == watched ? waited + _interval : TimeSpan.Zero;
            watched = start;
            if (start == 0)
                continue;
            var processor = TimeSpan.FromTicks(Environment.CpuUsage.TotalTime.Ticks - Volatile.Read(ref _processorTicks));
            if ((waited > _limits.WallTime || processor > Patience * _limits.ProcessorTime) && Volatile.Read(ref _start) == start)
                Environment.Exit(ExitCode);
        }
    }
}
