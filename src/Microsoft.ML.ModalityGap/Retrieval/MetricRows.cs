namespace Microsoft.ML.ModalityGap;

/// <summary>What a metric compares in the place of a row or a query, so that all metrics search by the dot product.</summary>
internal static class MetricRows
{
    /// <summary>Writes what is compared: the unit vector, the values without their mean, or the values as they are.</summary>
    internal static void Prepare(SimilarityMetric metric, ReadOnlySpan<float> source, Span<float> destination)
    {
        switch (metric)
        {
            case SimilarityMetric.Cosine:
                RowKernels.Normalize(source, destination);
                break;
            case SimilarityMetric.SignalToNoise:
                var mean = GetMean(source);
                for (var i = 0; i < source.Length; i++)
                    destination[i] = (float)(source[i] - mean);
                break;
            default:
                source.CopyTo(destination);
                break;
        }
    }

    /// <summary>The length of what is compared, squared.</summary>
    internal static double GetSquaredNorm(SimilarityMetric metric, ReadOnlySpan<float> row)
    {
        if (metric == SimilarityMetric.Cosine)
            return 1;
        var (mean, sum) = (metric == SimilarityMetric.SignalToNoise ? GetMean(row) : 0, 0.0);
        foreach (var value in row)
            sum += (value - mean) * (value - mean);
        return sum;
    }

    private static double GetMean(ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        foreach (var value in row)
            sum += value;
        return sum / row.Length;
    }
}
