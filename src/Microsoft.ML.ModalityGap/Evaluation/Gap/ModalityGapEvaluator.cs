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
        // ML.NET's trainer has one thread, and in a process that has just begun most of its time is compilation: the rest does not wait for it.
        var linearSeparability = Task.Run(() => LinearSeparability.Measure(pairs, options.SeparabilitySampleSize, options.Seed));
        var statistics = new[] { ModalityStatistics.FromRows(pairs.First, pairs.Dimension), ModalityStatistics.FromRows(pairs.Second, pairs.Dimension) };
        var (distance, squaredDistance, cosine) = GapMeasures.ComparePairs(pairs);
        var cross = CrossScores.Measure(pairs, options.HubnessNeighbors, options.HistogramBinCount);
        var within = new[] { pairs.First, pairs.Second }.Select(rows => WithinVisitor.Measure(rows, pairs.Dimension, options.HistogramBinCount)).ToArray();
        var spectra = new double[2][];
        ParallelFor.Run(2, -1, side => spectra[side] = Spectrum.Eigenvalues(side == 0 ? pairs.First : pairs.Second, pairs.Dimension));
        var strangers = (double)pairs.Count * (pairs.Count - 1);
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
            SignalToNoiseDistance = SignalToNoise.MeanDistance(pairs.First, pairs.Second, pairs.Dimension),
            Alignment = squaredDistance,
            FirstUniformity = Math.Log(2 * within[0].ExponentialSum / strangers),
            SecondUniformity = Math.Log(2 * within[1].ExponentialSum / strangers),
            CrossModalUniformity = Math.Log(cross.Mismatched.ExponentialSum / strangers),
            FirstEffectiveRank = Spectrum.EffectiveRank(spectra[0]),
            SecondEffectiveRank = Spectrum.EffectiveRank(spectra[1]),
            FirstSpectrum = spectra[0],
            SecondSpectrum = spectra[1],
            HubnessNeighbors = cross.Neighbors,
            FirstHubness = Hubness.Skewness(cross.BackwardTop, pairs.Count),
            SecondHubness = Hubness.Skewness(cross.ForwardTop, pairs.Count),
            MatchedSimilarities = cross.Matched.ToHistogram(),
            MismatchedSimilarities = cross.Mismatched.ToHistogram(),
            FirstSimilarities = within[0].ToHistogram(),
            SecondSimilarities = within[1].ToHistogram(),
            LinearSeparability = linearSeparability.GetAwaiter().GetResult(),
            RegressionSeparability = RegressionSeparability.Measure(pairs, options.SeparabilitySampleSize, options.Seed),
            PeakDimensions = new Dictionary<string, IReadOnlyList<PeakDimension>>(StringComparer.Ordinal)
            {
                [first] = GapMeasures.FindPeaks(statistics[0], options.PeakDimensionCount),
                [second] = GapMeasures.FindPeaks(statistics[1], options.PeakDimensionCount),
            },
            FirstToSecond = new PairRetrievalMetrics(first, second, cross.ForwardRanks),
            SecondToFirst = new PairRetrievalMetrics(second, first, cross.BackwardRanks),
        };
    }
}
