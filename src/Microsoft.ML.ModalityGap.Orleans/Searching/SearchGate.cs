using Microsoft.Extensions.Options;

namespace Microsoft.ML.ModalityGap;

/// <summary>How many searches a silo computes at once, and how many may wait for that.</summary>
internal sealed class SearchGate(IOptions<ModalityGapSiloOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(options.Value.ConcurrentSearches);
    private int _waiting;

    /// <summary>Computes when it is its turn.</summary>
    /// <param name="patience">How long that may take.</param>
    /// <param name="search">What to compute.</param>
    internal async Task<ShardAnswer> RunAsync(TimeSpan patience, Func<ShardAnswer> search)
    {
        if (Interlocked.Increment(ref _waiting) > options.Value.WaitingSearches + options.Value.ConcurrentSearches)
        {
            Interlocked.Decrement(ref _waiting);
            return new ShardAnswer { Outcome = ShardOutcome.Overloaded, Error = $"{options.Value.WaitingSearches} searches wait already" };
        }

        try
        {
            if (!await _turns.WaitAsync(patience).ConfigureAwait(false))
                return new ShardAnswer { Outcome = ShardOutcome.Late, Error = "its turn did not come in time" };
            try
            {
                return await Task.Run(search).ConfigureAwait(false);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _turns.Dispose();
}
