using System.Diagnostics;

namespace Microsoft.ML.ModalityGap;

/// <summary>The searches of a replica that wait for their turn. Knows no lock: <see cref="SearchGate"/> has one.</summary>
/// <param name="dimension">Values of a query.</param>
/// <param name="scan">Answers searches that go together, each by itself.</param>
internal sealed class SearchLine(int dimension, Func<IReadOnlyList<WaitingSearch>, IReadOnlyList<ShardAnswer>> scan)
{
    internal List<WaitingSearch> Waiting { get; } = [];

    internal IReadOnlyList<ShardAnswer> Scan(IReadOnlyList<WaitingSearch> searches) => scan(searches);

    /// <summary>Takes the first search, and those behind it that go with it.</summary>
    /// <param name="maximumQueries">Of how many queries together; the first may have more.</param>
    internal WaitingSearch[] Take(int maximumQueries)
    {
        var (taken, left) = (new List<WaitingSearch>(), (long)maximumQueries * dimension);
        Waiting.RemoveAll(waiting =>
        {
            var goesAlong = taken.Count == 0 || (waiting.Search.Queries.Length <= left && taken[0].GoesWith(waiting));
            if (goesAlong)
            {
                waiting.IsTaken = true;
                taken.Add(waiting);
                left -= waiting.Search.Queries.Length;
            }

            return goesAlong;
        });
        return [.. taken];
    }
}

/// <summary>A search that waits for its turn.</summary>
/// <param name="search">The search.</param>
/// <param name="mayShare">Whether it may go with others that are alike.</param>
internal sealed class WaitingSearch(ShardSearch search, bool mayShare)
{
    // All but what is a search's own: those of the same terms are searched as one.
    private readonly ShardSearch _terms = search with { Rows = [], Modalities = null, Id = default, Patience = default };

    internal ShardSearch Search => search;

    internal TaskCompletionSource<ShardAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What it is a part of.</summary>
    internal ActivityContext Caller { get; } = Activity.Current?.Context ?? default;

    internal bool IsTaken { get; set; }

    internal bool IsWithdrawn { get; set; }

    internal bool GoesWith(WaitingSearch other) => mayShare && other.MayShare && _terms == other._terms && HasSameModalities(other.Search);

    private bool MayShare => mayShare;

    private bool HasSameModalities(ShardSearch other) => search.Modalities is null ? other.Modalities is null : other.Modalities is not null && search.Modalities.SequenceEqual(other.Modalities);
}
