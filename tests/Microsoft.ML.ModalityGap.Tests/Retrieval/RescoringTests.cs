namespace Microsoft.ML.ModalityGap.Tests.Retrieval;

[TestClass]
public class RescoringTests
{
    private const int Dimension = 24;
    private const int Rows = 130;

    private static readonly float[] _gallery = Scatter(Rows, seed: 21);
    private static readonly float[] _queries = Scatter(25, seed: 22);
    private static readonly float[] _queryBank = Scatter(70, seed: 23);
    private static readonly float[] _galleryBank = Scatter(50, seed: 24);

    private static double[][] QueryBank { get; } = NaiveSearch.Rows(_queryBank, Dimension, normalizes: true);

    private static double[][] GalleryBank { get; } = NaiveSearch.Rows(_galleryBank, Dimension, normalizes: true);

    [TestMethod]
    [DataRow(20f)]
    [DataRow(300f)]
    public void InvertedSoftmax_Static_IsThePapers(float beta)
    {
        var naive = new NaiveSearch(_gallery, Dimension);
        Check(
            new InvertedSoftmax { InverseTemperature = beta, IsDynamic = false },
            query => [.. naive.LogInvertedSoftmax(query, QueryBank, beta).Select(value => (value + Math.Log(QueryBank.Length)) / beta)]);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void InvertedSoftmax_Dynamic_CorrectsActivatedQueriesOnly(int neighbors)
    {
        var naive = new NaiveSearch(_gallery, Dimension);
        var activated = naive.Activated(QueryBank, neighbors);
        var corrected = 0;
        Check(new InvertedSoftmax { ActivationNeighbors = neighbors }, query =>
        {
            var scores = naive.Scores(query);
            if (!activated.Contains(NaiveSearch.Top(scores, 1)[0].Position))
                return scores;
            corrected++;
            return [.. naive.LogInvertedSoftmax(query, QueryBank, 20).Select(value => (value + Math.Log(QueryBank.Length)) / 20)];
        });
        Assert.IsTrue(corrected is > 0 and < 50, $"{corrected} of 50 searches were corrected; the test needs both kinds.");
    }

    [TestMethod]
    public void DualInvertedSoftmax_Static_IsThePapers()
    {
        var naive = new NaiveSearch(_gallery, Dimension);
        var (first, second) = (5.0, 11.0);
        Check(
            new DualInvertedSoftmax { QueryInverseTemperature = (float)first, GalleryInverseTemperature = (float)second },
            query => [.. naive.LogInvertedSoftmax(query, QueryBank, first).Zip(
                naive.LogInvertedSoftmax(query, GalleryBank, second),
                (a, b) => (a + b + Math.Log(QueryBank.Length) + Math.Log(GalleryBank.Length)) / (first + second))]);
    }

    [TestMethod]
    public void DualInvertedSoftmax_Dynamic_CorrectsByTheBanksThatAreActivated()
    {
        var naive = new NaiveSearch(_gallery, Dimension);
        var (byQueries, byGallery) = (naive.Activated(QueryBank, 1), naive.Activated(GalleryBank, 1));
        var (first, second) = (5.0, 11.0);
        var seen = new HashSet<(bool, bool)>();
        Check(
            new DualInvertedSoftmax { QueryInverseTemperature = (float)first, GalleryInverseTemperature = (float)second, IsDynamic = true },
            query =>
            {
                var scores = naive.Scores(query);
                var top = NaiveSearch.Top(scores, 1)[0].Position;
                seen.Add((byQueries.Contains(top), byGallery.Contains(top)));
                if (!byQueries.Contains(top) && !byGallery.Contains(top))
                    return scores;

                // The paper's product, as it stands: a softmax where the bank activates the query, the similarity where it does not.
                var a = naive.LogInvertedSoftmax(query, QueryBank, first).Select((log, g) => byQueries.Contains(top) ? Math.Exp(log) * QueryBank.Length : scores[g]);
                var b = naive.LogInvertedSoftmax(query, GalleryBank, second).Select((log, g) => byGallery.Contains(top) ? Math.Exp(log) * GalleryBank.Length : scores[g]);
                return [.. a.Zip(b, (x, y) => x * y > 0 ? Math.Log(x * y) / (first + second) : -50)];
            });
        Assert.HasCount(4, seen, "The test needs queries of all four kinds.");
    }

    [TestMethod]
    public void DualInvertedSoftmax_OneBankActivated_RanksLikeThePapersProduct()
    {
        // Two rows of the plane. Every query of the bank lies near the first, so that only queries nearest to it are corrected, and no gallery row of the bank activates anything the query finds.
        float[] gallery = [1, 0, 0.8f, 0.6f, -1, 0];
        var index = EmbeddingIndexTests.Create(gallery, dimension: 2);
        var method = new DualInvertedSoftmax { QueryInverseTemperature = 1, GalleryInverseTemperature = 30, IsDynamic = true };
        var found = index.Search([0.96f, 0.28f], 3, new SearchOptions { Rescorer = new Rescorer(method, 2, [1, 0.01f], [-1, 0.01f]) });
        double Product(double s, double bank) => Math.Exp(s) / Math.Exp(bank) * s;

        // 1.066 for the second row, 0.922 for the first; with the second factor left out of the exponent the first would win, 0.928 to 0.910.
        Assert.AreEqual(1, found[0].Position);
        Assert.AreEqual(Math.Log(Product(0.8 * 0.96 + 0.6 * 0.28, 0.806)) / 31, found[0].Score, 1e-5);
        Assert.AreEqual(2, found[2].Position, "A row of negative similarity comes behind.");
    }

    [TestMethod]
    [DataRow(10)]
    [DataRow(1000)]
    public void CrossDomainLocalScaling_IsThePapers(int neighbors)
    {
        var naive = new NaiveSearch(_gallery, Dimension);
        Check(new CrossDomainLocalScaling { Neighbors = neighbors }, query => naive.Csls(query, QueryBank, neighbors));
    }

    [TestMethod]
    public void DistributionNormalization_IsThePapers()
    {
        var naive = new NaiveSearch(_gallery, Dimension);
        Check(new DistributionNormalization(), query => naive.DistributionNormalization(query, QueryBank, GalleryBank, 0.25)); // λ of the released code
        Check(new DistributionNormalization { Amount = 0.8f }, query => naive.DistributionNormalization(query, QueryBank, naive.Gallery, 0.8), hasGalleryBank: false);

        // Its score of a pair is the same formula.
        var x = _queries[..Dimension];
        var y = _gallery[..Dimension];
        var (meanX, meanY) = (new double[Dimension], new double[Dimension]);
        (meanX[0], meanY[1]) = (0.25, -0.5);
        var expected = 0.0;
        for (var i = 0; i < Dimension; i++)
            expected += (x[i] - 0.25 * meanX[i]) * (y[i] - 0.25 * meanY[i]);
        Assert.AreEqual(expected, new DistributionNormalization().Score(x, meanX, y, meanY), 1e-9);
    }

    [TestMethod]
    public void Rescorer_ChangedIndexAndModalities_FollowsThem()
    {
        var method = new CrossDomainLocalScaling { Neighbors = 5 };
        var rescorer = new Rescorer(method, Dimension, _queryBank);
        var index = EmbeddingIndexTests.Create(_gallery, dimension: Dimension);
        index.SearchBatch(_queries.AsSpan(), 3, new SearchOptions { Rescorer = rescorer });
        index.Remove(Enumerable.Range(0, 50).Select(i => (EmbeddingId)i));
        CheckSame(index, EmbeddingIndexTests.Create(_gallery[(50 * Dimension)..], dimension: Dimension), new SearchOptions { Rescorer = rescorer }, new SearchOptions { Rescorer = new Rescorer(method, Dimension, _queryBank) });

        // A search of one modality is as one of an index that has no other.
        var mixed = new EmbeddingIndex(Dimension);
        var images = new EmbeddingIndex(Dimension);
        for (var i = 0; i < Rows; i++)
        {
            mixed.Add(i, _gallery.AsSpan(i * Dimension, Dimension), i % 3 == 0 ? "image" : "text");
            if (i % 3 == 0)
                images.Add(i, _gallery.AsSpan(i * Dimension, Dimension));
        }

        foreach (var other in new RescoringMethod[] { method, new InvertedSoftmax(), new DistributionNormalization() })
        {
            rescorer = new Rescorer(other, Dimension, _queryBank);
            CheckSame(mixed, images, new SearchOptions { Rescorer = rescorer, Modalities = ["image"] }, new SearchOptions { Rescorer = rescorer });
        }

        static void CheckSame(EmbeddingIndex first, EmbeddingIndex second, SearchOptions firstOptions, SearchOptions secondOptions)
        {
            var (a, b) = (first.SearchBatch(_queries.AsSpan(), 20, firstOptions), second.SearchBatch(_queries.AsSpan(), 20, secondOptions));
            for (var i = 0; i < a.Count; i++)
                CollectionAssert.AreEqual(b[i].Select(neighbor => neighbor.Score).ToArray(), a[i].Select(neighbor => neighbor.Score).ToArray());
        }
    }

    [TestMethod]
    public void SaveAndLoad_EveryMethod_IsTheSame()
    {
        RescoringMethod[] methods =
        [
            new InvertedSoftmax { InverseTemperature = 7, IsDynamic = false, ActivationNeighbors = 4 },
            new DualInvertedSoftmax { QueryInverseTemperature = 3, GalleryInverseTemperature = 9, IsDynamic = true, ActivationNeighbors = 2 },
            new CrossDomainLocalScaling { Neighbors = 6 },
            new DistributionNormalization { Amount = 0.3f },
        ];
        var index = EmbeddingIndexTests.Create(_gallery, dimension: Dimension);
        using var folder = new TemporaryFolder();
        foreach (var method in methods)
        {
            var rescorer = new Rescorer(method, Dimension, _queryBank, _galleryBank);
            rescorer.Save(folder.File("rescorer.bin"));
            var loaded = Rescorer.Load(folder.File("rescorer.bin"));
            Assert.AreEqual(method, loaded.Method);
            Assert.AreEqual(rescorer.QueryBankCount, loaded.QueryBankCount);
            Assert.AreEqual(rescorer.GalleryBankCount, loaded.GalleryBankCount);
            var expected = index.SearchBatch(_queries.AsSpan(), 5, new SearchOptions { Rescorer = rescorer, MaxDegreeOfParallelism = 1 });
            var found = index.SearchBatch(_queries.AsSpan(), 5, new SearchOptions { Rescorer = loaded });
            for (var i = 0; i < expected.Count; i++)
                CollectionAssert.AreEqual(expected[i].ToArray(), found[i].ToArray());
        }
    }

    [TestMethod]
    public void Load_Damaged_IsRefused()
    {
        using var stream = new MemoryStream();
        new Rescorer(new InvertedSoftmax(), 2, [1, 2, 3, 4]).Save(stream);
        foreach (var (what, damaged) in Damage.Cut(stream.ToArray(), step: 7).Concat(Damage.Flip(stream.ToArray())))
            Assert.IsTrue(Damage.IsRefused(damaged, copy => Rescorer.Load(copy), what), what);
    }

    [TestMethod]
    public void Rescorer_BadBanks_AreRefused()
    {
        Assert.Contains("gallery", Assert.ThrowsExactly<ArgumentException>(() => new Rescorer(new DualInvertedSoftmax(), 2, [1, 2])).Message);
        Assert.Contains("no rows", Assert.ThrowsExactly<ArgumentException>(() => new Rescorer(new InvertedSoftmax(), 2, [])).Message);
        Assert.Contains("Row 1 of the bank holds a NaN", Assert.ThrowsExactly<ArgumentException>(() => new Rescorer(new InvertedSoftmax(), 2, [1, 2, 3, float.NaN])).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new InvertedSoftmax { InverseTemperature = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new CrossDomainLocalScaling { Neighbors = 0 });
        var index = EmbeddingIndexTests.Create(_gallery, dimension: Dimension);
        Assert.ThrowsExactly<ArgumentException>(() => index.SearchBatch(_queries.AsSpan(), 1, new SearchOptions { Rescorer = new Rescorer(new InvertedSoftmax(), 2, [1, 2]) }));
    }

    private static void Check(RescoringMethod method, Func<double[], double[]> score, bool hasGalleryBank = true)
    {
        var index = EmbeddingIndexTests.Create(_gallery, dimension: Dimension);
        var rescorer = new Rescorer(method, Dimension, _queryBank, hasGalleryBank ? _galleryBank : []);
        var queries = NaiveSearch.Rows(_queries, Dimension, normalizes: true);
        foreach (var threads in new[] { 1, 3 })
        {
            var found = index.SearchBatch(_queries.AsSpan(), 25, new SearchOptions { Rescorer = rescorer, MaxDegreeOfParallelism = threads });
            for (var i = 0; i < queries.Length; i++)
            {
                var scores = score(queries[i]);
                EmbeddingIndexTests.CheckRanking(scores, NaiveSearch.Top(scores, 25), found[i], 3e-6, $"{method}, query {i}");
            }
        }
    }

    /// <summary>Rows all around, so that different queries have different nearest rows.</summary>
    private static float[] Scatter(int rows, int seed)
    {
        var random = new Random(seed);
        var values = new float[rows * Dimension];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.4);
        return values;
    }
}
