using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>What is kept of the rows a map was fitted on, to know them by.</summary>
/// <param name="Count">The rows used.</param>
/// <param name="SkippedCount">The rows left out.</param>
/// <param name="Normalized">Whether they were taken as unit vectors.</param>
/// <param name="TotalVariance">The sum of their variances.</param>
/// <param name="Mean">Their mean.</param>
internal sealed record FittedStatistics(long Count, long SkippedCount, bool Normalized, double TotalVariance, double[] Mean)
{
    // Two samples of n rows have means about sqrt(2 tr C/n) apart. Nothing but the same rows comes a thousand times as near.
    private const double Agreement = 1e-3;

    internal FittedStatistics(ModalityStatistics statistics)
        : this(statistics.Count, statistics.SkippedCount, statistics.Normalized, statistics.TotalVariance, [.. statistics.Mean])
    {
    }

    /// <summary>Whether as many rows with this mean are the same rows.</summary>
    internal bool HasMean(ReadOnlySpan<double> mean) =>
        TensorPrimitives.Distance(Mean, mean) <= (Agreement * Math.Sqrt(Math.Max(0, TotalVariance) / Count)) + 1e-12;
}
