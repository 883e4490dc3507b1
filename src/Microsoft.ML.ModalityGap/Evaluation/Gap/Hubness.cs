namespace Microsoft.ML.ModalityGap;

/// <summary>How unevenly a gallery is found.</summary>
internal static class Hubness
{
    /// <summary>The skewness of the k-occurrence: E[(N − μ)³]/σ³, where N counts in how many queries' lists a document is; 0 when all are found equally often.</summary>
    internal static double Skewness(TopLists top, int documentCount)
    {
        var counts = new int[documentCount];
        for (var query = 0; query < top.QueryCount; query++)
        {
            foreach (var position in top.GetPositions(query))
                counts[position]++;
        }

        var mean = counts.Average();
        double squares = 0, cubes = 0;
        foreach (var count in counts)
        {
            var deviation = count - mean;
            squares += deviation * deviation;
            cubes += deviation * deviation * deviation;
        }

        var variance = squares / documentCount;
        return variance > 0 ? cubes / documentCount / Math.Pow(variance, 1.5) : 0;
    }
}
