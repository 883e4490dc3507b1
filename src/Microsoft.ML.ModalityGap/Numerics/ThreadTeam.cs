namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Threads that help the one that opened them with many short loops: they stay awake for a moment after each, so that a loop of some ten microseconds does not wait for the thread pool.
/// </summary>
/// <remarks>Whoever comes first takes the next index, and the opener waits for indices that have been begun, not for threads: one that wakes late finds nothing left.</remarks>
internal sealed class ThreadTeam : IDisposable
{
    [ThreadStatic]
    private static ThreadTeam? _current;

    private readonly Thread?[] _helpers;
    private readonly ThreadSleeper[] _sleepers;
    private readonly ThreadSleeper _opener = new();
    private volatile Loop? _loop;
    private volatile bool _isDisposed;
    private bool _isRunning;

    private ThreadTeam(int helpers)
    {
        _helpers = new Thread?[helpers];
        _sleepers = [.. _helpers.Select(_ => new ThreadSleeper())];
    }

    /// <summary>The team that is open on this thread.</summary>
    internal static ThreadTeam? Current => _current;

    /// <summary>Until it is disposed, on the same thread, a team helps with the loops of <see cref="ParallelFor"/> that this thread starts. A helper begins with the first loop that has work for it.</summary>
    /// <param name="maxDegreeOfParallelism">The most threads that loops will have; −1 for as many as there are processors.</param>
    /// <returns>The team, or <see langword="null"/> where loops have one thread or one is open already.</returns>
    internal static ThreadTeam? Open(int maxDegreeOfParallelism)
    {
        var threads = ParallelFor.LimitThreads(maxDegreeOfParallelism);
        return threads <= 1 || _current is not null ? null : _current = new ThreadTeam(threads - 1);
    }

    /// <summary>Runs a loop on the opener, which calls this, and on helpers. Within one of the team's loops it does nothing.</summary>
    /// <param name="count">How many indices.</param>
    /// <param name="threads">The most threads to use, the opener among them.</param>
    /// <param name="body">Throws nothing.</param>
    /// <returns>Whether the loop ran.</returns>
    internal bool TryRun(int count, int threads, Action<int> body)
    {
        if (_isRunning)
            return false;

        _isRunning = true;
        var loop = new Loop(count, Math.Min(threads - 1, _helpers.Length), body);
        _loop = loop;
        for (var helper = 0; helper < loop.Helpers; helper++)
            Call(helper);
        loop.Work();
        _opener.WaitUntil(() => loop.IsDone);
        _isRunning = false;
        return true;
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _current = null;
        _isDisposed = true;
        foreach (var sleeper in _sleepers)
            sleeper.Wake();
        foreach (var helper in _helpers)
            helper?.Join();
    }

    private void Call(int helper)
    {
        if (_helpers[helper] is not null)
        {
            _sleepers[helper].Wake();
            return;
        }

        var thread = new Thread(() => Help(helper)) { IsBackground = true, Name = nameof(ThreadTeam) };
        _helpers[helper] = thread;
        thread.Start();
    }

    private void Help(int helper)
    {
        Loop? last = null;
        while (!_isDisposed)
        {
            var loop = _loop;
            if (loop != last && helper < loop!.Helpers && loop.Work())
                _opener.Wake();
            last = loop;
            _sleepers[helper].WaitUntil(() => _loop != last || _isDisposed);
        }
    }

    /// <summary>One loop.</summary>
    private sealed class Loop(int count, int helpers, Action<int> body)
    {
        private int _taken;
        private int _done;

        internal int Helpers => helpers;

        internal bool IsDone => Volatile.Read(ref _done) == count;

        /// <summary>Runs indices while there are any.</summary>
        /// <returns>Whether the last of all to end was among them.</returns>
        internal bool Work()
        {
            var isLast = false;
            for (var index = Interlocked.Increment(ref _taken) - 1; index < count; index = Interlocked.Increment(ref _taken) - 1)
            {
                body(index);
                isLast = Interlocked.Increment(ref _done) == count;
            }

            return isLast;
        }
    }
}
