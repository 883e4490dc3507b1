using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Puts the measures of two columns together.</summary>
internal static class ModalityGapEvaluator
{
    internal static ModalityGapMetrics Evaluate(IHost host, IDataView data, string first, string second, ModalityGapEvaluationOptions options)
    {
        using var channel = host.Start("Evaluate the modality gap");
        var pairs = EmbeddingPairs.Load(host, data, first, second, options.UnusableRows);
        if (pairs.SkippedCount > 0)
            channel.Warning($"{pairs.SkippedCount} of {pairs.SkippedCount + pairs.Count} pairs of '{first}' and '{second}' could not be used and were left out.");
        return Measure(pairs, first, second, options);
    }

    internal static ModalityGapMetrics Measure(EmbeddingPairs pairs, string first, string second, ModalityGapEvaluationOptions options)
    {
        var statistics = new[] { ModalityStatistics.FromRows(pairs.First, pairs.Dimension), ModalityStatistics.FromRows(pairs.Second, pairs.Dimension) };
        var (distance, squaredDistance, cosine) = GapMeasures.ComparePairs(pairs);
        var (forward, backward) = PairRanks.Compute(pairs);
        return new ModalityGapMetrics
        {
            First = first,
            Second = second,
            Count = pairs.Count,
            SkippedCount = pairs.SkippedCount,
            Dimension = pairs.Dimension,
            CentroidDistance = GapMeasures.Distance(statistics[0].Mean, statistics[1].Mean),
            MeanPairDistance = distance,
            MeanPairCosine = cosine,
            RelativeModalityGap = GapMeasures.RelativeGap(cosine, statistics[0], statistics[1]),
            Alignment = squaredDistance,
            FirstUniformity = GapMeasures.Uniformity(pairs.First, pairs.Dimension),
            SecondUniformity = GapMeasures.Uniformity(pairs.Second, pairs.Dimension),
            LinearSeparability = LinearSeparability.Measure(pairs, options.SeparabilitySampleSize, options.Seed),
            PeakDimensions = new Dictionary<string, IReadOnlyList<PeakDimension>>(StringComparer.Ordinal)
            {
                [first] = GapMeasures.FindPeaks(statistics[0], options.PeakDimensionCount),
                [second] = GapMeasures.FindPeaks(statistics[1], options.PeakDimensionCount),
            },
            FirstToSecond = new PairRetrievalMetrics(first, second, forward),
            SecondToFirst = new PairRetrievalMetrics(second, first, backward),
        };
    }
}
