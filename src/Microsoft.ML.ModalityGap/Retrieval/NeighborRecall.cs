namespace Microsoft.ML.ModalityGap;

/// <summary>How much of what an exact search finds another one does.</summary>
internal static class NeighborRecall
{
    /// <summary>The share of the exact neighbours that were found, the mean over queries that have some; NaN where none has.</summary>
    internal static double Measure(IReadOnlyList<IReadOnlyList<Neighbor>> exact, IReadOnlyList<IReadOnlyList<Neighbor>> found)
    {
        var recalls = exact.Select((neighbors, query) => (Wanted: neighbors.Count, Found: neighbors.Select(neighbor => neighbor.Position).Intersect(found[query].Select(neighbor => neighbor.Position)).Count()))
            .Where(counts => counts.Wanted > 0).Select(counts => counts.Found / (double)counts.Wanted).ToArray();
        return recalls.Length == 0 ? double.NaN : recalls.Average();
    }
}
