namespace Microsoft.ML.ModalityGap;

/// <summary>Measures how far the probabilities softmax(s·z) are to be believed.</summary>
internal static class CalibrationEvaluator
{
    internal static CalibrationMetrics Evaluate(LabelledScores data, double scale, int binCount)
    {
        var (counts, confidences, rights) = (new int[binCount], new double[binCount], new int[binCount]);
        double loss = 0, brier = 0;
        var p = new double[data.ClassCount];
        var z = new double[data.ClassCount];
        for (var i = 0; i < data.Count; i++)
        {
            var logits = data.GetLogits(i);
            for (var c = 0; c < z.Length; c++)
                z[c] = logits[c];
            ClassDistribution.Fill(z, ScoreKind.Logits, scale, p);

            var label = data.GetLabel(i);
            var predicted = 0;
            for (var c = 0; c < p.Length; c++)
            {
                var error = p[c] - (c == label ? 1 : 0);
                brier += error * error;
                if (p[c] > p[predicted])
                    predicted = c;
            }

            loss -= LogProbability(z, scale, label);
            var bin = Math.Clamp((int)Math.Ceiling(p[predicted] * binCount) - 1, 0, binCount - 1);
            counts[bin]++;
            confidences[bin] += p[predicted];
            rights[bin] += predicted == label ? 1 : 0;
        }

        var bins = new ReliabilityBin[binCount];
        double expected = 0, maximum = 0;
        for (var b = 0; b < binCount; b++)
        {
            var (confidence, accuracy) = counts[b] == 0 ? (0, 0) : (confidences[b] / counts[b], (double)rights[b] / counts[b]);
            bins[b] = new ReliabilityBin((double)b / binCount, (b + 1.0) / binCount, counts[b], confidence, accuracy);
            expected += (double)counts[b] / data.Count * Math.Abs(accuracy - confidence);
            maximum = Math.Max(maximum, Math.Abs(accuracy - confidence));
        }

        return new CalibrationMetrics
        {
            Count = data.Count,
            SkippedCount = data.SkippedCount,
            NegativeLogLikelihood = loss / data.Count,
            Accuracy = (double)rights.Sum() / data.Count,
            ExpectedCalibrationError = expected,
            MaximumCalibrationError = maximum,
            BrierScore = brier / data.Count,
            Bins = bins,
        };
    }

    /// <summary>ln p(label), by itself: where p underflows its logarithm is still a number.</summary>
    private static double LogProbability(ReadOnlySpan<double> z, double scale, int label)
    {
        var largest = double.NegativeInfinity;
        foreach (var value in z)
            largest = Math.Max(largest, value);
        var sum = 0.0;
        foreach (var value in z)
            sum += Math.Exp(scale * (value - largest));
        return scale * (z[label] - largest) - Math.Log(sum);
    }
}
