using System.Numerics;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Ranks the held rows of pairs, or of items with several rows, by scores, and measures where rows of the same item stand: one direction at a time, and in one gallery of both modalities.</summary>
/// <remarks>Of equal scores the row that stands first wins; the first modality's stand before the second's.</remarks>
internal sealed class PairRanking
{
    private const int Cutoff = 10;

    private readonly PairSet _held;
    private readonly ScoreView[][] _views;
    private readonly int[][][] _rowsByItem;
    private readonly int[][] _unitsByItem;
    private readonly float[] _ownBuffer;
    private readonly float[] _otherBuffer;
    private readonly BestScores _best = new(Cutoff);

    /// <param name="held">The rows.</param>
    /// <param name="views">Per modality of the query, per modality of the gallery row.</param>
    private PairRanking(PairSet held, ScoreView[][] views)
    {
        (_held, _views) = (held, views);
        (_rowsByItem, _unitsByItem) = ([held.GetRowsByItem(0), held.GetRowsByItem(1)], held.GetUnitsByItem());
        var longest = Math.Max(held.Count(0), held.Count(1));
        (_ownBuffer, _otherBuffer) = (new float[longest], new float[longest]);
    }

    /// <summary>Measures everything.</summary>
    /// <param name="held">The rows.</param>
    /// <param name="views">Per modality of the query, per modality of the gallery row.</param>
    /// <param name="seed">Draws what two-sided galleries hold.</param>
    internal static PairMeasures Measure(PairSet held, ScoreView[][] views, int seed)
    {
        var measures = new PairMeasures(held.UnitCount);
        var ranking = new PairRanking(held, views);
        ranking.MeasureSide(0, PairMeasure.FirstHit, measures);
        ranking.MeasureSide(1, PairMeasure.SecondHit, measures);
        TwoSidedGallery.Measure(held, views, seed, measures);
        return measures;
    }

    private void MeasureSide(int side, PairMeasure hit, PairMeasures measures)
    {
        for (var item = 0; item < _held.ItemCount; item++)
        {
            var queries = _rowsByItem[side][item];
            if (queries.Length == 0 || _rowsByItem[1 - side][item].Length == 0)
                continue;
            if (_held.FindUnit(side, queries[0]) is null)
            {
                MeasureQueries(side, queries, item, hit, _unitsByItem[item], measures);
                continue;
            }

            for (var i = 0; i < queries.Length; i++)
                MeasureQueries(side, queries.AsSpan(i, 1), item, hit, [_held.FindUnit(side, queries[i])!.Value], measures);
        }
    }

    /// <summary>The means over queries of an item, for some units.</summary>
    private void MeasureQueries(int side, ReadOnlySpan<int> queries, int item, PairMeasure hit, ReadOnlySpan<int> units, PairMeasures measures)
    {
        Span<double> sums = [0, 0, 0, 0];
        foreach (var query in queries)
        {
            var (rank, mixedRank, share) = Rank(side, query, item);
            sums[0] += rank == 1 ? 1 : 0;
            sums[1] += 1.0 / rank;
            sums[2] += mixedRank <= Cutoff ? 1 / Math.Log2(mixedRank + 1.0) : 0;
            sums[3] += share;
        }

        foreach (var unit in units)
        {
            measures.Add(hit, unit, sums[0] / queries.Length);
            measures.Add(PairMeasure.ReciprocalRank, unit, sums[1] / queries.Length);
            measures.Add(PairMeasure.MixedNdcg, unit, sums[2] / queries.Length);
            measures.Add(PairMeasure.OtherShare, unit, sums[3] / queries.Length);
        }
    }

    /// <summary>The rank of the best row of the item among the other modality's, and in a gallery of both; rows of the item in the query's own modality are no part of that.</summary>
    private (int Rank, int MixedRank, double OtherShare) Rank(int side, int query, int item)
    {
        var other = _views[side][1 - side].GetRow(query, _otherBuffer);
        var own = _views[side][side].GetRow(query, _ownBuffer);
        var (partners, siblings) = (_rowsByItem[1 - side][item], _rowsByItem[side][item]);
        var target = partners[0];
        foreach (var partner in partners)
            target = other[partner] > other[target] ? partner : target;

        // No row of the item but the target stands before it among the other modality's; in its own, none counts.
        var score = other[target];
        var before = CountBefore(other, score, target);
        var ownBefore = CountBefore(own, score, side == 0 ? own.Length : 0);
        foreach (var sibling in siblings)
            ownBefore -= own[sibling] > score || (own[sibling] == score && side == 0) ? 1 : 0;

        _best.Begin(own, other, siblings.Length);
        if (side == 0)
        {
            _best.Offer(own, isOther: false, siblings);
            _best.Offer(other, isOther: true, []);
        }
        else
        {
            _best.Offer(other, isOther: true, []);
            _best.Offer(own, isOther: false, siblings);
        }

        return (1 + before, 1 + before + ownBefore, _best.OtherShare);
    }

    /// <summary>How many scores are higher, or the same and stand before a position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // runs for a second at most; the first tier would take most of it
    internal static int CountBefore(ReadOnlySpan<float> scores, float score, int position)
    {
        var (width, at) = (Vector<float>.Count, 0);
        var (higher, same) = (Vector<int>.Zero, Vector<int>.Zero); // a comparison yields −1 where it holds
        var target = new Vector<float>(score);
        for (; at + width <= scores.Length; at += width)
        {
            var values = new Vector<float>(scores[at..]);
            higher += Vector.GreaterThan(values, target);
            same += Vector.Equals(values, target);
        }

        var count = -Vector.Sum(higher);
        for (var i = at; i < scores.Length; i++)
            count += scores[i] > score ? 1 : 0;
        var end = Math.Min(position, scores.Length);
        var own = position < at && scores[position] == score ? 1 : 0;
        if (-Vector.Sum(same) == own && end <= at)
            return count;
        for (var i = 0; i < end; i++)
            count += scores[i] == score ? 1 : 0;
        return count;
    }
}
