namespace Microsoft.ML.ModalityGap;

/// <summary>Mapped pairs, and what measures have in common, computed when one asks for it.</summary>
internal sealed class MeasuredPairs(EmbeddingPairs pairs, string first, string second, int seed)
{
    internal EmbeddingPairs Pairs => pairs;

    /// <summary>The statistics of the first modality.</summary>
    internal ModalityStatistics First => field ??= ModalityStatistics.FromRows(pairs.First, pairs.Dimension);

    /// <summary>Those of the second.</summary>
    internal ModalityStatistics Second => field ??= ModalityStatistics.FromRows(pairs.Second, pairs.Dimension);

    /// <summary>All measures of the gap.</summary>
    internal ModalityGapMetrics Metrics => field ??= ModalityGapEvaluator.Measure(pairs, first, second, new ModalityGapEvaluationOptions { Seed = seed });

    /// <summary>Recall@1, the mean of both directions.</summary>
    internal double MeanRecall
    {
        get
        {
            var (forward, backward) = RelevanceRanks.ComputeBothWays(pairs.First, pairs.Second, pairs.Dimension, RelevanceLists.ByRow(pairs.Count));
            return Enumerable.Range(0, pairs.Count).Average(i => ((forward.GetRanks(i)[0] == 1 ? 1 : 0) + (backward.GetRanks(i)[0] == 1 ? 1 : 0)) / 2.0);
        }
    }
}
