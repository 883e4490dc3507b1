namespace Microsoft.ML.ModalityGap;

/// <summary>What is measured at the end of an epoch, through the maps as they are then.</summary>
internal static class TrainingMeasures
{
    // Maps may yield a zero row, which statistics of normalised rows would refuse.
    private static readonly ModalityStatisticsOptions _asTheyAre = new() { Normalize = false };

    /// <summary>The distance of the centroids, and recall@1 as the mean of both directions, of the first of the watched pairs.</summary>
    internal static (double Gap, double Recall) Measure(TrainingPairs pairs, IReadOnlyList<EmbeddingMap> maps, int maxDegreeOfParallelism)
    {
        var count = Math.Min(pairs.Watched.Count, TrainingPairs.MeasuredPairs);
        var mapped = maps.Select((map, side) =>
        {
            var rows = new float[count * map.OutputDimension];
            map.ApplyRows(pairs.Watched.GetRows(side, 0, count), rows, maxDegreeOfParallelism);
            return rows;
        }).ToArray();
        return Measure(mapped[0], mapped[1], maps[0].OutputDimension, maxDegreeOfParallelism);
    }

    /// <summary>The same of rows of unit length.</summary>
    internal static (double Gap, double Recall) Measure(float[] first, float[] second, int dimension, int maxDegreeOfParallelism)
    {
        var count = first.Length / dimension;
        var (forward, backward) = RelevanceRanks.ComputeBothWays(first, second, dimension, RelevanceLists.ByRow(count), maxDegreeOfParallelism);
        var gap = GapMeasures.Distance(ModalityStatistics.FromRows(first, dimension, _asTheyAre).Mean, ModalityStatistics.FromRows(second, dimension, _asTheyAre).Mean);
        var found = Enumerable.Range(0, count).Sum(query => (forward.GetRanks(query)[0] == 1 ? 1 : 0) + (backward.GetRanks(query)[0] == 1 ? 1 : 0));
        return (gap, found / (2.0 * count));
    }

    /// <summary>The mean loss over batches of the held-out pairs, in an order that stays.</summary>
    internal static double MeasureLoss(PairBlock heldOut, IReadOnlyList<EmbeddingMap> maps, PairedHeads<float> heads, TrainModalityNormalizationOptions options)
    {
        var size = Math.Min(options.BatchSize, heldOut.Count);
        var (sum, batches) = (0.0, 0);
        var order = Enumerable.Range(0, heldOut.Count).ToArray();
        for (var from = 0; from + size <= heldOut.Count; from += size)
        {
            var batch = new TrainingBatch<float>(heldOut.GetBatch(0, order, from, size), heldOut.GetBatch(1, order, from, size)) { Seed = SplitMix64.Mix((ulong)batches) };
            maps[0].ApplyRows(heldOut.GetRows(0, from, size), heads.First.Output.AsSpan(0, size * maps[0].OutputDimension), options.MaxDegreeOfParallelism);
            maps[1].ApplyRows(heldOut.GetRows(1, from, size), heads.Second.Output.AsSpan(0, size * maps[1].OutputDimension), options.MaxDegreeOfParallelism);
            sum += heads.Loss.Evaluate(batch, heads.First.Output, heads.Second.Output, heads.First.OutputGradient, heads.Second.OutputGradient);
            batches++;
        }

        return sum / batches;
    }
}
