namespace Microsoft.ML.ModalityGap.Tests.Search;

[TestClass]
public class ApproximateSearchTests
{
    private const int K = 10;

    [TestMethod]
    [DataRow(IndexStorage.Float32, SimilarityMetric.Cosine, IndexStorage.Float16, IndexFirstPass.None)]
    [DataRow(IndexStorage.Float16, SimilarityMetric.Cosine, IndexStorage.Float32, IndexFirstPass.Int8)]
    [DataRow(IndexStorage.Int8, SimilarityMetric.Cosine, IndexStorage.Int8, IndexFirstPass.None)]
    [DataRow(IndexStorage.Float32, SimilarityMetric.Dot, IndexStorage.Float16, IndexFirstPass.None)]
    public void Search_FindsNearlyAll_WithTheScoresOfAnExactSearch(IndexStorage storage, SimilarityMetric metric, IndexStorage graphs, IndexFirstPass firstPass)
    {
        var index = Galleries.Create(1500, storage: storage, metric: metric, firstPass: firstPass);
        using var approximate = Galleries.Graphs(index, new() { Storage = graphs });
        CheckAgainst(index, approximate, Galleries.Queries(80), options: null);
    }

    [TestMethod]
    public void Search_OfACorrectedIndex_FindsByCorrectedScores()
    {
        var index = Galleries.Create(1500, isCorrected: true);
        using var approximate = Galleries.Graphs(index, new() { QueryModality = "Text" });
        CheckAgainst(index, approximate, Galleries.Queries(80, isCorrected: true), new SearchOptions { QueryModality = "Text", Fingerprint = index.Fingerprint });

        // Without being said again.
        Assert.HasCount(K, approximate.Search(Galleries.Queries(1, isCorrected: true), K));
    }

