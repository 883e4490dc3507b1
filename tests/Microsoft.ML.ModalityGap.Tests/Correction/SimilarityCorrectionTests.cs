using Microsoft.ML.ModalityGap.Tests.Retrieval;

namespace Microsoft.ML.ModalityGap.Tests.Correction;

[TestClass]
public class SimilarityCorrectionTests
{
    private const int Dimension = 24;
    private const int BankRows = 60;

    private static readonly string[] _names = ["image", "text"];
    private static readonly float[][] _banks = [Scatter(BankRows, seed: 31), Scatter(BankRows, seed: 32)];
    private static readonly float[] _queries = Scatter(20, seed: 33);
    private static readonly float[][] _gallery = [Scatter(70, seed: 34), Scatter(50, seed: 35)];

    /// <summary>Options that between them take every path.</summary>
    public static IEnumerable<object[]> Options =>
    [
        [new SimilarityCorrectionOptions()],
        [new SimilarityCorrectionOptions { LeavePartnersOut = false, Standardization = new() { Sample = SimilaritySample.AllSimilarities } }],
        [new SimilarityCorrectionOptions { Hubness = HubnessCorrection.InvertedSoftmax(40) with { Strength = 0.5 }, Standardization = new() { OffsetOnly = true } }],
        [new SimilarityCorrectionOptions { Hubness = HubnessCorrection.LocalScaling(7), Standardization = new() { Sample = SimilaritySample.AllSimilarities, OffsetOnly = true } }],
        [new SimilarityCorrectionOptions { Hubness = HubnessCorrection.LocalScaling(500) with { Strength = 0.25 } }],
        [new SimilarityCorrectionOptions { Hubness = HubnessCorrection.None }],
        [new SimilarityCorrectionOptions { Standardization = new() { Sample = SimilaritySample.BestFifth } }],
        [new SimilarityCorrectionOptions { Standardization = null }],
    ];

    [TestMethod]
    [DynamicData(nameof(Options))]
    public void Search_CorrectedIndex_IsThatOfDoubles(SimilarityCorrectionOptions options)
    {
        var correction = Fit(options);
        var naive = new NaiveCorrection(options, Dimension, _banks);
        var index = CreateIndex(correction);
        var queries = NaiveSearch.Rows(_queries, Dimension, normalizes: true);
        foreach (var (name, modality) in _names.Select((name, i) => (name, i)))
        {
            var found = index.SearchBatch(_queries.AsSpan(), 30, new SearchOptions { QueryModality = name });
            for (var i = 0; i < queries.Length; i++)
            {
                var scores = Score(naive, modality, queries[i]);
                EmbeddingIndexTests.CheckRanking(scores, NaiveSearch.Top(scores, 30), found[i], 1e-4, $"{options}, {name} {i}");
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Options))]
    public void Fit_MomentsAndScore_AreThoseOfDoubles(SimilarityCorrectionOptions options)
    {
        var correction = Fit(options);
        var naive = new NaiveCorrection(options, Dimension, _banks);
        for (var a = 0; a < 2; a++)
        {
            for (var b = 0; b < 2; b++)
            {
                var (mean, deviation) = naive.Moments(a, b);
                var moments = correction.GetMoments(_names[a], _names[b]);
                Assert.AreEqual(mean, moments.Mean, 1e-5);
                Assert.AreEqual(deviation, moments.Deviation, 1e-5);
                var (query, row) = (_queries[..Dimension], _gallery[b][..Dimension]);
                var expected = naive.Score(a, NaiveSearch.Rows(query, Dimension, true)[0], b, NaiveSearch.Rows(row, Dimension, true)[0]);
                Assert.AreEqual(expected, correction.Score(_names[a], query, _names[b], row), 1e-4);
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Options))]
    public void Fold_OneModalityAsks_InnerProductsAreTheScoresOfTheIndex(SimilarityCorrectionOptions options)
    {
        var correction = Fit(options);
        var index = CreateIndex(correction);
        var store = _names.SelectMany((name, i) => correction.FoldGallery(name, _gallery[i], "text").Chunk(Dimension + 1)).ToArray();
        var asked = correction.FoldQueries("text", _queries).Chunk(Dimension + 1).ToArray();
        var found = index.SearchBatch(_queries.AsSpan(), 120, new SearchOptions { QueryModality = "text" });
        for (var i = 0; i < asked.Length; i++)
            CheckSameRanks(store, asked[i], found[i], 2e-5);
    }

