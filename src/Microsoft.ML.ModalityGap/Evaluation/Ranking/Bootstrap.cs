using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Percentile intervals by resampling queries with replacement (Efron); the same seed gives the same intervals on any number of threads.</summary>
internal sealed class Bootstrap(int samples, double level, int seed)
{
    /// <summary>An interval for the mean of each list of values; the lists are as long as each other, and all see the same samples.</summary>
    internal ConfidenceInterval[] OfMeans(IReadOnlyList<double[]> values) =>
        Resample(values, (counts, list) => TensorPrimitives.Dot<double>(counts, list) / list.Length, list => TensorPrimitives.Sum<double>(list) / list.Length);

    /// <summary>The mean of each list in each sample; the lists are as long as each other, and all see the same samples.</summary>
    internal double[][] SampleMeans(IReadOnlyList<double[]> values) => Sample(values, (counts, list) => TensorPrimitives.Dot<double>(counts, list) / list.Length);

    /// <summary>The interval between the quantiles of a list's means in the samples.</summary>
    internal ConfidenceInterval ToInterval(double value, double[] sampled)
    {
        var sorted = sampled.ToArray();
        Array.Sort(sorted);
        return new ConfidenceInterval(value, Quantile(sorted, (1 - level) / 2), Quantile(sorted, (1 + level) / 2));
    }

    /// <summary>An interval for the median.</summary>
    internal ConfidenceInterval OfMedian(double[] values)
    {
        var sorted = values.Order().ToArray();
        return Resample([sorted], Median, list => (list[(list.Length - 1) / 2] + list[list.Length / 2]) / 2)[0];
    }

    private ConfidenceInterval[] Resample(IReadOnlyList<double[]> values, Func<double[], double[], double> ofSample, Func<double[], double> ofAll)
    {
        var results = Sample(values, ofSample);
        return [.. values.Select((list, i) => ToInterval(ofAll(list), results[i]))];
    }

    private double[][] Sample(IReadOnlyList<double[]> values, Func<double[], double[], double> ofSample)
    {
        var results = values.Select(_ => new double[samples]).ToArray();
        ParallelFor.Run(samples, -1, sample =>
        {
            var counts = new double[values[0].Length];
            var random = new Random(unchecked(seed * 1_000_003 + sample));
            for (var i = 0; i < counts.Length; i++)
                counts[random.Next(counts.Length)]++;
            for (var i = 0; i < results.Length; i++)
                results[i][sample] = ofSample(counts, values[i]);
        });
        return results;
    }

    private static double Median(double[] counts, double[] sorted)
    {
        double? lower = null;
        double before = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            before += counts[i];
            if (lower is null && before > (counts.Length - 1) / 2)
                lower = sorted[i];
            if (before > counts.Length / 2)
                return (lower!.Value + sorted[i]) / 2;
        }

        return sorted[^1];
    }

    /// <summary>Linear between the two nearest.</summary>
    private static double Quantile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var index = Math.Min((int)place, sorted.Length - 1);
        var next = Math.Min(index + 1, sorted.Length - 1);
        return sorted[index] + (place - index) * (sorted[next] - sorted[index]);
    }
}
