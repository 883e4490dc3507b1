namespace Microsoft.ML.ModalityGap.Tests.Retrieval;

/// <summary>A first pass changes nothing of what is found: the oracle is the search of every row, bit for bit.</summary>
[TestClass]
public class FirstPassTests
{
    private const int Rows = 2500;
    private const int Queries = 14;

    public static IEnumerable<object[]> Paths => Enum.GetValues<CodeTilePath>().Where(CodeTile.IsSupported).Select(path => new object[] { path });

    public static IEnumerable<object[]> Data => [["random"], ["clustered"], ["duplicates"], ["near"], ["outliers"], ["magnitudes"], ["lattice"]];

    [TestMethod]
    [DynamicData(nameof(Data))]
    public void Search_AnyDataMetricAndForm_SameBits(string data)
    {
        foreach (var dimension in new[] { 3, 33, 300 })
        {
            var (rows, queries) = (Create(data, Rows, dimension, seed: 1), Create(data, Queries, dimension, seed: 2));
            foreach (var metric in Enum.GetValues<SimilarityMetric>())
            {
                foreach (var storage in new[] { IndexStorage.Float32, IndexStorage.Float16 })
                {
                    var options = new EmbeddingIndexOptions { Metric = metric, Storage = storage };
                    if (data == "magnitudes" && metric != SimilarityMetric.Cosine && storage == IndexStorage.Float16)
                        continue;
                    var (plain, pruned) = (CreateIndex(rows, dimension, options), CreateIndex(rows, dimension, options with { FirstPass = IndexFirstPass.Int8 }));
                    foreach (var path in Paths.Select(entry => (CodeTilePath)entry[0]))
                        CheckSame(plain, pruned, queries, path == CodeTilePath.None ? 3 : 10, new SearchOptions { CodePath = path, UnusableRows = UnusableRows.Skip }, $"{data}, {dimension}, {metric}, {storage}, {path}");
                }
            }
        }
    }

    /// <summary>int8 rows are their own first pass; what they score is what their codes score as floats with the query as it is.</summary>
    [TestMethod]
    [DynamicData(nameof(Data))]
    public void Search_Int8Storage_IsThatOfItsRowsAsFloats(string data)
    {
        foreach (var dimension in new[] { 5, 64, 300 })
        {
            foreach (var metric in Enum.GetValues<SimilarityMetric>())
            {
                var index = CreateIndex(Create(data, Rows, dimension, seed: 1), dimension, new EmbeddingIndexOptions { Metric = metric, Storage = IndexStorage.Int8 });
                var queries = Create(data, Queries, dimension, seed: 2);
                var expected = index.SearchBatch(queries.AsSpan(), 9, new SearchOptions { CodePath = CodeTilePath.None });
                foreach (var path in Paths.Select(entry => (CodeTilePath)entry[0]))
                    CheckSame(expected, index.SearchBatch(queries.AsSpan(), 9, new SearchOptions { CodePath = path }), $"{data}, {dimension}, {metric}, {path}");
            }
        }
    }

    [TestMethod]
    public void Search_FiltersAndAnyK_SameBits()
    {
        const int Dimension = 40;
        var (rows, queries) = (Create("clustered", Rows, Dimension, seed: 3), Create("clustered", Queries, Dimension, seed: 4));
        var (plain, pruned) = (CreateIndex(rows, Dimension, new EmbeddingIndexOptions()), CreateIndex(rows, Dimension, new EmbeddingIndexOptions { FirstPass = IndexFirstPass.Int8 }));
        foreach (var k in new[] { 1, 2, 10, 35, 300, Rows, int.MaxValue })
        {
            CheckSame(plain, pruned, queries, k, new SearchOptions(), $"k {k}");
            CheckSame(plain, pruned, queries, k, new SearchOptions { Modalities = ["image"] }, $"k {k}, images");
            CheckSame(plain, pruned, queries, k, new SearchOptions { Modalities = [] }, $"k {k}, nothing");
            CheckSame(plain, pruned, queries, k, new SearchOptions { IsAllowed = id => id.Number % 101 == 5 }, $"k {k}, few rows");
            CheckSame(plain, pruned, queries, k, new SearchOptions { MinimumScore = 0.6, MaxDegreeOfParallelism = 1 }, $"k {k}, near rows only");
        }
    }

