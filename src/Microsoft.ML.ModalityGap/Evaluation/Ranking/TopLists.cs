using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>The k best documents of each query so far, best first; of equal scores the one that stands first.</summary>
internal sealed class TopLists(int queryCount, int k)
{
    private readonly float[] _scores = new float[queryCount * k];
    private readonly int[] _positions = new int[queryCount * k];
    private readonly int[] _counts = new int[queryCount];

    internal int QueryCount => queryCount;

    /// <summary>The positions of a query's best documents in the gallery; fewer than k where there are not so many.</summary>
    internal ReadOnlySpan<int> GetPositions(int query) => _positions.AsSpan(query * k, _counts[query]);

    internal ReadOnlySpan<float> GetScores(int query) => _scores.AsSpan(query * k, _counts[query]);

    /// <summary>Offers documents.</summary>
    /// <param name="query">The query.</param>
    /// <param name="scores">Their scores.</param>
    /// <param name="firstPosition">The position of the first in the gallery.</param>
    /// <param name="positions">The position of each, where they do not follow each other.</param>
    internal void Add(int query, ReadOnlySpan<float> scores, int firstPosition, ReadOnlySpan<int> positions)
    {
        var width = Vector<float>.Count;
        for (var i = 0; i < scores.Length; i++)
        {
            if (_counts[query] == k && i + width <= scores.Length
                && Vector.LessThanAll(new Vector<float>(scores[i..]), new Vector<float>(_scores[query * k + k - 1])))
            {
                i += width - 1;
                continue;
            }

            Offer(query, scores[i], positions.IsEmpty ? firstPosition + i : positions[i]);
        }
    }

    /// <summary>Takes in what other lists of the same queries hold.</summary>
    internal void Add(TopLists other)
    {
        for (var query = 0; query < queryCount; query++)
            Add(query, other.GetScores(query), 0, other.GetPositions(query));
    }

    private void Offer(int query, float score, int position)
    {
        var scores = _scores.AsSpan(query * k, k);
        var positions = _positions.AsSpan(query * k, k);
        var place = _counts[query];
        while (place > 0 && (score > scores[place - 1] || (score == scores[place - 1] && position < positions[place - 1])))
            place--;
        if (place == k)
            return;
        if (_counts[query] < k)
            _counts[query]++;
        scores[place..(_counts[query] - 1)].CopyTo(scores[(place + 1)..]);
        positions[place..(_counts[query] - 1)].CopyTo(positions[(place + 1)..]);
        (scores[place], positions[place]) = (score, position);
    }
}
