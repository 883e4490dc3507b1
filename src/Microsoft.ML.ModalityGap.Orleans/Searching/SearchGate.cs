using Microsoft.Extensions.Options;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// How many scans a silo computes at once, and how many searches may wait for one. Scans have threads of their own, so that messages, also those that a silo passes on, never wait for one to end. Searches of a replica that
/// wait and are alike share a scan, which reads the rows once for all of them; what each finds is what it finds alone, bit for bit.
/// </summary>
internal sealed class SearchGate(IOptions<ModalityGapSiloOptions> options) : IDisposable
{
    // What a scan compares with the rows at once: more make it longer, not better.
    private const int MaximumQueries = QueryBlock.MaximumRows;

    private static readonly TimeSpan _longest = TimeSpan.FromDays(1);

    private readonly object _lock = new();

    // Those in which somebody waits, each once, in turn.
    private readonly Queue<SearchLine> _lines = new();
    private readonly int _threads = options.Value.ConcurrentSearches;
    private int _busy;
    private int _waiting;
    private bool _isStarted;
    private bool _isOver;

    /// <summary>How many searches wait for their turn.</summary>
    internal int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Searches when it is its turn.</summary>
    /// <param name="line">The replica's line.</param>
    /// <param name="search">The search, and how long it may wait.</param>
    /// <param name="mayShare">Whether it may go with others that are alike.</param>
    internal async Task<ShardAnswer> RunAsync(SearchLine line, ShardSearch search, bool mayShare = true)
    {
        var waiting = new WaitingSearch(search, mayShare);
        lock (_lock)
        {
            if (_isOver)
                return new ShardAnswer { Outcome = ShardOutcome.Failed, Error = "its silo ends" };
            if (_waiting - (_threads - _busy) >= options.Value.WaitingSearches)
                return new ShardAnswer { Outcome = ShardOutcome.Overloaded, Error = $"{options.Value.WaitingSearches} searches wait already" };
            Start();
            _waiting++;
            if (line.Waiting.Count == 0)
                _lines.Enqueue(line);
            line.Waiting.Add(waiting);
            Monitor.Pulse(_lock);
        }

        try
        {
            return await waiting.Answer.Task.WaitAsync(search.Patience < _longest ? search.Patience : _longest).ConfigureAwait(false);
        }
        catch (TimeoutException) when (Withdraw(waiting))
        {
            return new ShardAnswer { Outcome = ShardOutcome.Late, Error = "its turn did not come in time" };
        }
        catch (TimeoutException)
        {
            return await waiting.Answer.Task.ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            foreach (var waiting in _lines.SelectMany(line => line.Waiting))
                waiting.Answer.TrySetResult(new ShardAnswer { Outcome = ShardOutcome.Failed, Error = "its silo ends" });
            _lines.Clear();
            Monitor.PulseAll(_lock);
        }
    }

    private void Start()
    {
        if (_isStarted)
            return;
        _isStarted = true;
        for (var thread = 0; thread < _threads; thread++)
            new Thread(Work) { IsBackground = true, Name = "modality gap search" }.Start();
    }

    private void Work()
    {
        while (Take() is var (line, searches))
        {
            try
            {
                var answers = line.Scan(searches);
                for (var i = 0; i < searches.Length; i++)
                    searches[i].Answer.TrySetResult(answers[i]);
            }
            catch (Exception exception)
            {
                // Whoever asked is told; the next have nothing to do with it.
                foreach (var search in searches)
                    search.Answer.TrySetException(exception);
            }
            finally
            {
                lock (_lock)
                    _busy--;
            }
        }
    }

    /// <summary>Waits for searches that go together; <see langword="null"/> in the end.</summary>
    private (SearchLine Line, WaitingSearch[] Searches)? Take()
    {
        lock (_lock)
        {
            while (true)
            {
                while (_lines.Count == 0 && !_isOver)
                    Monitor.Wait(_lock);
                if (_isOver)
                    return null;
                var line = _lines.Dequeue();
                line.Waiting.RemoveAll(waiting => waiting.IsWithdrawn);
                if (line.Waiting.Count == 0)
                    continue;
                var searches = line.Take(MaximumQueries);
                if (line.Waiting.Count > 0)
                    _lines.Enqueue(line);
                (_waiting, _busy) = (_waiting - searches.Length, _busy + 1);
                return (line, searches);
            }
        }
    }

    /// <returns>Whether it had not been begun, and will not be.</returns>
    private bool Withdraw(WaitingSearch waiting)
    {
        lock (_lock)
        {
            if (waiting.IsTaken || waiting.Answer.Task.IsCompleted)
                return false;
            waiting.IsWithdrawn = true;
            _waiting--;
            return true;
        }
    }
}
