namespace Microsoft.ML.ModalityGap;

/// <summary>What a scan keeps of each of several queries: rows with scores, of which none is at or below a threshold that only rises.</summary>
/// <param name="queries">How many queries.</param>
/// <param name="capacity">The most rows of a query.</param>
internal abstract class KeptRows(int queries, int capacity)
{
    private readonly float[] _scores = new float[checked(queries * capacity)];
    private readonly int[] _positions = new int[queries * capacity];
    private readonly int[] _counts = new int[queries];
    private readonly float[] _thresholds = [.. Enumerable.Repeat(float.NegativeInfinity, queries)];

    /// <summary>How many queries.</summary>
    internal int Queries => queries;

    /// <summary>The most rows of a query.</summary>
    internal int Capacity => capacity;

    /// <summary>A score that is not above this is not kept any more.</summary>
    internal float GetThreshold(int query) => _thresholds[query];

    internal int GetCount(int query) => _counts[query];

    /// <summary>The scores kept; in order only after <see cref="Sort(int)"/>.</summary>
    internal ReadOnlySpan<float> GetScores(int query) => _scores.AsSpan(query * capacity, _counts[query]);

    /// <summary>The positions that belong to the scores.</summary>
    internal ReadOnlySpan<int> GetPositions(int query) => _positions.AsSpan(query * capacity, _counts[query]);

    /// <summary>Takes a row whose score is above the threshold; others it may be given, too.</summary>
    internal abstract void Add(int query, float score, int position);

    /// <summary>Puts a query's rows in order, best first. Nothing can be added behind that.</summary>
    internal abstract void Sort(int query);

    /// <summary>Forgets everything, before other queries are scored.</summary>
    /// <param name="slacks">By how much the scores of each exceed the rows' own, as a rule; empty where they are these.</param>
    internal virtual void Start(ReadOnlySpan<float> slacks)
    {
        Array.Clear(_counts);
        Array.Fill(_thresholds, float.NegativeInfinity);
    }

    /// <summary>Puts each query's rows in order. Nothing can be added behind that.</summary>
    internal void Sort()
    {
        for (var query = 0; query < queries; query++)
            Sort(query);
    }

    /// <summary>Takes over what another one has kept of one of its queries.</summary>
    internal virtual void Merge(int query, KeptRows other, int otherQuery)
    {
        var scores = other.GetScores(otherQuery);
        var positions = other.GetPositions(otherQuery);
        for (var i = 0; i < scores.Length; i++)
            Add(query, scores[i], positions[i]);
    }

    /// <summary>Takes over what another one has kept of some of the queries.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="firstQuery">The query here that is the other one's first.</param>
    /// <param name="count">How many.</param>
    internal void Merge(KeptRows other, int firstQuery, int count)
    {
        for (var query = 0; query < count; query++)
            Merge(firstQuery + query, other, query);
    }

    /// <summary>Room for a query's scores, and how many there are.</summary>
    protected Span<float> GetRoom(int query, out Span<int> positions)
    {
        positions = _positions.AsSpan(query * capacity, capacity);
        return _scores.AsSpan(query * capacity, capacity);
    }

    protected void SetCount(int query, int count) => _counts[query] = count;

    protected void SetThreshold(int query, float threshold) => _thresholds[query] = threshold;
}
