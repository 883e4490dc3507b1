namespace Microsoft.ML.ModalityGap.Tests.Retrieval;

[TestClass]
public class EmbeddingIndexTests
{
    private const int Dimension = 37;

    [TestMethod]
    [DataRow(SimilarityMetric.Cosine)]
    [DataRow(SimilarityMetric.Dot)]
    public void SearchBatch_AnySize_IsThatOfDoubles(SimilarityMetric metric)
    {
        foreach (var (rows, queries, k) in new[] { (1, 1, 1), (1, 3, 5), (31, 2, 40), (33, 13, 3), (1100, 50, 10), (2500, 1, 7), (70, 250, 64) })
        {
            var gallery = TestEmbeddings.Create(rows, Dimension, seed: 1);
            var query = TestEmbeddings.Create(queries, Dimension, seed: 2);
            var index = Create(gallery, new EmbeddingIndexOptions { Metric = metric });
            var naive = new NaiveSearch(gallery, Dimension, metric == SimilarityMetric.Cosine);
            var found = index.SearchBatch(query.AsSpan(), k);
            Assert.HasCount(queries, found);
            for (var i = 0; i < queries; i++)
            {
                var scores = naive.Scores(query.AsSpan(i * Dimension, Dimension).ToArray());
                CheckRanking(scores, NaiveSearch.Top(scores, k), found[i], tolerance: metric == SimilarityMetric.Cosine ? 1e-6 : 1e-3, $"{metric}, {rows} rows, query {i}");
            }
        }
    }

    /// <summary>1 − the paper's ratio of variances, of rows whose spread and mean differ.</summary>
    [TestMethod]
    [DataRow(IndexStorage.Float32, 2e-5)]
    [DataRow(IndexStorage.Float16, 2e-2)]
    [DataRow(IndexStorage.Int8, 2e-1)]
    public void SearchBatch_SignalToNoise_IsThatOfVariances(IndexStorage storage, double tolerance)
    {
        const int Rows = 1100;
        var (gallery, queries) = (TestEmbeddings.Create(Rows, Dimension, seed: 40), TestEmbeddings.Create(30, Dimension, seed: 41));
        for (var i = 0; i < gallery.Length; i++)
            gallery[i] = gallery[i] * (1 + i / Dimension % 4 * 0.5f) + i / Dimension % 3;
        for (var i = 0; i < queries.Length; i++)
            queries[i] = 2 * queries[i] - i / Dimension;
        var index = Create(gallery, new EmbeddingIndexOptions { Metric = SimilarityMetric.SignalToNoise, Storage = storage });
        index.Remove(Enumerable.Range(1000, 100).Select(i => (EmbeddingId)i));
        using var stream = new MemoryStream();
        index.Save(stream);
        stream.Position = 0;
        var loaded = EmbeddingIndex.Load(stream);
        foreach (var searched in new[] { index, loaded })
        {
            var found = searched.SearchBatch(queries.AsSpan(), 12);
            for (var i = 0; i < 30; i++)
            {
                var query = queries[(i * Dimension)..((i + 1) * Dimension)];
                double[] scores = [.. Enumerable.Range(0, 1000).Select(row => 1 - Variance(gallery[(row * Dimension)..((row + 1) * Dimension)].Zip(query, (g, h) => (double)g - h)) / Variance(query.Select(value => (double)value)))];
                CheckRanking(scores, NaiveSearch.Top(scores, 12), found[i], tolerance, $"query {i}");
            }
        }

        static double Variance(IEnumerable<double> values) => values.ToArray() is var all ? all.Average(value => Math.Pow(value - all.Average(), 2)) : 0;
    }

