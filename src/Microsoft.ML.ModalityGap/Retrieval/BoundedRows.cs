using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Of each of several queries the rows that could be among the k best by bounds of their scores: those whose bound reaches the k-th best bound less what bounds exceed scores by. Every row that was dropped is bounded by the
/// threshold in the end.
/// </summary>
/// <remarks>
/// Rows are put behind each other until a list is full; then it is cut. That costs a fraction of a heap, and what is dropped by the way, early ones too many, is told by <see cref="KeptRows.GetThreshold"/>, whatever the slack was
/// thought to be: it decides how many rows are kept, not whether what is found is right.
/// </remarks>
/// <param name="queries">How many queries.</param>
/// <param name="k">How many are looked for, at most a quarter of the capacity.</param>
/// <param name="capacity">The most rows of a query.</param>
/// <param name="weight">What slack is multiplied by, as similarities are.</param>
internal sealed class BoundedRows(int queries, int k, int capacity, float weight) : KeptRows(queries, capacity)
{
    private readonly float[] _slacks = new float[queries];
    private readonly TopK _best = new(1, k);

    internal override void Start(ReadOnlySpan<float> slacks)
    {
        base.Start(slacks);
        TensorPrimitives.Multiply(slacks, weight, _slacks);
    }

    internal override void Add(int query, float score, int position)
    {
        if (score <= GetThreshold(query))
            return;
        var count = GetCount(query);
        if (count == Capacity)
        {
            Cut(query);
            count = GetCount(query);
            if (score <= GetThreshold(query))
                return;
        }

        var scores = GetRoom(query, out var positions);
        (scores[count], positions[count]) = (score, position);
        SetCount(query, count + 1);
    }

    internal override void Merge(int query, KeptRows other, int otherQuery)
    {
        _slacks[query] = ((BoundedRows)other)._slacks[otherQuery];
        SetThreshold(query, Math.Max(GetThreshold(query), other.GetThreshold(otherQuery)));
        base.Merge(query, other, otherQuery);
    }

    internal override void Sort(int query)
    {
        var count = GetCount(query);
        var scores = GetRoom(query, out var positions);
        scores[..count].Sort(positions[..count], static (one, other) => other.CompareTo(one));
    }

    /// <summary>Makes room: by the slack, or else by a half.</summary>
    private void Cut(int query)
    {
        Drop(query, GetLowest(query));
        if (GetCount(query) <= Capacity / 4 * 3)
            return;
        Span<float> sorted = GetScores(query).ToArray();
        sorted.Sort();
        Drop(query, sorted[sorted.Length - Capacity / 2]);
    }

    /// <summary>What a row must exceed to be among the k best, if bounds exceed scores by the slack.</summary>
    private float GetLowest(int query)
    {
        _best.Clear(0);
        foreach (var score in GetScores(query))
        {
            if (score > _best.GetThreshold(0))
                _best.Add(0, score, 0);
        }

        return Math.Max(GetThreshold(query), _best.GetThreshold(0) - _slacks[query]);
    }

    private void Drop(int query, float threshold)
    {
        var scores = GetRoom(query, out var positions);
        var kept = 0;
        for (var i = 0; i < GetCount(query); i++)
        {
            (scores[kept], positions[kept]) = (scores[i], positions[i]);
            kept += scores[i] > threshold ? 1 : 0;
        }

        SetCount(query, kept);
        SetThreshold(query, threshold);
    }
}
