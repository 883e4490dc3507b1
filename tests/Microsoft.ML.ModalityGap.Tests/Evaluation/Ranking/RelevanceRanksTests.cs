namespace Microsoft.ML.ModalityGap.Tests.Evaluation.Ranking;

[TestClass]
public class RelevanceRanksTests
{
    [TestMethod]
    [DataRow(1, 1, 3, 1)]
    [DataRow(1, 40, 3, 3)]
    [DataRow(40, 1, 3, 1)]
    [DataRow(97, 257, 2, 5)]
    [DataRow(200, 300, 5, 60)]
    [DataRow(30, 700, 19, 400)]
    public void ComputeBothWays_ManyTies_EqualsTheSortedRankings(int queries, int documents, int dimension, int mostRelevant)
    {
        var data = new RetrievalCase(queries, documents, dimension, mostRelevant, seed: queries + documents);
        var (forward, backward) = RelevanceRanks.ComputeBothWays(data.Queries, data.Gallery, dimension, data.Lists);
        AssertRanks(data.Naive, forward);
        AssertRanks(new NaiveRetrieval(data.Gallery, data.Queries, dimension, data.Relevant.Select(entry => (entry.Document, entry.Query, entry.Grade))), backward);
        AssertRanks(data.Naive, RelevanceRanks.Compute(data.Queries, data.Gallery, dimension, data.Lists));
    }

    [TestMethod]
    public void ComputeBothWays_EqualRowsOfAnyKind_TieExactly()
    {
        // Vectors whose dot products round: equal rows must tie wherever they stand, so the rank is the place among the equals.
        const int Rows = 600;
        const int Dimension = 37;
        var distinct = TestEmbeddings.Create(3, Dimension, 5);
        var rows = Enumerable.Range(0, Rows).SelectMany(row => distinct.AsSpan(row % 3 * Dimension, Dimension).ToArray()).ToArray();
        for (var row = 0; row < Rows; row++)
            RowKernels.Normalize(rows.AsSpan(row * Dimension, Dimension), rows.AsSpan(row * Dimension, Dimension));
        var (forward, backward) = RelevanceRanks.ComputeBothWays(rows, rows, Dimension, RelevanceLists.ByRow(Rows));
        for (var row = 0; row < Rows; row++)
        {
            Assert.AreEqual(1 + row / 3, forward.GetRanks(row)[0], $"row {row}");
            Assert.AreEqual(1 + row / 3, backward.GetRanks(row)[0], $"row {row}");
        }
    }

    [TestMethod]
    public void ComputeBothWays_AnyNumberOfThreads_IsTheSame()
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 500 * 24).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        var relevance = RelevanceLists.FromEntries([.. Enumerable.Range(0, 3_000).Select(i => (i % 300, i * 7 % 200, 1f)).DistinctBy(entry => (entry.Item1, entry.Item2))], 300, 200);
        var expected = RelevanceRanks.ComputeBothWays(values.AsMemory(0, 300 * 24), values.AsMemory(300 * 24), 24, relevance, maxDegreeOfParallelism: 1);
        foreach (var threads in new[] { 2, 3, 8 })
        {
            var actual = RelevanceRanks.ComputeBothWays(values.AsMemory(0, 300 * 24), values.AsMemory(300 * 24), 24, relevance, threads);
            for (var query = 0; query < 300; query++)
                CollectionAssert.AreEqual(expected.Forward.GetRanks(query).ToArray(), actual.Forward.GetRanks(query).ToArray());
            for (var query = 0; query < 200; query++)
                CollectionAssert.AreEqual(expected.Backward.GetRanks(query).ToArray(), actual.Backward.GetRanks(query).ToArray());
        }
    }

    private static void AssertRanks(NaiveRetrieval expected, RankedRelevance actual)
    {
        for (var query = 0; query < actual.QueryCount; query++)
            CollectionAssert.AreEqual(expected.Ranks(query), actual.GetRanks(query).ToArray(), $"query {query}");
    }
}