    [TestMethod]
    public void Search_SignalToNoise_RefusesWhatHasNoMeaning()
    {
        var index = new EmbeddingIndex(3, new EmbeddingIndexOptions { Metric = SimilarityMetric.SignalToNoise });
        index.Add(1, [2, 2, 2]);
        index.Add(2, [1, 2, 3]);
        Assert.Contains("no signal", Assert.ThrowsExactly<InvalidDataException>(() => index.Search([5, 5, 5], 1)).Message);
        Assert.IsEmpty(index.Search([5, 5, 5], 1, new SearchOptions { UnusableRows = UnusableRows.Skip }));
        var found = index.Search([11, 12, 13], 2);
        CollectionAssert.AreEqual(new[] { 1, 0 }, found.Select(neighbor => neighbor.Position).ToArray());
        Assert.AreEqual(1, found[0].Score, 1e-6, "the same but for a constant");
        Assert.AreEqual(0, found[1].Score, 1e-6, "a constant row leaves the whole signal as noise");
        var rescorer = new Rescorer(new InvertedSoftmax(), 3, [1, 2, 3]);
        Assert.Contains("SignalToNoise", Assert.ThrowsExactly<ArgumentException>(() => index.Search([1, 2, 4], 1, new SearchOptions { Rescorer = rescorer })).Message);
        var half = new EmbeddingIndex(2, new EmbeddingIndexOptions { Metric = SimilarityMetric.SignalToNoise, Storage = IndexStorage.Float16 });
        half.Add(1, [100_000, 100_001]);
        Assert.ThrowsExactly<ArgumentException>(() => half.Add(2, [-100_000, 100_001]));
    }

    [TestMethod]
    public void Search_EqualRows_ComeByPosition()
    {
        var row = TestEmbeddings.Create(1, Dimension, seed: 3);
        var index = new EmbeddingIndex(Dimension);
        for (var i = 0; i < 2100; i++)
            index.Add(i, row);
        foreach (var threads in new[] { 1, 3 })
        {
            var found = index.Search(TestEmbeddings.Create(1, Dimension, seed: 4), 50, new SearchOptions { MaxDegreeOfParallelism = threads });
            CollectionAssert.AreEqual(Enumerable.Range(0, 50).ToArray(), found.Select(neighbor => neighbor.Position).ToArray());
            Assert.AreEqual(1, found.Select(neighbor => neighbor.Score).Distinct().Count());
        }
    }

    [TestMethod]
    public void Search_AloneOrAmongOthersOnAnyThreads_SameBits()
    {
        var index = Create(TestEmbeddings.Create(3000, 300, seed: 5), dimension: 300);
        var queries = TestEmbeddings.Create(260, 300, seed: 6);
        var expected = index.SearchBatch(queries.AsSpan(), 9, new SearchOptions { MaxDegreeOfParallelism = 1 });
        foreach (var threads in new[] { 2, 5 })
        {
            var found = index.SearchBatch(queries.AsSpan(), 9, new SearchOptions { MaxDegreeOfParallelism = threads });
            for (var i = 0; i < expected.Count; i++)
                CollectionAssert.AreEqual(expected[i].ToArray(), found[i].ToArray());
        }

        for (var i = 0; i < expected.Count; i += 7)
            CollectionAssert.AreEqual(expected[i].ToArray(), index.Search(queries.AsSpan(i * 300, 300), 9).ToArray(), $"query {i}");
    }

    [TestMethod]
    [DataRow(IndexStorage.Float16, 6e-4)]
    [DataRow(IndexStorage.Int8, 1e-2)]
    public void Search_SmallerStorage_ScoresWhatItHolds(IndexStorage storage, double errorOfForm)
    {
        var gallery = TestEmbeddings.Create(200, Dimension, seed: 7);
        var index = Create(gallery, new EmbeddingIndexOptions { Storage = storage });
        var query = TestEmbeddings.Create(1, Dimension, seed: 8);
        var held = Enumerable.Range(0, 200).SelectMany(i => index.GetEmbedding(i)).ToArray();
        var unit = NaiveSearch.Rows(gallery, Dimension, normalizes: true).SelectMany(row => row).ToArray();
        for (var i = 0; i < unit.Length; i++)
            Assert.AreEqual(unit[i], held[i], errorOfForm);

        var scores = new NaiveSearch(held, Dimension, normalizes: false).Scores(NaiveSearch.Rows(query, Dimension, normalizes: true)[0]);
        CheckRanking(scores, NaiveSearch.Top(scores, 20), index.Search(query, 20), 1e-6, $"{storage}");
    }

