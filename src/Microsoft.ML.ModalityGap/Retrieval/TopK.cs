namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The k best of each of several queries: by score, largest first, then by position, smallest first. That order is total, so the result does not depend on the
/// order in which candidates come, nor on how they were divided among threads.
/// </summary>
internal sealed class TopK(int queries, int k) : KeptRows(queries, k)
{
    internal override void Add(int query, float score, int position)
    {
        var scores = GetRoom(query, out var positions);
        var count = GetCount(query);
        if (count < Capacity)
        {
            // The worst is at the root of a heap.
            var i = count;
            while (i > 0 && IsWorse(score, position, scores[(i - 1) / 2], positions[(i - 1) / 2]))
            {
                (scores[i], positions[i]) = (scores[(i - 1) / 2], positions[(i - 1) / 2]);
                i = (i - 1) / 2;
            }

            (scores[i], positions[i]) = (score, position);
            SetCount(query, count + 1);
        }
        else if (IsWorse(scores[0], positions[0], score, position))
        {
            SiftDown(scores, positions, Capacity, score, position);
        }

        if (GetCount(query) == Capacity)
            SetThreshold(query, scores[0]);
    }

    /// <summary>Forgets what was found for a query.</summary>
    internal void Clear(int query)
    {
        SetCount(query, 0);
        SetThreshold(query, float.NegativeInfinity);
    }

    /// <inheritdoc/>
    internal override void Sort(int query)
    {
        var scores = GetRoom(query, out var positions);
        for (var end = GetCount(query) - 1; end > 0; end--)
        {
            var (score, position) = (scores[end], positions[end]);
            (scores[end], positions[end]) = (scores[0], positions[0]);
            SiftDown(scores, positions, end, score, position);
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