    [TestMethod]
    public void Search_CorrectionsAndRescorers_SameBits()
    {
        const int Dimension = 24;
        var context = new MLContext(seed: 1);
        var correction = context.Transforms.CorrectSimilarities("Image", "Text").Fit(TestEmbeddings.CreateDataView(context, rows: 150, dimension: Dimension)).Correction!;
        var (rows, queries, bank) = (Create("clustered", Rows, Dimension, seed: 5), Create("clustered", Queries, Dimension, seed: 6), Create("clustered", 60, Dimension, seed: 7));
        foreach (var storage in new[] { IndexStorage.Float32, IndexStorage.Float16 })
        {
            var options = new EmbeddingIndexOptions { Storage = storage };
            var (plain, pruned) = (CreateIndex(rows, Dimension, options), CreateIndex(rows, Dimension, options with { FirstPass = IndexFirstPass.Int8 }));
            foreach (var method in (RescoringMethod[])
                [
                    new InvertedSoftmax(), new InvertedSoftmax { IsDynamic = false }, new DualInvertedSoftmax(), new DualInvertedSoftmax { IsDynamic = true }, new CrossDomainLocalScaling(), new DistributionNormalization(),
                ])
            {
                CheckSame(plain, pruned, queries, 10, new SearchOptions { Rescorer = new Rescorer(method, Dimension, bank, bank) }, $"{storage}, {method}");
            }

            options = options with { Correction = correction };
            (plain, pruned) = (CreateIndex(rows, Dimension, options, "Image", "Text"), CreateIndex(rows, Dimension, options with { FirstPass = IndexFirstPass.Int8 }, "Image", "Text"));
            CheckSame(plain, pruned, queries, 10, new SearchOptions { QueryModality = "Text" }, $"{storage}, corrected");
            CheckSame(plain, pruned, queries, 10, new SearchOptions { QueryModality = "Text", MinimumProbability = 0.3 }, $"{storage}, probable");
            CheckSame(plain, pruned, queries, 10, new SearchOptions { UseCorrection = false }, $"{storage}, not corrected");
        }
    }

    /// <summary>Rows too near for the first try, for more queries than are tried at first: the second try, or every row.</summary>
    [TestMethod]
    public void Search_ManyQueriesOfNearRows_SameBits()
    {
        const int Dimension = 16;
        var queries = Create("clustered", 600, Dimension, seed: 13);
        foreach (var data in new[] { "clustered", "near" })
        {
            var rows = Create(data, 12_000, Dimension, seed: 12);
            var (plain, pruned) = (CreateIndex(rows, Dimension, new EmbeddingIndexOptions()), CreateIndex(rows, Dimension, new EmbeddingIndexOptions { FirstPass = IndexFirstPass.Int8 }));
            CheckSame(plain, pruned, queries, 10, new SearchOptions(), data);
        }
    }

    /// <summary>Where many rows are kept for each query a second try pays only among very many; elsewhere every row in order is faster. Either finds the same.</summary>
    [TestMethod]
    public void Search_ManyQueriesOfNearRows_LongListsAreTriedInLargeGalleriesOnly()
    {
        if (CodeTile.BestPath == CodeTilePath.None)
            Assert.Inconclusive("This machine has no kernel for codes.");
        const int Dimension = 8;
        var queries = Create("near", 5, Dimension, seed: 14);
        foreach (var (count, panelsRead) in new[] { (20_000, 2), (60_000, 3) })
        {
            var rows = Create("near", count, Dimension, seed: 15);
            var (plain, pruned) = (CreateIndex(rows, Dimension, new EmbeddingIndexOptions()), CreateIndex(rows, Dimension, new EmbeddingIndexOptions { FirstPass = IndexFirstPass.Int8 }));
            var counts = new SearchCounts();
            CheckSame(plain, pruned, queries, 1, new SearchOptions { Counts = counts }, $"{count} rows");
            var full = new SearchCounts();
            plain.SearchBatch(queries.AsSpan(), 1, new SearchOptions { Counts = full });

            // CheckSame searched both: what the floats read, the codes once or twice, and the floats again.
            Assert.AreEqual(5, counts.QueriesInFull);
            Assert.AreEqual(panelsRead * full.Panels, counts.Panels - full.Panels, $"{count} rows");
        }
    }

