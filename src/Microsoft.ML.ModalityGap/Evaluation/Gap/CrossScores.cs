namespace Microsoft.ML.ModalityGap;

/// <summary>What one pass over all cosines between two modalities yields.</summary>
internal sealed class CrossScores
{
    private CrossScores(EmbeddingPairs pairs, int neighbors, int bins)
    {
        var relevance = RelevanceLists.ByRow(pairs.Count);
        Neighbors = Math.Min(neighbors, pairs.Count);
        Forward = RankTargets.Create(relevance, pairs.First, pairs.Second, pairs.Dimension);
        Backward = RankTargets.Create(relevance, pairs.Second, pairs.First, pairs.Dimension);
        ForwardCounts = new int[pairs.Count];
        ForwardTop = new TopLists(pairs.Count, Neighbors);
        BackwardTop = new TopLists(pairs.Count, Neighbors);
        Matched = new SimilaritySums(pairs.Count, bins);
        Mismatched = new SimilaritySums(pairs.Count, bins);
    }

    internal int Neighbors { get; }

    internal RankTargets Forward { get; }

    internal RankTargets Backward { get; }

    internal int[] ForwardCounts { get; }

    /// <summary>The nearest rows of the second modality to each of the first.</summary>
    internal TopLists ForwardTop { get; }

    /// <summary>The nearest rows of the first modality to each of the second.</summary>
    internal TopLists BackwardTop { get; }

    internal SimilaritySums Matched { get; }

    internal SimilaritySums Mismatched { get; }

    internal required int[] ForwardRanks { get; init; }

    internal required int[] BackwardRanks { get; init; }

    /// <summary>Works through all pairs.</summary>
    internal static CrossScores Measure(EmbeddingPairs pairs, int neighbors, int bins)
    {
        var n = pairs.Count;
        var scores = new CrossScores(pairs, neighbors, bins) { ForwardRanks = new int[n], BackwardRanks = new int[n] };
        var visitors = ScoreTiles.Visit(pairs.First, pairs.Second, pairs.Dimension, () => new CrossVisitor(scores));
        foreach (var visitor in visitors)
        {
            System.Numerics.Tensors.TensorPrimitives.Add(scores.BackwardRanks, visitor.BackwardCounts, scores.BackwardRanks);
            scores.BackwardTop.Add(visitor.BackwardTop);
        }

        for (var i = 0; i < n; i++)
        {
            scores.ForwardRanks[i] = scores.ForwardCounts[i] + 1;
            scores.BackwardRanks[i]++;
        }

        return scores;
    }
}
