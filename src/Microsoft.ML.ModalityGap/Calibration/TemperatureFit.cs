namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Finds the scale s that minimises the negative log-likelihood of softmax(s·z). That is convex in s with derivative mean(E_p[z] − z_true), so its one zero is
/// bracketed and halved in log s: nothing can diverge, whatever the scores.
/// </summary>
internal static class TemperatureFit
{
    private const double Smallest = 1e-3;
    private const double Largest = 1e5;

    internal static (double Scale, bool IsAtBound) Fit(LabelledScores data)
    {
        if (Derivative(data, Largest) <= 0)
            return (Largest, true);
        if (Derivative(data, Smallest) >= 0)
            return (Smallest, true);

        var (low, high) = (Math.Log(Smallest), Math.Log(Largest));
        while (high - low > 1e-7)
        {
            var middle = (low + high) / 2;
            if (Derivative(data, Math.Exp(middle)) < 0)
                low = middle;
            else
                high = middle;
        }

        return (Math.Exp((low + high) / 2), false);
    }

    /// <summary>d/ds of the mean of −ln p(true class).</summary>
    private static double Derivative(LabelledScores data, double scale)
    {
        const int RunRows = 4096;
        var runs = (data.Count + RunRows - 1) / RunRows;
        var parts = new double[runs];
        ParallelFor.Run(runs, -1, run =>
        {
            var sum = 0.0;
            for (var i = run * RunRows; i < Math.Min(data.Count, (run + 1) * RunRows); i++)
            {
                var z = data.GetLogits(i);
                sum += ExpectedLogit(z, scale) - z[data.GetLabel(i)];
            }

            parts[run] = sum;
        });
        return parts.Sum() / data.Count;
    }

    private static double ExpectedLogit(ReadOnlySpan<float> z, double scale)
    {
        var largest = float.NegativeInfinity;
        foreach (var value in z)
            largest = Math.Max(largest, value);
        double weights = 0, sum = 0;
        foreach (var value in z)
        {
            var weight = Math.Exp(scale * ((double)value - largest));
            weights += weight;
            sum += weight * value;
        }

        return sum / weights;
    }
}