    [TestMethod]
    [DataRow(IndexStorage.Float32)]
    [DataRow(IndexStorage.Float16)]
    [DataRow(IndexStorage.Int8)]
    public void Index_ChangedSavedAndLoaded_SameBits(IndexStorage storage)
    {
        const int Dimension = 37;
        var (rows, queries) = (Create("clustered", Rows, Dimension, seed: 8), Create("clustered", Queries, Dimension, seed: 9));
        var options = new EmbeddingIndexOptions { Storage = storage, DefaultModality = "image" };
        var indexes = new[] { CreateIndex(rows, Dimension, options), CreateIndex(rows, Dimension, options with { FirstPass = IndexFirstPass.Int8 }) };
        foreach (var index in indexes)
        {
            index.Remove(Enumerable.Range(0, Rows).Where(i => i % 7 == 3 || i > 2300).Select(i => (EmbeddingId)i));
            for (var i = 0; i < 300; i++)
                index.Add(Rows + i, rows.AsSpan(i * Dimension, Dimension), "text");
            for (var i = 0; i < 1000; i += 4)
            {
                if (index.Contains(i))
                    index.Replace(i, rows.AsSpan((i + 500) * Dimension, Dimension), "image");
            }
        }

        CheckSame(indexes[0], indexes[1], queries, 10, new SearchOptions(), "changed");
        using var stream = new MemoryStream();
        indexes[1].Save(stream);
        stream.Position = 0;
        var loaded = EmbeddingIndex.Load(stream);
        Assert.AreEqual(indexes[1].Options, loaded.Options);
        Assert.AreEqual(indexes[1].ToString(), loaded.ToString());
        CheckSame(indexes[0], loaded, queries, 10, new SearchOptions(), "loaded");
        CollectionAssert.AreEqual(indexes[0].GetEmbedding(Rows + 3), loaded.GetEmbedding(Rows + 3));
        foreach (var index in new[] { indexes[0], loaded })
            index.Remove(Rows, 9, 10);
        CheckSame(indexes[0], loaded, queries, 10, new SearchOptions(), "loaded and changed");
    }

    [TestMethod]
    public void Load_ScaleThatIsNone_IsRefused()
    {
        var index = CreateIndex(Create("random", 3, 4, seed: 1), 4, new EmbeddingIndexOptions { Storage = IndexStorage.Int8 });
        foreach (var scale in new[] { float.NaN, -1, float.PositiveInfinity })
        {
            index.Store.GetChunkScales(0)[1] = scale;
            using var stream = new MemoryStream();
            index.Save(stream);
            stream.Position = 0;
            Assert.Contains("damaged", Assert.ThrowsExactly<InvalidDataException>(() => EmbeddingIndex.Load(stream)).Message);
        }
    }

    /// <summary>Every bound lies above the score in floats that it is a bound of, whatever the rows are.</summary>
    [TestMethod]
    [DynamicData(nameof(Data))]
    public void Bound_OfEveryRow_IsNotBelowItsScore(string data)
    {
        foreach (var dimension in new[] { 1, 31, 520 })
        {
            foreach (var storage in Enum.GetValues<IndexStorage>().Where(storage => storage != IndexStorage.Float16 || data != "magnitudes"))
            {
                var index = CreateIndex(Create(data, 64, dimension, seed: 1), dimension, new EmbeddingIndexOptions { Metric = SimilarityMetric.Dot, Storage = storage, FirstPass = IndexFirstPass.Int8 });
                if (!index.Codes!.HasBounds)
                    continue;
                var queries = Create(data, 20, dimension, seed: 2);
                using var exact = new QueryBlock(index.Store, 20, SimilarityMetric.Dot);
                exact.Pack(queries);
                foreach (var path in Paths.Select(entry => (CodeTilePath)entry[0]).Where(path => path != CodeTilePath.None))
                {
                    using var bounds = new CodeBlock(index.Codes, 20, SimilarityMetric.Dot, null, path, isCautious: false);
                    bounds.Pack(queries);
                    for (var panel = 0; panel < 2; panel++)
                    {
                        exact.Score(panel);
                        bounds.Score(panel);
                        for (var i = 0; i < exact.Tile.Length; i++)
                        {
                            var row = queries.AsSpan(i / 32 * dimension, dimension);
                            if (CodeStore.IsBounded(Math.Sqrt(RowKernels.SquaredNormExact(row))))
                                Assert.IsTrue(bounds.Tile[i] >= exact.Tile[i], $"{data}, {dimension}, {storage}, {path}: {bounds.Tile[i]} below {exact.Tile[i]}");
                        }
                    }
                }
            }
        }
    }