    [TestMethod]
    public void Search_Modalities_FindsTheirsOnly()
    {
        var gallery = TestEmbeddings.Create(500, Dimension, seed: 9);
        var index = new EmbeddingIndex(Dimension);
        for (var i = 0; i < 500; i++)
            index.Add($"row{i}", gallery.AsSpan(i * Dimension, Dimension), i % 3 == 0 ? "image" : i % 3 == 1 ? "text" : null);
        CollectionAssert.AreEqual(new[] { "image", "text" }, index.Modalities.ToArray());

        var query = TestEmbeddings.Create(1, Dimension, seed: 10);
        var scores = new NaiveSearch(gallery, Dimension).Scores(query);
        var images = index.Search(query, 30, new SearchOptions { Modalities = ["image"] });
        CheckRanking(scores, NaiveSearch.Top(scores, 30, position => position % 3 == 0), images, 1e-6, "images");
        Assert.IsTrue(images.All(neighbor => neighbor.Modality == "image" && neighbor.Id == $"row{neighbor.Position}"));
        Assert.HasCount(334, index.Search(query, 1000, new SearchOptions { Modalities = ["text", "image"] }));
        Assert.HasCount(0, index.Search(query, 5, new SearchOptions { Modalities = [] }));
        Assert.ThrowsExactly<ArgumentException>(() => index.Search(query, 5, new SearchOptions { Modalities = ["audio"] }));
    }

    [TestMethod]
    [DataRow(IndexStorage.Float32)]
    [DataRow(IndexStorage.Int8)]
    public void Remove_Rows_LeavesAnIndexOfTheRest(IndexStorage storage)
    {
        var options = new EmbeddingIndexOptions { Storage = storage };
        var gallery = TestEmbeddings.Create(1100, Dimension, seed: 11);
        var index = Create(gallery, options);
        EmbeddingId[] gone = [.. Enumerable.Range(0, 1100).Where(i => i % 5 == 2 || i > 1000).Select(i => (EmbeddingId)i)];
        Assert.AreEqual(gone.Length, index.Remove([.. gone, 5000, gone[0]]));
        Assert.AreEqual(0, index.Remove(gone));

        var rest = new EmbeddingIndex(Dimension, options);
        foreach (var i in Enumerable.Range(0, 1100).Where(i => !gone.Contains(i)))
            rest.Add(i, gallery.AsSpan(i * Dimension, Dimension));
        Assert.AreEqual(rest.Count, index.Count);
        var queries = TestEmbeddings.Create(20, Dimension, seed: 12);
        var (expected, found) = (rest.SearchBatch(queries.AsSpan(), 15), index.SearchBatch(queries.AsSpan(), 15));
        for (var i = 0; i < 20; i++)
            CollectionAssert.AreEqual(expected[i].ToArray(), found[i].ToArray());
    }

    [TestMethod]
    public void Add_AfterRemove_GoesOn()
    {
        var gallery = TestEmbeddings.Create(3, Dimension, seed: 13);
        var index = Create(gallery);
        index.Remove(1);
        index.Add(7, gallery.AsSpan(Dimension, Dimension));
        CollectionAssert.AreEquivalent(new EmbeddingId[] { 0, 2, 7 }, index.Search(gallery.AsSpan(0, Dimension), 9).Select(neighbor => neighbor.Id).ToArray());
        Assert.AreEqual(7, index.Search(gallery.AsSpan(Dimension, Dimension), 1)[0].Id);
    }

    [TestMethod]
    public void Search_AllRowsOfManyQueries_InGroupsAsAlone()
    {
        // More neighbours in all than are found in one go.
        var index = Create(TestEmbeddings.Create(2000, 3, seed: 19), dimension: 3);
        var queries = TestEmbeddings.Create(600, 3, seed: 20);
        var found = index.SearchBatch(queries.AsSpan(), int.MaxValue);
        foreach (var query in new[] { 0, 523, 524, 599 })
            CollectionAssert.AreEqual(index.Search(queries.AsSpan(query * 3, 3), 2000).ToArray(), found[query].ToArray());
    }