    [TestMethod]
    public void Fold_SeveralModalitiesAsk_RanksAsTheSharedScaleDoes()
    {
        // A scale per gallery row that both sides share is exact where only offsets differ.
        var correction = Fit(new SimilarityCorrectionOptions { Standardization = new() { OffsetOnly = true } });
        Assert.AreEqual(0, correction.GetSharedScaleDeviation("image", "text"), 1e-12);
        var index = CreateIndex(correction);
        var store = _names.SelectMany((name, i) => correction.FoldGallery(name, _gallery[i], "image", "text").Chunk(Dimension + 2)).ToArray();
        foreach (var name in _names)
        {
            var asked = correction.FoldQueries(name, _queries, "image", "text").Chunk(Dimension + 2).ToArray();
            var found = index.SearchBatch(_queries.AsSpan(), 120, new SearchOptions { QueryModality = name });
            for (var i = 0; i < asked.Length; i++)
                CheckSameRanks(store, asked[i], found[i], 2e-5);
        }

        // Elsewhere the score is that with d replaced by the nearest product, which the deviation tells.
        var scaled = Fit(new SimilarityCorrectionOptions());
        var deviation = scaled.GetSharedScaleDeviation("image", "text");
        Assert.IsGreaterThan(1e-4, deviation, "The test needs scales that are no product.");
        Assert.AreEqual(0, scaled.GetSharedScaleDeviation("text"), 1e-12);
        for (var a = 0; a < 2; a++)
        {
            for (var b = 0; b < 2; b++)
            {
                var score = scaled.Score(_names[a], _queries.AsSpan(0, Dimension), _names[b], _gallery[b].AsSpan(0, Dimension));
                var folded = Dot(scaled.FoldGallery(_names[b], _gallery[b].AsSpan(0, Dimension), _names), scaled.FoldQueries(_names[a], _queries.AsSpan(0, Dimension), _names));
                Assert.AreEqual(score, folded, Math.Abs(score) * deviation * 1.001 + 1e-5);
            }
        }
    }

    [TestMethod]
    public void Fit_UnpairedBanksOfOtherSizes_IsThatOfDoubles()
    {
        var options = new SimilarityCorrectionOptions();
        float[][] banks = [_banks[0], _banks[1][..(35 * Dimension)]];
        var correction = CorrectionFit.Fit([CorrectionBank.Create("image", banks[0], Dimension), CorrectionBank.Create("text", banks[1], Dimension)], Dimension, arePairs: false, options);
        var naive = new NaiveCorrection(options, Dimension, banks) { ArePairs = false };
        for (var a = 0; a < 2; a++)
        {
            for (var b = 0; b < 2; b++)
            {
                Assert.AreEqual(naive.Moments(a, b).Mean, correction.GetMoments(_names[a], _names[b]).Mean, 1e-5);
                Assert.AreEqual(naive.Moments(a, b).Deviation, correction.GetMoments(_names[a], _names[b]).Deviation, 1e-5);
            }
        }

        Assert.IsTrue(correction.Calibrations.All(calibration => !calibration.FromPairs));
    }

    [TestMethod]
    public void Search_RowsOfTheBankInTheGallery_AreNotTheirOwnHubs()
    {
        // The same rows as bank and as gallery: without the rule, the row itself would make up nearly all of its bias.
        var correction = Fit(new SimilarityCorrectionOptions { Standardization = null, Hubness = HubnessCorrection.InvertedSoftmax(30) });
        var bias = new float[BankRows];
        var units = CorrectionBank.Create("text", _banks[1], Dimension).Rows;
        correction.ComputeBias("text", "text", units, bias);
        var naive = NaiveSearch.Rows(_banks[1], Dimension, normalizes: true);
        for (var i = 0; i < BankRows; i++)
        {
            var expected = Math.Log(naive.Select((row, j) => Math.Exp(30 * (i == j ? -1 : NaiveSearch.Dot(row, naive[i])))).Average()) / 30;
            Assert.AreEqual(expected, bias[i], 1e-5);
            Assert.IsLessThan(0.95f, bias[i]);
        }
    }

