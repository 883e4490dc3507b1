namespace Microsoft.ML.ModalityGap;

/// <summary>Measures multi-label predictions, and chooses thresholds.</summary>
internal static class MultiLabelEvaluator
{
    internal static MultiLabelMetrics Evaluate(MultiLabelData data)
    {
        var classes = new MultiLabelClassMetrics[data.Names.Count];
        int hits = 0, positives = 0, predictions = 0, wrong = 0;
        for (var c = 0; c < classes.Length; c++)
        {
            int hit = 0, positive = 0, predicted = 0;
            for (var row = 0; row < data.Count; row++)
            {
                var (has, says) = (data.HasLabel(row, c), data.IsPredicted(row, c));
                hit += has && says ? 1 : 0;
                positive += has ? 1 : 0;
                predicted += says ? 1 : 0;
                wrong += has != says ? 1 : 0;
            }

            classes[c] = new MultiLabelClassMetrics(
                data.Names[c], positive, predicted, positive == 0 ? null : AveragePrecision(data.Sort(c)), Divide(hit, predicted), Divide(hit, positive), F1(hit, predicted, positive));
            (hits, positives, predictions) = (hits + hit, positives + positive, predictions + predicted);
        }

        var present = classes.Where(entry => entry.PositiveCount > 0).ToArray();
        return new MultiLabelMetrics
        {
            Count = data.Count,
            MeanAveragePrecision = present.Length == 0 ? 0 : present.Average(entry => entry.AveragePrecision!.Value),
            MicroAveragePrecision = positives == 0 ? 0 : AveragePrecision(data.SortAll()),
            MacroF1 = present.Length == 0 ? 0 : present.Average(entry => entry.F1),
            MicroF1 = F1(hits, predictions, positives),
            ExactMatchRatio = (double)Enumerable.Range(0, data.Count).Count(row => Enumerable.Range(0, classes.Length).All(c => data.HasLabel(row, c) == data.IsPredicted(row, c))) / data.Count,
            HammingLoss = (double)wrong / ((long)data.Count * classes.Length),
            Classes = classes,
        };
    }

    /// <summary>The threshold with the highest F1, for all classes together or for each; between two scores of the data.</summary>
    internal static float[] ChooseThresholds(MultiLabelData data, bool perClass) => perClass
        ? [.. Enumerable.Range(0, data.Names.Count).Select(c => ChooseThreshold(data.Sort(c)))]
        : [ChooseThreshold(data.SortAll())];

    /// <summary>Σ (R_k − R_{k−1})·P_k; equal scores are one step.</summary>
    internal static double AveragePrecision((float Score, bool IsPositive)[] sorted)
    {
        double sum = 0;
        int hits = 0, before = 0;
        var total = sorted.Count(pair => pair.IsPositive);
        for (var i = 0; i < sorted.Length; i++)
        {
            hits += sorted[i].IsPositive ? 1 : 0;
            if (i + 1 < sorted.Length && sorted[i + 1].Score == sorted[i].Score)
                continue;
            sum += (double)(hits - before) / total * hits / (i + 1);
            before = hits;
        }

        return sum;
    }

    private static float ChooseThreshold((float Score, bool IsPositive)[] sorted)
    {
        var total = sorted.Count(pair => pair.IsPositive);

        // Of a class that no row has: above everything seen.
        var (best, threshold) = (0.0, MathF.BitIncrement(sorted[0].Score));
        var hits = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            hits += sorted[i].IsPositive ? 1 : 0;
            var next = i + 1 < sorted.Length ? sorted[i + 1].Score : (float?)null;
            if (next == sorted[i].Score || F1(hits, i + 1, total) is var f1 && f1 <= best)
                continue;
            (best, threshold) = (f1, next is { } lower ? Between(lower, sorted[i].Score) : sorted[i].Score);
        }

        return threshold;
    }

    private static float Between(float lower, float upper)
    {
        var middle = (float)(((double)lower + upper) / 2);
        return middle > lower ? middle : upper;
    }

    private static double F1(int hits, int predicted, int positives) => Divide(2 * hits, predicted + positives);

    private static double Divide(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
