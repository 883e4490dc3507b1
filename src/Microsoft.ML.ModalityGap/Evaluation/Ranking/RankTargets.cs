using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Per query the scores of its relevant documents, best first, and how many documents come before each. A document comes before another when its score is
/// higher, or the same and it stands before it.
/// </summary>
internal sealed class RankTargets
{
    // Up to so many relevant documents are compared with each score, many scores at a time; more are searched for each score that comes before one of them.
    private const int FewTargets = 12;

    private readonly int[] _starts;
    private readonly float[] _scores;
    private readonly int[] _documents;
    private readonly float[] _grades;

    private RankTargets(RelevanceLists relevance)
    {
        _starts = relevance.Starts.ToArray();
        _documents = relevance.Documents.ToArray();
        _grades = relevance.Grades.ToArray();
        _scores = new float[_documents.Length];
    }

    /// <summary>How many relevant documents there are, of all queries.</summary>
    internal int Count => _documents.Length;

    internal int QueryCount => _starts.Length - 1;

    /// <summary>Scores the relevant documents and sorts each query's.</summary>
    internal static RankTargets Create(RelevanceLists relevance, ReadOnlyMemory<float> queries, ReadOnlyMemory<float> gallery, int dimension, int maxDegreeOfParallelism = -1)
    {
        const int Block = 64;
        var targets = new RankTargets(relevance);
        ParallelFor.Run((targets.QueryCount + Block - 1) / Block, maxDegreeOfParallelism, block =>
        {
            for (var query = block * Block; query < Math.Min((block + 1) * Block, targets.QueryCount); query++)
            {
                for (var entry = targets._starts[query]; entry < targets._starts[query + 1]; entry++)
                {
                    targets._scores[entry] = ScoreTiles.Score(
                        queries.Span.Slice(query * dimension, dimension), gallery.Span.Slice(targets._documents[entry] * dimension, dimension));
                }

                targets.Sort(query);
            }
        });
        return targets;
    }

    /// <summary>Adds, for each relevant document of a query, how many of some documents come before it; <see cref="Finish"/> makes counts of the sums.</summary>
    /// <param name="query">The query.</param>
    /// <param name="scores">The documents' scores.</param>
    /// <param name="firstPosition">The position of the first of them in the gallery.</param>
    /// <param name="positions">The position of each, where they do not follow each other.</param>
    /// <param name="sums">A value per relevant document of all queries.</param>
    internal void Add(int query, ReadOnlySpan<float> scores, int firstPosition, ReadOnlySpan<int> positions, Span<int> sums)
    {
        var (start, end) = (_starts[query], _starts[query + 1]);
        if (IsSearched(query))
        {
            AddSearched(start, end, scores, firstPosition, positions, sums);
            return;
        }

        for (var entry = start; entry < end; entry++)
            sums[entry] += CountBefore(scores, _scores[entry], _documents[entry], firstPosition, positions);
    }

    /// <summary>Makes the number of documents before each relevant one of what <see cref="Add"/> has summed over the gallery.</summary>
    internal void Finish(Span<int> sums)
    {
        for (var query = 0; query < QueryCount; query++)
        {
            if (!IsSearched(query))
                continue;
            for (var entry = _starts[query] + 1; entry < _starts[query + 1]; entry++)
                sums[entry] += sums[entry - 1];
        }
    }

    /// <summary>Takes the documents that are not in a query's gallery out of the finished counts. A score is the same bit for bit here and in a tile.</summary>
    internal void LeaveOut(RelevanceLists? documents, ReadOnlyMemory<float> queries, ReadOnlyMemory<float> gallery, int dimension, Span<int> counts)
    {
        for (var query = 0; documents is not null && query < QueryCount; query++)
        {
            for (var own = documents.Starts[query]; own < documents.Starts[query + 1]; own++)
            {
                var document = documents.Documents[own];
                var score = ScoreTiles.Score(queries.Span.Slice(query * dimension, dimension), gallery.Span.Slice(document * dimension, dimension));
                for (var entry = _starts[query]; entry < _starts[query + 1]; entry++)
                {
                    if (score > _scores[entry] || (score == _scores[entry] && document < _documents[entry]))
                        counts[entry]--;
                }
            }
        }
    }

    /// <summary>The result, once all counts are known: rank = 1 + the number of documents before.</summary>
    internal RankedRelevance ToRanks(ReadOnlySpan<int> counts)
    {
        var ranks = new int[counts.Length];
        for (var i = 0; i < ranks.Length; i++)
            ranks[i] = counts[i] + 1;
        return new RankedRelevance(_starts, ranks, _documents, _grades);
    }

    private bool IsSearched(int query) => _starts[query + 1] - _starts[query] > FewTargets;

    private void Sort(int query)
    {
        var (start, count) = (_starts[query], _starts[query + 1] - _starts[query]);
        if (count < 2)
            return;
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = start + i;
        Array.Sort(order, (a, b) => _scores[a] != _scores[b] ? _scores[b].CompareTo(_scores[a]) : _documents[a].CompareTo(_documents[b]));
        Reorder(_scores, start, order);
        Reorder(_documents, start, order);
        Reorder(_grades, start, order);
    }

    private static void Reorder<T>(T[] values, int start, int[] order)
    {
        var copy = Array.ConvertAll(order, index => values[index]);
        copy.CopyTo(values, start);
    }

    /// <summary>Adds 1 at the first relevant document that each document comes before.</summary>
    private void AddSearched(int start, int end, ReadOnlySpan<float> scores, int firstPosition, ReadOnlySpan<int> positions, Span<int> sums)
    {
        var lowest = _scores[end - 1];
        var width = Vector<float>.Count;
        for (var i = 0; i < scores.Length; i++)
        {
            if (i + width <= scores.Length && Vector.LessThanAll(new Vector<float>(scores[i..]), new Vector<float>(lowest)))
            {
                i += width - 1;
                continue;
            }

            var (score, position) = (scores[i], positions.IsEmpty ? firstPosition + i : positions[i]);
            var (low, high) = (start, end);
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (score > _scores[middle] || (score == _scores[middle] && position < _documents[middle]))
                    high = middle;
                else
                    low = middle + 1;
            }

            if (low < end)
                sums[low]++;
        }
    }

    private static int CountBefore(ReadOnlySpan<float> scores, float target, int targetPosition, int firstPosition, ReadOnlySpan<int> positions)
    {
        var width = Vector<float>.Count;
        var targets = new Vector<float>(target);
        var negative = Vector<int>.Zero; // a comparison yields −1 where it holds
        var count = 0;
        var i = 0;
        for (; i + width <= scores.Length; i += width)
        {
            var score = new Vector<float>(scores[i..]);
            negative += Vector.GreaterThan(score, targets);
            if (Vector.EqualsAny(score, targets))
                count += CountTies(scores.Slice(i, width), target, targetPosition, firstPosition + i, positions.IsEmpty ? positions : positions[i..]);
        }

        for (var j = i; j < scores.Length; j++)
            count += scores[j] > target ? 1 : 0;
        count += CountTies(scores[i..], target, targetPosition, firstPosition + i, positions.IsEmpty ? positions : positions[i..]);
        return count - Vector.Sum(negative);
    }

    private static int CountTies(ReadOnlySpan<float> scores, float target, int targetPosition, int firstPosition, ReadOnlySpan<int> positions)
    {
        var count = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] == target && (positions.IsEmpty ? firstPosition + i : positions[i]) < targetPosition)
                count++;
        }

        return count;
    }
}
