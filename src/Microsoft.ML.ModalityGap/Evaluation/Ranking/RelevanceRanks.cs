namespace Microsoft.ML.ModalityGap;

/// <summary>The ranks of the relevant documents, from one pass over the matrix of all scores.</summary>
internal static class RelevanceRanks
{
    /// <summary>The ranks of the documents relevant to each query.</summary>
    /// <param name="queries">Rows of <paramref name="dimension"/> values; the score is the dot product, of unit vectors the cosine.</param>
    /// <param name="gallery">The documents, in rows of the same kind.</param>
    /// <param name="dimension">d.</param>
    /// <param name="relevance">What is relevant.</param>
    /// <param name="maxDegreeOfParallelism">The most threads; −1 for as many as there are cores. It does not change the result.</param>
    /// <param name="leftOut">Per query the documents that are not in its gallery, none of them relevant; <see langword="null"/> for none.</param>
    internal static RankedRelevance Compute(
        ReadOnlyMemory<float> queries, ReadOnlyMemory<float> gallery, int dimension, RelevanceLists relevance, int maxDegreeOfParallelism = -1, RelevanceLists? leftOut = null)
    {
        var targets = RankTargets.Create(relevance, queries, gallery, dimension, maxDegreeOfParallelism);
        var counts = new int[targets.Count];
        ScoreTiles.Visit(queries, gallery, dimension, () => new RowRankVisitor(targets, counts, positions: null), maxDegreeOfParallelism: maxDegreeOfParallelism);
        targets.Finish(counts);
        targets.LeaveOut(leftOut, queries, gallery, dimension, counts);
        return targets.ToRanks(counts);
    }

    /// <summary>The same in both directions at once: documents by queries, and queries by documents.</summary>
    internal static (RankedRelevance Forward, RankedRelevance Backward) ComputeBothWays(
        ReadOnlyMemory<float> queries, ReadOnlyMemory<float> gallery, int dimension, RelevanceLists relevance, int maxDegreeOfParallelism = -1, RelevanceLists? leftOut = null)
    {
        var forward = RankTargets.Create(relevance, queries, gallery, dimension, maxDegreeOfParallelism);
        var backward = RankTargets.Create(relevance.Transpose(), gallery, queries, dimension, maxDegreeOfParallelism);
        var counts = new int[forward.Count];
        var visitors = ScoreTiles.Visit(
            queries,
            gallery,
            dimension,
            () => new BothWaysVisitor(new RowRankVisitor(forward, counts, positions: null), new RowRankVisitor(backward, new int[backward.Count], positions: null)),
            maxDegreeOfParallelism: maxDegreeOfParallelism);
        forward.Finish(counts);
        forward.LeaveOut(leftOut, queries, gallery, dimension, counts);
        var backwardCounts = BothWaysVisitor.SumBackward(visitors, backward);
        backward.LeaveOut(leftOut?.Transpose(), gallery, queries, dimension, backwardCounts);
        return (forward.ToRanks(counts), backward.ToRanks(backwardCounts));
    }
}