    /// <summary>What a search touches, in counts: a quarter of the bytes, few rows again, and hardly any memory of its own.</summary>
    [TestMethod]
    public void Search_ByCodes_ReadsAQuarterAndFewRowsAgain()
    {
        const int Dimension = 128;
        if (CodeTile.BestPath == CodeTilePath.None)
            Assert.Inconclusive("This machine has no kernel for codes.");
        var (rows, queries) = (Create("random", 8192, Dimension, seed: 10), Create("random", 50, Dimension, seed: 11));
        var (full, pruned) = (new SearchCounts(), new SearchCounts());
        CreateIndex(rows, Dimension, new EmbeddingIndexOptions()).Search(queries.AsSpan(0, Dimension), 10, new SearchOptions { Counts = full });
        var index = CreateIndex(rows, Dimension, new EmbeddingIndexOptions { FirstPass = IndexFirstPass.Int8 });
        index.Search(queries.AsSpan(0, Dimension), 10, new SearchOptions { Counts = pruned });
        Assert.AreEqual(8192 * Dimension * sizeof(float), full.Bytes);
        Assert.AreEqual((256, 256), ((int)full.Panels, (int)pruned.Panels));
        Assert.AreEqual(full.Bytes, 4 * pruned.Bytes);
        Assert.AreEqual(256, pruned.KernelCalls);

        var batch = new SearchCounts();
        index.SearchBatch(queries.AsSpan(), 10, new SearchOptions { Counts = batch });
        Assert.AreEqual(256 * 9, batch.KernelCalls, "50 queries are 9 tiles of 6");
        Assert.AreEqual(0, batch.QueriesInFull);
        Assert.IsTrue(batch.RowsRescored <= 50 * 64, $"{batch.RowsRescored} rows of 50 queries");

        var options = new SearchOptions { MaxDegreeOfParallelism = 1 };
        index.Search(queries.AsSpan(0, Dimension), 10, options);
        var before = GC.GetAllocatedBytesForCurrentThread();
        index.Search(queries.AsSpan(0, Dimension), 10, options);
        Assert.IsLessThan(16 << 10, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Queries are as coarse as long chains need, and hardly any more rows are compared again for it.</summary>
    [TestMethod]
    public void Search_ValuesOfOneSize_AddsUpInLongChains()
    {
        const int Dimension = 512;
        var (rows, queries) = (Create("random", 4000, Dimension, seed: 16), Create("random", 240, Dimension, seed: 17));
        var index = CreateIndex(rows, Dimension, new EmbeddingIndexOptions { FirstPass = IndexFirstPass.Int8 });
        foreach (var path in Paths.Select(entry => (CodeTilePath)entry[0]).Where(CodeTile.IsPaired))
        {
            var counts = new SearchCounts();
            index.SearchBatch(queries.AsSpan(), 10, new SearchOptions { CodePath = path, Counts = counts });
            Assert.IsTrue(counts.LongChains >= 0.9 * counts.Panels, $"{path}: {counts.LongChains} of {counts.Panels} panels");
            Assert.AreEqual(0, counts.QueriesInFull);
            Assert.IsTrue(counts.RowsRescored <= 240 * 64, $"{path}: {counts.RowsRescored} rows of 240 queries");
        }
    }

    [TestMethod]
    [Timeout(600_000)]
    public void Search_OnALesserMachine_Passes() => InnerRun.Check(typeof(FirstPassTests), "EnableAVX512", "EnableAVX512F");

    private static void CheckSame(EmbeddingIndex plain, EmbeddingIndex pruned, float[] queries, int k, SearchOptions options, string what) =>
        CheckSame(plain.SearchBatch(queries.AsSpan(), k, options), pruned.SearchBatch(queries.AsSpan(), k, options), what);

    private static void CheckSame(IReadOnlyList<IReadOnlyList<Neighbor>> expected, IReadOnlyList<IReadOnlyList<Neighbor>> found, string what)
    {
        Assert.HasCount(expected.Count, found);
        for (var i = 0; i < expected.Count; i++)
            CollectionAssert.AreEqual(expected[i].ToArray(), found[i].ToArray(), $"{what}, query {i}");
    }

    private static EmbeddingIndex CreateIndex(float[] rows, int dimension, EmbeddingIndexOptions options, string first = "image", string second = "text")
    {
        var index = new EmbeddingIndex(dimension, options);
        for (var i = 0; i < rows.Length / dimension; i++)
        {
            var row = rows.AsSpan(i * dimension, dimension);
            if (index.FindDefect(row) is null)
                index.Add(i, row, i % 3 == 0 ? first : second);
        }

        return index;
    }

    /// <summary>Rows of a kind; rows and queries of one kind share their centres.</summary>
    private static float[] Create(string data, int count, int dimension, int seed)
    {
        var (random, shared) = (new Random(seed), new Random(77));
        var centers = Enumerable.Range(0, 20 * dimension).Select(_ => Normal(shared)).ToArray();
        var rows = new float[count * dimension];
        for (var i = 0; i < count; i++)
        {
            var row = rows.AsSpan(i * dimension, dimension);
            var center = centers.AsSpan(random.Next(20) * dimension, dimension);
            for (var k = 0; k < dimension; k++)
            {
                row[k] = data switch
                {
                    "random" => Normal(random),
                    "clustered" => center[k] + 0.4f * Normal(random),
                    "duplicates" => center[k],
                    "near" => centers[k] + 1e-4f * Normal(random),
                    "outliers" => center[k] + 0.2f * Normal(random) + (k % 17 == 2 ? 60 : 0),
                    "magnitudes" => (center[k] + Normal(random)) * MathF.Pow(10, i % 31 - 15),
                    _ => random.Next(-1, 2),
                };
            }
        }

        return rows;
    }

    private static float Normal(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
