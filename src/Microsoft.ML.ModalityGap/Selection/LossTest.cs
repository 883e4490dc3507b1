using MathNet.Numerics.Distributions;

namespace Microsoft.ML.ModalityGap;

/// <summary>Whether candidates lose recall, from means of paired bootstrap samples.</summary>
internal static class LossTest
{
    /// <summary>From here down a probability is held to be significant.</summary>
    internal const double Level = 0.05;

    /// <summary>The probability of so low a gain, or a lower one, if nothing but what is allowed were lost: by the normal distribution with the bootstrap's standard error.</summary>
    /// <param name="gain">What was measured.</param>
    /// <param name="sampled">The same in samples.</param>
    /// <param name="allowedLoss">What may be lost.</param>
    internal static double Compute(double gain, double[] sampled, double allowedLoss)
    {
        var mean = sampled.Average();
        var error = Math.Sqrt(sampled.Sum(value => (value - mean) * (value - mean)) / (sampled.Length - 1));
        return error > 0 ? Normal.CDF(0, error, gain + allowedLoss) : gain < -allowedLoss ? 0 : 1;
    }

    /// <summary>Holm's correction for looking at so many: the least level at which each is rejected.</summary>
    internal static double[] Holm(double[] probabilities)
    {
        var order = Enumerable.Range(0, probabilities.Length).OrderBy(i => probabilities[i]).ToArray();
        var adjusted = new double[probabilities.Length];
        var largest = 0.0;
        for (var place = 0; place < order.Length; place++)
            adjusted[order[place]] = largest = Math.Max(largest, Math.Min(1, probabilities[order[place]] * (order.Length - place)));
        return adjusted;
    }

    /// <summary>
    /// How sure it is that the chosen candidate loses no more than allowed, though it was picked among others by the same pairs: the share of samples in which none of them is as much better than measured by chance as the
    /// chosen one is above the loss allowed (Westfall and Young's maximum).
    /// </summary>
    /// <param name="gains">What was measured of each, the chosen one first.</param>
    /// <param name="sampled">The same in samples.</param>
    /// <param name="allowedLoss">What may be lost.</param>
    internal static double ComputeConfidence(IReadOnlyList<double> gains, IReadOnlyList<double[]> sampled, double allowedLoss)
    {
        var margin = gains[0] + allowedLoss;
        var samples = sampled[0].Length;
        var below = Enumerable.Range(0, samples).Count(sample => Enumerable.Range(0, gains.Count).Max(i => sampled[i][sample] - gains[i]) < margin);
        return (double)below / samples;
    }
}
