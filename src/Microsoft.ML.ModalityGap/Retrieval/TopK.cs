namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The k best of each of several queries: by score, largest first, then by position, smallest first. That order is total, so the result does not depend on the
/// order in which candidates come, nor on how they were divided among threads.
/// </summary>
internal sealed class TopK
{
    private readonly float[] _scores;
    private readonly int[] _positions;
    private readonly int[] _counts;

    internal TopK(int queries, int k)
    {
        K = k;
        _scores = new float[checked(queries * k)];
        _positions = new int[queries * k];
        _counts = new int[queries];
    }

    internal int K { get; }

    internal int GetCount(int query) => _counts[query];

    /// <summary>The scores found so far; in order only after <see cref="Sort"/>.</summary>
    internal ReadOnlySpan<float> GetScores(int query) => _scores.AsSpan(query * K, _counts[query]);

    /// <summary>The positions that belong to the scores.</summary>
    internal ReadOnlySpan<int> GetPositions(int query) => _positions.AsSpan(query * K, _counts[query]);

    /// <summary>A score below this cannot be among the best any more.</summary>
    internal float GetThreshold(int query) => _counts[query] < K ? float.NegativeInfinity : _scores[query * K];

    internal void Clear() => Array.Clear(_counts);

    internal void Add(int query, float score, int position)
    {
        var scores = _scores.AsSpan(query * K, K);
        var positions = _positions.AsSpan(query * K, K);
        ref var count = ref _counts[query];
        if (count < K)
        {
            // The worst is at the root of a heap.
            var i = count++;
            while (i > 0 && IsWorse(score, position, scores[(i - 1) / 2], positions[(i - 1) / 2]))
            {
                (scores[i], positions[i]) = (scores[(i - 1) / 2], positions[(i - 1) / 2]);
                i = (i - 1) / 2;
            }

            (scores[i], positions[i]) = (score, position);
        }
        else if (IsWorse(scores[0], positions[0], score, position))
        {
            SiftDown(scores, positions, K, score, position);
        }
    }

    /// <summary>Takes over what another one has found for some of the queries.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="firstQuery">The query here that is the other one's first.</param>
    /// <param name="queries">How many.</param>
    internal void Merge(TopK other, int firstQuery, int queries)
    {
        for (var query = 0; query < queries; query++)
            Merge(firstQuery + query, other, query);
    }

    /// <summary>Takes over what another one has found for one of its queries.</summary>
    internal void Merge(int query, TopK other, int otherQuery)
    {
        var scores = other.GetScores(otherQuery);
        var positions = other.GetPositions(otherQuery);
        for (var i = 0; i < scores.Length; i++)
            Add(query, scores[i], positions[i]);
    }

    /// <summary>Forgets what was found for a query.</summary>
    internal void Clear(int query) => _counts[query] = 0;

    /// <summary>Puts each query's best in order. Nothing can be added behind that.</summary>
    internal void Sort()
    {
        for (var query = 0; query < _counts.Length; query++)
        {
            var scores = _scores.AsSpan(query * K, _counts[query]);
            var positions = _positions.AsSpan(query * K, _counts[query]);
            for (var end = scores.Length - 1; end > 0; end--)
            {
                var (score, position) = (scores[end], positions[end]);
                (scores[end], positions[end]) = (scores[0], positions[0]);
                SiftDown(scores, positions, end, score, position);
            }
        }
    }

    private static bool IsWorse(float score, int position, float thanScore, int thanPosition) =>
        score < thanScore || (score == thanScore && position > thanPosition);

    /// <summary>Replaces the root of a heap.</summary>
    private static void SiftDown(Span<float> scores, Span<int> positions, int count, float score, int position)
    {
        var i = 0;
        while (true)
        {
            var child = 2 * i + 1;
            if (child >= count)
                break;
            if (child + 1 < count && IsWorse(scores[child + 1], positions[child + 1], scores[child], positions[child]))
                child++;
            if (!IsWorse(scores[child], positions[child], score, position))
                break;
            (scores[i], positions[i]) = (scores[child], positions[child]);
            i = child;
        }

        (scores[i], positions[i]) = (score, position);
    }
}