    [TestMethod]
    public void Search_WhileRowsAreAddedAndRemoved_SeesWholeStates()
    {
        var gallery = TestEmbeddings.Create(600, Dimension, seed: 21);
        var index = Create(gallery[..(300 * Dimension)]);
        var rescorer = new Rescorer(new CrossDomainLocalScaling(), Dimension, gallery.AsSpan(0, 20 * Dimension));
        Parallel.For(0, 120, i =>
        {
            if (i % 3 == 0)
            {
                index.AddRange([1000 + 2 * i, 1001 + 2 * i], gallery.AsSpan((300 + 2 * i) * Dimension, 2 * Dimension));
            }
            else if (i % 3 == 1)
            {
                index.Remove(i);
            }
            else
            {
                var found = index.Search(gallery.AsSpan(0, Dimension), 1000, new SearchOptions { Rescorer = i % 2 == 0 ? rescorer : null });
                Assert.AreEqual(found.Count, found.Select(neighbor => neighbor.Id).Distinct().Count());
                Assert.AreEqual(0, found.Count(neighbor => neighbor.Id.Number >= 1000) % 2, "half of an addition was seen");
            }
        });
        Assert.AreEqual(300 + 80 - 40, index.Count);
    }

    [TestMethod]
    public void Search_EmptyIndex_FindsNothing() => Assert.HasCount(0, new EmbeddingIndex(3).Search([1, 2, 3], 5));

    [TestMethod]
    public void Search_UnusableQuery_IsNamedOrFindsNothing()
    {
        var index = Create(TestEmbeddings.Create(10, Dimension, seed: 14));
        var queries = TestEmbeddings.Create(3, Dimension, seed: 15);
        queries[Dimension + 4] = float.NaN;
        Assert.Contains("Query 1 cannot be used: it holds a NaN at dimension 4", Assert.ThrowsExactly<InvalidDataException>(() => index.SearchBatch(queries.AsSpan(), 2)).Message);
        var found = index.SearchBatch(queries.AsSpan(), 2, new SearchOptions { UnusableRows = UnusableRows.Skip });
        CollectionAssert.AreEqual(new[] { 2, 0, 2 }, found.Select(neighbors => neighbors.Count).ToArray());
        Assert.ThrowsExactly<InvalidDataException>(() => index.Search(new float[Dimension], 1));
        Assert.Contains("37 dimensions, but the query has 36", Assert.ThrowsExactly<ArgumentException>(() => index.Search(new float[36], 1)).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => index.Search(queries.AsSpan(0, Dimension), 0));
        Assert.HasCount(10, new EmbeddingIndexOptions { Metric = SimilarityMetric.Dot } is var dot ? Create(TestEmbeddings.Create(10, Dimension, seed: 14), dot).Search(new float[Dimension], 99) : []);
    }

    [TestMethod]
    public void AddRange_Arrays_AddsWhatOneBehindTheOtherAdds()
    {
        var rows = TestEmbeddings.Create(4, Dimension, seed: 15).Chunk(Dimension).ToArray();
        var index = new EmbeddingIndex(Dimension);
        index.AddRange(["a", "b", "c", "d"], rows, "image");
        for (var i = 0; i < rows.Length; i++)
        {
            var nearest = index.Search(rows[i], 1)[0];
            Assert.AreEqual((i, "image", 1f), (nearest.Position, nearest.Modality, MathF.Round(nearest.Score, 5)));
        }

        Assert.Contains("1 ids, but 4", Assert.ThrowsExactly<ArgumentException>(() => index.AddRange(["e"], rows)).Message);
        Assert.Contains($"row 1 has {Dimension - 1}", Assert.ThrowsExactly<ArgumentException>(() => index.AddRange(["e", "f"], [rows[0], rows[1][1..]])).Message);
        Assert.AreEqual(4, index.Count);
    }

    [TestMethod]
    public void Add_UnfitRow_SaysWhyAndAddsNothing()
    {
        var index = Create(TestEmbeddings.Create(2, Dimension, seed: 16));
        var row = TestEmbeddings.Create(1, Dimension, seed: 17);
        Assert.Contains("in the index already", Assert.ThrowsExactly<ArgumentException>(() => index.Add(1, row)).Message);
        Assert.Contains("is a text, but those of this index are numbers", Assert.ThrowsExactly<ArgumentException>(() => index.Add("a", row)).Message);
        Assert.Contains("a zero vector", Assert.ThrowsExactly<ArgumentException>(() => index.Add(3, new float[Dimension])).Message);
        Assert.Contains("'4' is given twice", Assert.ThrowsExactly<ArgumentException>(() => index.AddRange([3, 4, 4], TestEmbeddings.Create(3, Dimension, seed: 18))).Message);
        Assert.AreEqual(2, index.Count);
        row[5] = 70_000;
        Assert.Contains("65,504", Assert.ThrowsExactly<ArgumentException>(
            () => new EmbeddingIndex(Dimension, new EmbeddingIndexOptions { Metric = SimilarityMetric.Dot, Storage = IndexStorage.Float16 }).Add(1, row)).Message);
    }

