namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>What answers are held against.</summary>
internal static class Answers
{
    /// <summary>An answer is the same as that of one index, bit for bit and place by place.</summary>
    internal static void AssertSame(EmbeddingIndex whole, float[] queries, int k, SearchOptions? options, ClusterSearchResult found)
    {
        var expected = whole.SearchBatch(queries.AsSpan(), k, options);
        Assert.HasCount(expected.Count, found.Neighbors);
        for (var query = 0; query < expected.Count; query++)
        {
            CollectionAssert.AreEqual(
                expected[query].Select(neighbor => new ClusterNeighbor(neighbor.Position, neighbor.Id, neighbor.Score, neighbor.Modality, neighbor.Probability)).ToArray(),
                found.Neighbors[query].ToArray(),
                $"query {query}");
        }
    }
}