    /// <summary>Biases as large as the similarities themselves: what is near by cosine is then far by score, and only folded graphs lead there.</summary>
    [TestMethod]
    public void Search_OfStronglyCorrectedRows_FindsThemInFoldedGraphs()
    {
        var (images, texts) = Pairs.Draw(2000, seed: 8);
        var context = new MLContext(seed: 1);
        var schema = Data.SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Image)].ColumnType = schema[nameof(Row.Text)].ColumnType = new Data.VectorDataViewType(Data.NumberDataViewType.Single, Pairs.Dimension);
        var data = context.Data.LoadFromEnumerable(images.Zip(texts, (image, text) => new Row { Image = image, Text = text }), schema);
        var model = context.Transforms.CorrectSimilarities(ModalityColumns.PerColumn(nameof(Row.Image), nameof(Row.Text)), new SimilarityCorrectionOptions { Hubness = HubnessCorrection.LocalScaling(neighbors: 5) with { Strength = 4 } }).Fit(data);
        var index = new EmbeddingIndex(Pairs.Dimension, new() { Correction = model.Correction });
        for (var i = 0; i < images.Length; i++)
            index.Add(i, model.GetModality(nameof(Row.Image)).Map.Apply(images[i]), nameof(Row.Image));
        using var approximate = Galleries.Graphs(index, new() { QueryModality = nameof(Row.Text), ExpansionSearch = 64, Candidates = 16 });
        float[] queries = [.. texts.Take(300).SelectMany(text => model.GetModality(nameof(Row.Text)).Map.Apply(text))];
        Assert.IsGreaterThan(0.97, approximate.MeasureRecall(queries, K));
    }

    [TestMethod]
    public void Search_OfSomeModalities_FindsTheirRowsOnly()
    {
        var index = Galleries.Create(800);
        using var approximate = Galleries.Graphs(index);
        var options = new SearchOptions { Modalities = ["Image"] };
        CheckAgainst(index, approximate, Galleries.Queries(50), options);
        foreach (var neighbors in approximate.SearchBatch(Galleries.Queries(20), K, options))
            Assert.IsTrue(neighbors.Count == K && neighbors.All(neighbor => neighbor.Modality == "Image"));
        Assert.ThrowsExactly<ArgumentException>(() => approximate.Search(Galleries.Queries(1), K, new() { Modalities = ["Sound"] }));
    }

    [TestMethod]
    public void Search_RowsWithoutModality_AndLimits()
    {
        var index = new EmbeddingIndex(Pairs.Dimension);
        var rows = Pairs.Draw(600, seed: 3).Images;
        index.AddRange([.. rows.Select((_, i) => new EmbeddingId($"row {i}"))], rows);
        using var approximate = Galleries.Graphs(index);
        CheckAgainst(index, approximate, Galleries.Queries(50), options: null);
        var all = approximate.Search(rows[7], K);
        CollectionAssert.AreEqual(all.Take(5).ToArray(), approximate.Search(rows[7], K, new() { MinimumScore = all[4].Score }).ToArray());
        Assert.HasCount(600, approximate.Search(rows[7], 1000), "more than there are");
    }

    [TestMethod]
    public void Search_UnusableQueries_AreRefusedOrFindNothing()
    {
        using var approximate = Galleries.Graphs(Galleries.Create(100));
        float[] queries = [.. Galleries.Queries(1), .. new float[Pairs.Dimension], .. Galleries.Queries(1)];
        Assert.Contains("Query 1", Assert.ThrowsExactly<InvalidDataException>(() => approximate.SearchBatch(queries, K)).Message);
        var found = approximate.SearchBatch(queries, K, new() { UnusableRows = UnusableRows.Skip });
        CollectionAssert.AreEqual(new[] { K, 0, K }, found.Select(neighbors => neighbors.Count).ToArray());
        Assert.ThrowsExactly<InvalidDataException>(() => approximate.Search(queries.AsSpan(Pairs.Dimension, Pairs.Dimension), K));
        Assert.ThrowsExactly<ArgumentException>(() => approximate.Search(queries, K));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => approximate.SearchBatch(queries, 0));
    }

    [TestMethod]
    public void Search_OtherMaps_AreRefused()
    {
        using var approximate = Galleries.Graphs(Galleries.Create(50, isCorrected: true), new() { QueryModality = "Text" });
        Assert.ThrowsExactly<InvalidDataException>(() => approximate.Search(Galleries.Queries(1, isCorrected: true), K, new() { Fingerprint = "another" }));
    }

    [TestMethod]
    public void Search_OptionsThatGraphsWereNotMadeFor_AreRefused()
    {
        using var corrected = Galleries.Graphs(Galleries.Create(50, isCorrected: true), new() { QueryModality = "Text" });
        var query = Galleries.Queries(1, isCorrected: true);
        Assert.ThrowsExactly<ArgumentException>(() => corrected.Search(query, K, new() { QueryModality = "Image" }));
        Assert.ThrowsExactly<ArgumentException>(() => corrected.Search(query, K, new() { UseCorrection = false }));
        Assert.ThrowsExactly<ArgumentException>(() => Galleries.Graphs(Galleries.Create(50, isCorrected: true)), "two modalities may ask");
        Assert.ThrowsExactly<ArgumentException>(() => Galleries.Graphs(Galleries.Create(50, isCorrected: true), new() { QueryModality = "Sound" }));
        Assert.ThrowsExactly<ArgumentException>(() => Galleries.Graphs(Galleries.Create(50), new() { QueryModality = "Text" }));
        Assert.ThrowsExactly<ArgumentException>(() => Galleries.Graphs(Galleries.Create(50, metric: SimilarityMetric.SignalToNoise)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ApproximateIndexOptions { Connectivity = 1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => corrected.Tune(0, 10));
    }

    [TestMethod]
    public void AddAndRemove_AreFoundAndNotFound_AndExactSearchIsTheSame()
    {
        var index = Galleries.Create(1000);
        using var approximate = Galleries.Graphs(index);
        Assert.AreEqual(3, approximate.Remove(0, 7, 1999, 5000));
        Assert.AreEqual(1997, approximate.Count);
        var (images, texts) = Pairs.Draw(300, seed: 6);
        approximate.AddRange([.. Enumerable.Range(0, 300).Select(i => new EmbeddingId(10_000 + i))], [.. images.SelectMany(row => row)], "Image");
        approximate.Add(20_000, texts[0], "Sound");
        Assert.AreEqual(500, approximate.Remove(Enumerable.Range(0, 1000).Where(i => i % 2 == 1).Select(i => new EmbeddingId(i)).Append(7)) + 1, "7 is gone already");
        CheckAgainst(index, approximate, Galleries.Queries(100), options: null);
        Assert.AreEqual(new EmbeddingId(10_005), approximate.Search(images[5], 1)[0].Id);
        Assert.AreEqual(new EmbeddingId(20_000), approximate.Search(texts[0], 1, new() { Modalities = ["Sound"] })[0].Id);
        Assert.ThrowsExactly<ArgumentException>(() => approximate.Add(20_000, texts[0], "Sound"));
        Assert.AreEqual(1, approximate.Remove(20_000));
        Assert.IsEmpty(approximate.Search(texts[0], 1, new() { Modalities = ["Sound"] }));
    }

    [TestMethod]
    public void Index_ChangedByOthers_IsRefused()
    {
        var index = Galleries.Create(20);
        using var approximate = Galleries.Graphs(index);
        index.Remove(3);
        Assert.ThrowsExactly<InvalidOperationException>(() => approximate.Search(Galleries.Queries(1), K));
        Assert.ThrowsExactly<InvalidOperationException>(() => approximate.Remove(4));
        Assert.ThrowsExactly<InvalidOperationException>(() => approximate.Save(new MemoryStream()));
    }

    [TestMethod]
    public void Dispose_EndsSearchesAndLeavesTheIndex()
    {
        var index = Galleries.Create(20);
        var approximate = Galleries.Graphs(index);
        approximate.Dispose();
        approximate.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => approximate.Search(Galleries.Queries(1), K));
        Assert.HasCount(K, index.Search(Galleries.Queries(1), K));
    }

    [TestMethod]
    public void Create_OneThread_MakesTheSameGraphs()
    {
        byte[] Make()
        {
            using var approximate = Galleries.Graphs(Galleries.Create(400));
            using var stream = new MemoryStream();
            approximate.Save(stream);
            return stream.ToArray();
        }

        CollectionAssert.AreEqual(Make(), Make());
    }

    [TestMethod]
    public void Create_Cancelled_Ends()
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsExactly<OperationCanceledException>(() => ApproximateIndex.Create(Galleries.Create(2000), null, new Canceller(source), source.Token));
    }

    /// <summary>More threads than the library has room for: they wait.</summary>
    [TestMethod]
    public void Search_ManyThreadsAndChanges_AtOnce()
    {
        using var approximate = ApproximateIndex.Create(Galleries.Create(500));
        var (images, _) = Pairs.Draw(200, seed: 9);
        var threads = Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(number => new Thread(() =>
        {
            for (var i = 0; i < 40; i++)
                _ = approximate.Search(Galleries.Queries(40).AsSpan(i * Pairs.Dimension, Pairs.Dimension), K);
        })).ToList();
        threads.Add(new Thread(() =>
        {
            for (var i = 0; i < images.Length; i++)
            {
                approximate.Add(5000 + i, images[i], "Image");
                if (i % 20 == 19)
                    approximate.Remove(Enumerable.Range(5000 + i - 19, 20).Select(id => new EmbeddingId(id)));
            }
        }));
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.AreEqual(1000, approximate.Count);
        Assert.IsGreaterThan(0.97, approximate.MeasureRecall(Galleries.Queries(40), K));
    }

    [TestMethod]
    public void Tune_LessEffort_FindsLess()
    {
        using var approximate = Galleries.Graphs(Galleries.Create(3000), new() { Connectivity = 2, ExpansionAdd = 2 });
        approximate.Tune(expansionSearch: 10, candidates: 10);
        var little = approximate.MeasureRecall(Galleries.Queries(200), K);
        approximate.Tune(expansionSearch: 1000, candidates: 100);
        Assert.IsGreaterThan(little, approximate.MeasureRecall(Galleries.Queries(200), K));
        Assert.AreEqual((1000, 100), (approximate.ExpansionSearch, approximate.Candidates));
    }

    /// <summary>Every neighbour has the score, the place and the modality of an exact search; nearly none is missing; one query alone finds what it finds among others.</summary>
    private static void CheckAgainst(EmbeddingIndex index, ApproximateIndex approximate, float[] queries, SearchOptions? options)
    {
        var exact = index.SearchBatch(queries, index.Count, options);
        var found = approximate.SearchBatch(queries, K, options);
        for (var query = 0; query < found.Count; query++)
        {
            Assert.HasCount(Math.Min(K, exact[query].Count), found[query]);
            var byId = exact[query].ToDictionary(neighbor => neighbor.Id);
            foreach (var neighbor in found[query])
                Assert.AreEqual(byId[neighbor.Id], neighbor, "of an exact search, bit for bit");
            CollectionAssert.AreEqual(found[query].OrderByDescending(neighbor => neighbor.Score).ThenBy(neighbor => neighbor.Position).ToArray(), found[query].ToArray());
            CollectionAssert.AreEqual(found[query].ToArray(), approximate.Search(queries.AsSpan(query * index.Dimension, index.Dimension), K, options).ToArray());
        }

        Assert.IsGreaterThan(0.99, approximate.MeasureRecall(queries, K, options));
    }

    private sealed class Canceller(CancellationTokenSource source) : IProgress<int>
    {
        public void Report(int value) => source.Cancel();
    }

    private sealed class Row
    {
        public float[] Image { get; set; } = [];

        public float[] Text { get; set; } = [];
    }
}