    [TestMethod]
    public void Search_Limits_FindWhatIsAbove()
    {
        var correction = Fit(new SimilarityCorrectionOptions()).WithCalibrations([new MatchCalibration("text", 2, -1, 60, FromPairs: true)]);
        var index = CreateIndex(correction);
        var query = _queries[..Dimension];
        var all = index.Search(query, 120, new SearchOptions { QueryModality = "text" });
        Assert.HasCount(120, all);
        foreach (var neighbor in all)
            Assert.AreEqual(1 / (1 + Math.Exp(-(2.0 * neighbor.Score - 1))), neighbor.Probability!.Value, 1e-12);

        var score = all[10].Score;
        var above = index.Search(query, 120, new SearchOptions { QueryModality = "text", MinimumScore = score });
        CollectionAssert.AreEqual(all.TakeWhile(neighbor => neighbor.Score >= score).ToArray(), above.ToArray());
        var probability = all[4].Probability!.Value;
        var probable = index.Search(query, 120, new SearchOptions { QueryModality = "text", MinimumProbability = probability });
        CollectionAssert.AreEqual(all.TakeWhile(neighbor => neighbor.Probability >= probability).ToArray(), probable.ToArray());
        Assert.IsEmpty(index.Search(query, 120, new SearchOptions { QueryModality = "text", MinimumScore = 1e6 }));

        // Plain similarities are limited, too; a probability they have not.
        var plain = index.Search(query, 5, new SearchOptions { UseCorrection = false });
        Assert.IsNull(plain[0].Probability);
        Assert.HasCount(2, index.Search(query, 5, new SearchOptions { UseCorrection = false, MinimumScore = plain[1].Score }));
        Assert.Contains("image", Assert.ThrowsExactly<ArgumentException>(() => index.Search(_queries.AsSpan(0, Dimension), 5, new SearchOptions { QueryModality = "image", MinimumProbability = 0.5 })).Message);
        Assert.ThrowsExactly<ArgumentException>(() => index.Search(_queries.AsSpan(0, Dimension), 5, new SearchOptions { UseCorrection = false, MinimumProbability = 0.5 }));
    }

    [TestMethod]
    public void Search_CorrectedIndex_FollowsChangesAndStorage()
    {
        var options = new SimilarityCorrectionOptions();
        var correction = Fit(options);
        foreach (var storage in new[] { IndexStorage.Float32, IndexStorage.Int8 })
        {
            var (index, other) = (CreateIndex(correction, storage), CreateIndex(correction, storage, removed: 40));
            index.SearchBatch(_queries.AsSpan(), 5, new SearchOptions { QueryModality = "text" });
            index.Remove(Enumerable.Range(0, 40).Select(i => (EmbeddingId)i));
            var (a, b) = (index.SearchBatch(_queries.AsSpan(), 9, new SearchOptions { QueryModality = "text" }), other.SearchBatch(_queries.AsSpan(), 9, new SearchOptions { QueryModality = "text", MaxDegreeOfParallelism = 1 }));
            for (var i = 0; i < a.Count; i++)
                CollectionAssert.AreEqual(b[i].ToArray(), a[i].ToArray());

            // Stored, it is the same: limits, calibration and all.
            using var stream = new MemoryStream();
            index.Save(stream);
            stream.Position = 0;
            var loaded = EmbeddingIndex.Load(stream);
            var c = loaded.SearchBatch(_queries.AsSpan(), 9, new SearchOptions { QueryModality = "text" });
            for (var i = 0; i < a.Count; i++)
                CollectionAssert.AreEqual(a[i].ToArray(), c[i].ToArray());
            CollectionAssert.AreEqual(correction.Calibrations.ToArray(), loaded.Options.Correction!.Calibrations.ToArray());
            CollectionAssert.AreEqual(correction.Moments.ToArray(), loaded.Options.Correction!.Moments.ToArray());
        }
    }

    [TestMethod]
    public void Index_WrongModality_IsRefused()
    {
        var correction = Fit(new SimilarityCorrectionOptions());
        var options = new EmbeddingIndexOptions { Correction = correction };
        var index = new EmbeddingIndex(Dimension, options);
        Assert.Contains("'audio'", Assert.ThrowsExactly<ArgumentException>(() => index.Add("a", _queries.AsSpan(0, Dimension), "audio")).Message);
        Assert.Contains("DefaultModality", Assert.ThrowsExactly<ArgumentException>(() => index.Add("a", _queries.AsSpan(0, Dimension))).Message);
        Assert.Contains("'image', 'text'", Assert.ThrowsExactly<ArgumentException>(() => index.Search(_queries.AsSpan(0, Dimension), 1)).Message);
        Assert.Contains("'audio'", Assert.ThrowsExactly<ArgumentException>(() => index.Search(_queries.AsSpan(0, Dimension), 1, new SearchOptions { QueryModality = "audio" })).Message);
        Assert.ThrowsExactly<ArgumentException>(() => new EmbeddingIndex(Dimension + 1, options));
        Assert.ThrowsExactly<ArgumentException>(() => new EmbeddingIndex(Dimension, options with { Metric = SimilarityMetric.Dot }));

        var images = new EmbeddingIndex(Dimension, options with { DefaultModality = "image" });
        images.Add("a", _gallery[0].AsSpan(0, Dimension));
        Assert.AreEqual("image", images.Search(_queries.AsSpan(0, Dimension), 1, new SearchOptions { QueryModality = "text" })[0].Modality);
    }