    [TestMethod]
    public void CreateIndex_DataView_KeepsIdsAndModalities()
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context, rows: 90, dimension: 13);
        var index = context.ModalityGap().CreateIndex(data, "Image", "Id", "Modality");
        Assert.IsTrue(index.HasNumericIds);
        Assert.AreEqual(90, index.Count);
        var found = index.SearchBatch(data, "Image", 1);
        for (var i = 0; i < 90; i++)
        {
            Assert.AreEqual(i, found[i][0].Id);
            Assert.AreEqual(i % 3 == 0 ? "image" : "text", found[i][0].Modality);
            Assert.AreEqual(1, found[i][0].Score, 1e-6);
        }

        Assert.AreEqual(89, context.ModalityGap().CreateIndex(data, "Image").Search(TestEmbeddings.Create(90, 13, 1).AsSpan(89 * 13), 1)[0].Id);
        Assert.Contains("already", Assert.ThrowsExactly<InvalidDataException>(() => context.ModalityGap().CreateIndex(data, "Image", "Modality")).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => context.ModalityGap().CreateIndex(data, "Image", "Text"));
    }

    [TestMethod]
    public void CreateIndex_UnusableRow_IsNamedOrLeftOut()
    {
        var context = new MLContext(seed: 1);
        var image = TestEmbeddings.Create(5, 13, 1);
        image[3 * 13 + 2] = float.PositiveInfinity;
        var rows = Enumerable.Range(0, 5).Select(i => new TestEmbeddings.Pair { Id = i, Image = image.AsSpan(i * 13, 13).ToArray(), Text = new float[13], Modality = "image" }).ToArray();
        var data = TestEmbeddings.CreateDataView(context, rows, 13);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => context.ModalityGap().CreateIndex(data, "Image", "Id"));
        Assert.Contains("Column 'Image', row 3 cannot be used: it holds an infinity at dimension 2", exception.Message);
        Assert.AreEqual(4, context.ModalityGap().CreateIndex(data, "Image", "Id", options: new EmbeddingIndexOptions { UnusableRows = UnusableRows.Skip }).Count);
    }

    [TestMethod]
    public void Search_OtherMaps_IsRefusedByBothFingerprints()
    {
        var context = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(context);
        var first = context.Transforms.CenterModalities("Image", "Text").Fit(data);
        var second = context.Transforms.CenterModalities("Image").Fit(data);
        var index = context.ModalityGap().CreateIndex(first.Transform(data), "Image");
        Assert.AreEqual(first.Fingerprint, index.Fingerprint);
        Assert.HasCount(150, index.SearchBatch(first.Transform(data), "Text", 1));
        var message = Assert.ThrowsExactly<InvalidDataException>(() => index.SearchBatch(second.Transform(data), "Image", 1)).Message;
        Assert.Contains(first.Fingerprint, message);
        Assert.Contains(second.Fingerprint, message);
        Assert.ThrowsExactly<InvalidDataException>(() => index.Search(new float[13], 1, new SearchOptions { Fingerprint = second.Fingerprint }));
    }

    internal static EmbeddingIndex Create(float[] gallery, EmbeddingIndexOptions? options = null, int dimension = Dimension)
    {
        var index = new EmbeddingIndex(dimension, options);
        index.AddRange([.. Enumerable.Range(0, gallery.Length / dimension).Select(i => (EmbeddingId)i)], gallery);
        return index;
    }

    /// <summary>Scores equal those expected, and rows stand where they are expected unless others are as good within the tolerance.</summary>
    internal static void CheckRanking(double[] scores, (int Position, double Score)[] expected, IReadOnlyList<Neighbor> found, double tolerance, string what)
    {
        Assert.HasCount(expected.Length, found, what);
        Assert.AreEqual(found.Count, found.Select(neighbor => neighbor.Position).Distinct().Count(), what);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i].Score, found[i].Score, tolerance, $"{what}, rank {i}");
            Assert.AreEqual(scores[found[i].Position], found[i].Score, tolerance, $"{what}, rank {i}");
        }
    }
}
