namespace Microsoft.ML.ModalityGap.Tests.Retrieval;

/// <summary>The first cut by sign bits: what is found has exact scores, what is missing is little, and neither depends on threads or on how the rows came.</summary>
[TestClass]
public class ApproximateBitsTests
{
    private const int Dimension = 24;
    private const int Rows = 3000;

    private static readonly float[] _rows = TestEmbeddings.Create(Rows, Dimension, seed: 1, offset: 0);
    private static readonly float[] _queries = TestEmbeddings.Create(50, Dimension, seed: 2, offset: 0);

    [TestMethod]
    [DataRow(IndexStorage.Float32)]
    [DataRow(IndexStorage.Float16)]
    [DataRow(IndexStorage.Int8)]
    public void Search_ByBits_FindsAlmostAllWithExactScores(IndexStorage storage)
    {
        var (index, exact) = (Create(storage), Create(storage, IndexFirstPass.None));
        var found = index.SearchBatch(_queries.AsSpan(), 10);
        var expected = exact.SearchBatch(_queries.AsSpan(), Rows);
        var missing = 0;
        for (var query = 0; query < found.Count; query++)
        {
            var scores = expected[query].ToDictionary(neighbor => neighbor.Id);
            Assert.HasCount(10, found[query]);
            foreach (var neighbor in found[query])
                Assert.AreEqual(scores[neighbor.Id], neighbor);
            missing += expected[query].Take(10).Except(found[query]).Count();
        }

        Assert.AreEqual(1 - missing / 500.0, index.MeasureRecall(_queries, 10), 1e-12);
        Assert.IsGreaterThan(0.9, index.MeasureRecall(_queries, 10));
        Assert.IsGreaterThan(index.MeasureRecall(_queries, 10, new SearchOptions { ApproximateCandidates = 20 }), index.MeasureRecall(_queries, 10));

        // All that can be found is exact again, with the first pass or without.
        Assert.AreEqual(1, exact.MeasureRecall(_queries, 10));
        foreach (var options in new[] { new SearchOptions { ApproximateCandidates = Rows }, new SearchOptions { UseFirstPass = false } })
            CollectionAssert.AreEqual(expected[3].Take(10).ToArray(), index.SearchBatch(_queries.AsSpan(), 10, options)[3].ToArray());
    }

    [TestMethod]
    public void Search_AnyNumberOfThreadsAndQueries_FindsTheSame()
    {
        var index = Create();
        var expected = index.SearchBatch(_queries.AsSpan(), 10, new SearchOptions { MaxDegreeOfParallelism = 1 });
        var several = index.SearchBatch(_queries.AsSpan(), 10, new SearchOptions { MaxDegreeOfParallelism = 3 });
        for (var query = 0; query < expected.Count; query++)
        {
            CollectionAssert.AreEqual(expected[query].ToArray(), several[query].ToArray());
            CollectionAssert.AreEqual(expected[query].ToArray(), index.Search(_queries.AsSpan(query * Dimension, Dimension), 10).ToArray());
        }
    }

    [TestMethod]
    public void Search_AfterAdditionsRemovalsAndSaving_IsThatOfANewIndexOfTheRows()
    {
        var index = Create(count: 1500);
        index.Search(_queries.AsSpan(0, Dimension), 10);
        for (var i = 1500; i < Rows; i++)
            index.Add(i, _rows.AsSpan(i * Dimension, Dimension));
        CheckSame(Create(), index);

        index.Remove(7, 1400, 2999);
        index.Replace(100, _queries.AsSpan(0, Dimension), null);
        var fresh = new EmbeddingIndex(Dimension, index.Options);
        foreach (var i in Enumerable.Range(0, Rows).Except([7, 1400, 2999]))
            fresh.Add(i, i == 100 ? _queries.AsSpan(0, Dimension) : _rows.AsSpan(i * Dimension, Dimension));
        CheckSame(fresh, index);

        using var stream = new MemoryStream();
        index.Save(stream);
        stream.Position = 0;
        CheckSame(index, EmbeddingIndex.Load(stream));
    }

    [TestMethod]
    public void Search_OfSomeModalities_ProposesThoseAlone()
    {
        var index = new EmbeddingIndex(Dimension, new EmbeddingIndexOptions { FirstPass = IndexFirstPass.ApproximateBits });
        for (var i = 0; i < Rows; i++)
            index.Add(i, _rows.AsSpan(i * Dimension, Dimension), i % 100 == 0 ? "rare" : "common");
        var found = index.SearchBatch(_queries.AsSpan(), 10, new SearchOptions { Modalities = ["rare"], ApproximateCandidates = 20 });
        Assert.IsTrue(found.All(neighbors => neighbors.Count == 10 && neighbors.All(neighbor => neighbor.Id.Number % 100 == 0)));
    }