    [TestMethod]
    public void Fit_HostileBanks_AreRefusedWithWhatToDo()
    {
        var options = new SimilarityCorrectionOptions();
        var bad = _banks[0].ToArray();
        bad[5 * Dimension + 3] = float.NaN;
        Assert.Contains("Row 5 of the bank of 'image'", Assert.ThrowsExactly<InvalidDataException>(() => CorrectionBank.Create("image", bad, Dimension)).Message);
        Assert.Contains("no rows", Assert.ThrowsExactly<InvalidDataException>(() => CorrectionBank.Create("image", [], Dimension)).Message);

        // A bank of one row has no similarity to itself, nor a deviation.
        CorrectionBank[] one = [CorrectionBank.Create("image", _banks[0].AsSpan(0, Dimension), Dimension), CorrectionBank.Create("text", _banks[1].AsSpan(0, Dimension), Dimension)];
        Assert.Contains("'image'", Assert.ThrowsExactly<InvalidDataException>(() => CorrectionFit.Fit(one, Dimension, arePairs: false, options)).Message);

        // All the same row: nothing to standardise by, whichever way.
        var same = Enumerable.Repeat(_banks[0][..Dimension], 5).SelectMany(row => row).ToArray();
        var others = Enumerable.Repeat(_banks[1][..Dimension], 5).SelectMany(row => row).ToArray();
        CorrectionBank[] constant = [CorrectionBank.Create("image", same, Dimension), CorrectionBank.Create("text", others, Dimension)];
        Assert.ThrowsExactly<InvalidDataException>(() => CorrectionFit.Fit(constant, Dimension, arePairs: false, options));
        var twice = CorrectionFit.Fit(one, Dimension, arePairs: false, options with { Standardization = null });
        Assert.IsTrue(double.IsFinite(twice.Score("text", _queries.AsSpan(0, Dimension), "image", _banks[1].AsSpan(0, Dimension))));
        Assert.IsTrue(double.IsFinite(twice.Score("text", _banks[1].AsSpan(0, Dimension), "text", _banks[1].AsSpan(0, Dimension))));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => HubnessCorrection.InvertedSoftmax(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => HubnessCorrection.LocalScaling(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => HubnessCorrection.LocalScaling() with { Strength = double.NaN });
    }

    private static SimilarityCorrection Fit(SimilarityCorrectionOptions options) =>
        CorrectionFit.Fit([.. _names.Select((name, i) => CorrectionBank.Create(name, _banks[i], Dimension))], Dimension, arePairs: true, options);

    private static EmbeddingIndex CreateIndex(SimilarityCorrection correction, IndexStorage storage = IndexStorage.Float32, int removed = 0)
    {
        var index = new EmbeddingIndex(Dimension, new EmbeddingIndexOptions { Correction = correction, Storage = storage });
        for (var i = removed; i < 120; i++)
            index.Add(i, i < 70 ? _gallery[0].AsSpan(i * Dimension, Dimension) : _gallery[1].AsSpan((i - 70) * Dimension, Dimension), _names[i < 70 ? 0 : 1]);
        return index;
    }

    private static double[] Score(NaiveCorrection naive, int modality, double[] query) =>
        [.. Enumerable.Range(0, 2).SelectMany(b => NaiveSearch.Rows(_gallery[b], Dimension, normalizes: true).Select(row => naive.Score(modality, query, b, row)))];

    /// <summary>A store's ranking by naive inner products is the search's, but for scores that are the same to a tolerance.</summary>
    private static void CheckSameRanks(float[][] store, float[] query, IReadOnlyList<Neighbor> found, double tolerance)
    {
        var scores = store.Select(row => Dot(row, query)).ToArray();
        EmbeddingIndexTests.CheckRanking(scores, NaiveSearch.Top(scores, found.Count), found, tolerance, "folded");
    }

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    /// <summary>Rows all around, with a common part, so that some are hubs.</summary>
    private static float[] Scatter(int rows, int seed)
    {
        var random = new Random(seed);
        var values = new float[rows * Dimension];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.4 + 0.03 * (seed % 7));
        return values;
    }
}
