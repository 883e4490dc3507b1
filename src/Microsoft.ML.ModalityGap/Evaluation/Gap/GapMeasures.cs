using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>The measures of the gap on unit vectors in memory, one method each; the evaluator puts them together.</summary>
internal static class GapMeasures
{
    /// <summary>‖a − b‖.</summary>
    internal static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => TensorPrimitives.Distance(a, b);

    /// <summary>Per pair: ‖x − y‖² and x·y, summed in double.</summary>
    internal static (double MeanDistance, double MeanSquaredDistance, double MeanCosine) ComparePairs(EmbeddingPairs pairs)
    {
        double distance = 0, squared = 0, cosine = 0;
        for (var i = 0; i < pairs.Count; i++)
        {
            var x = pairs.GetFirst(i);
            var y = pairs.GetSecond(i);
            double square = 0, dot = 0;
            for (var d = 0; d < x.Length; d++)
            {
                var difference = (double)x[d] - y[d];
                square += difference * difference;
                dot += (double)x[d] * y[d];
            }

            distance += Math.Sqrt(square);
            squared += square;
            cosine += dot;
        }

        return (distance / pairs.Count, squared / pairs.Count, cosine / pairs.Count);
    }

    /// <summary>Mean of cos over all i ≠ j, from the mean alone: Σ_{i≠j} x_i·x_j = N²‖μ‖² − N for unit vectors.</summary>
    internal static double MeanCosine(ModalityStatistics statistics)
    {
        var n = (double)statistics.Count;
        return (n * TensorPrimitives.SumOfSquares(statistics.Mean) - 1) / (n - 1);
    }

    /// <summary>Mean of (1 − cos)/2 over all i ≠ j.</summary>
    internal static double MeanCosineDistance(ModalityStatistics statistics) => Math.Max(0, (1 - MeanCosine(statistics)) / 2);

    /// <summary>d̄_pairs / (½(d̄_xx + d̄_yy) + d̄_pairs), d = (1 − cos)/2.</summary>
    internal static double RelativeGap(double meanPairCosine, ModalityStatistics first, ModalityStatistics second)
    {
        var pairs = Math.Max(0, (1 - meanPairCosine) / 2);
        var within = (MeanCosineDistance(first) + MeanCosineDistance(second)) / 2;
        return within + pairs > 0 ? pairs / (within + pairs) : 0;
    }

    /// <summary>The dimensions with the largest |μ_d|, largest first.</summary>
    internal static IReadOnlyList<PeakDimension> FindPeaks(ModalityStatistics statistics, int count)
    {
        var mean = statistics.Mean.ToArray();
        return [.. mean.Select((value, dimension) => new PeakDimension(dimension, value)).OrderByDescending(peak => Math.Abs(peak.Mean)).Take(count)];
    }
}