    [TestMethod]
    public void Options_ThatDoNotGoTogether_AreRefused()
    {
        var exception = Assert.ThrowsExactly<ArgumentException>(() => new EmbeddingIndex(3, new EmbeddingIndexOptions { Metric = SimilarityMetric.Dot, FirstPass = IndexFirstPass.ApproximateBits }));
        Assert.Contains(nameof(IndexFirstPass.ApproximateBits), exception.Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SearchOptions { ApproximateCandidates = 0 });
    }

    [TestMethod]
    [DataRow(4)]
    [DataRow(8)]
    [DataRow(16)]
    public void Distances_OfAnyNumberOfWords_CountTheBitsThatDiffer(int words)
    {
        var random = new Random(words);
        var query = Enumerable.Range(0, words).Select(_ => (ulong)random.NextInt64()).ToArray();
        var rows = Enumerable.Range(0, words * 37).Select(_ => (ulong)random.NextInt64()).ToArray();
        var found = new int[37];
        BitDistances.Measure(query, rows, found);
        for (var row = 0; row < found.Length; row++)
            Assert.AreEqual(Enumerable.Range(0, 64 * words).Count(bit => ((rows[row * words + bit / 64] ^ query[bit / 64]) >> bit % 64 & 1) == 1), found[row]);
        Assert.ThrowsExactly<ArgumentException>(() => BitDistances.Measure(query, rows, new int[36]));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(50)]
    [DataRow(5000)]
    public void Nearest_WithManyTies_AreTheFirstOfThoseInOrder(int count)
    {
        var random = new Random(3);

        // Nearer and nearer ones, so that what was kept is dropped again, and then a great many of the same.
        var distances = Enumerable.Range(0, 20_000).Select(i => i > 15_000 ? 40 : random.Next(60 - i / 400, 250)).ToArray();
        var allowed = distances.Select((_, i) => i % 7 != 0).ToArray();
        var expected = Enumerable.Range(0, distances.Length).Where(i => allowed[i]).OrderBy(i => distances[i]).ThenBy(i => i).Take(count).ToArray();
        foreach (var cuts in new int[][] { [0, 20_000], [0, 9_000, 20_000] })
        {
            var parts = cuts.Zip(cuts.Skip(1)).Select(cut =>
            {
                var part = new NearestBits(count, 256);
                for (var first = cut.First; first < cut.Second; first += 500)
                    part.Add(distances.AsSpan(first, 500), first, allowed);
                return part;
            }).ToArray();
            CollectionAssert.AreEqual(expected, NearestBits.Merge(parts, count));
        }
    }

    [TestMethod]
    public void Bits_OfRows_TellTheAngleBetweenThem()
    {
        // Rows with their opposites have the mean zero, so angles are those of the rows themselves. Of each query all rows come back, nearest first.
        var rows = new float[2 * 400 * Dimension];
        _rows.AsSpan(0, 400 * Dimension).CopyTo(rows);
        for (var i = 0; i < 400 * Dimension; i++)
            rows[400 * Dimension + i] = -rows[i];
        var index = new EmbeddingIndex(Dimension, new EmbeddingIndexOptions { FirstPass = IndexFirstPass.ApproximateBits });
        index.AddRange([.. Enumerable.Range(0, 800).Select(i => new EmbeddingId(i))], rows);
        var query = index.GetEmbedding(5);
        var nearest = index.Bits!.FindNearest(index.Store, query, 800, null, 1)[0];
        Assert.AreEqual(5, nearest[0]);
        Assert.AreEqual(405, nearest[^1]);
        var angles = nearest.Select(row => Math.Acos(Math.Clamp(query.Zip(index.GetEmbedding(row)).Sum(pair => (double)pair.First * pair.Second), -1, 1))).ToArray();
        var sorted = angles.Order().ToArray();

        // 256 bits: a standard deviation of 0.1 at most.
        Assert.IsLessThan(0.1, angles.Zip(sorted).Average(pair => Math.Abs(pair.First - pair.Second)));
    }

    private static EmbeddingIndex Create(IndexStorage storage = IndexStorage.Float32, IndexFirstPass firstPass = IndexFirstPass.ApproximateBits, int count = Rows)
    {
        var index = new EmbeddingIndex(Dimension, new EmbeddingIndexOptions { Storage = storage, FirstPass = firstPass });
        index.AddRange([.. Enumerable.Range(0, count).Select(i => new EmbeddingId(i))], _rows.AsSpan(0, count * Dimension));
        return index;
    }

    private static void CheckSame(EmbeddingIndex expected, EmbeddingIndex found)
    {
        var (first, second) = (expected.SearchBatch(_queries.AsSpan(), 10), found.SearchBatch(_queries.AsSpan(), 10));
        for (var query = 0; query < first.Count; query++)
            CollectionAssert.AreEqual(first[query].ToArray(), second[query].ToArray());
    }
}
