namespace Microsoft.ML.ModalityGap.Tests.Evaluation.Ranking;

[TestClass]
public class RetrievalMetricsTests
{
    [TestMethod]
    [DataRow(1, 1, 3, 1)]
    [DataRow(1, 30, 3, 4)]
    [DataRow(60, 150, 4, 6)]
    [DataRow(40, 90, 4, 80)]
    public void GetValue_AnyMeasure_EqualsItsDefinition(int queries, int documents, int dimension, int mostRelevant)
    {
        const double Tolerance = 1e-12;
        var data = new RetrievalCase(queries, documents, dimension, mostRelevant, seed: queries);
        var naive = data.Naive;
        var measured = Enumerable.Range(0, queries).Where(naive.HasRelevant).ToArray();
        var metrics = Create(data, new());
        var exponential = Create(data, new() { Gain = NdcgGain.Exponential });

        // k beyond the gallery included.
        foreach (var k in new[] { 1, 2, 5, 10, documents, 4 * documents })
        {
            Assert.AreEqual(measured.Average(query => naive.Recall(query, k)), metrics.RecallAt(k), Tolerance, $"recall@{k}");
            Assert.AreEqual(measured.Average(query => naive.TextbookRecall(query, k)), metrics.TextbookRecallAt(k), Tolerance, $"textbook recall@{k}");
            Assert.AreEqual(measured.Average(query => naive.Precision(query, k)), metrics.PrecisionAt(k), Tolerance, $"precision@{k}");
            Assert.AreEqual(measured.Average(query => naive.Ndcg(query, k, grade => grade)), metrics.NdcgAt(k), Tolerance, $"NDCG@{k}");
            Assert.AreEqual(measured.Average(query => naive.Ndcg(query, k, grade => Math.Pow(2, grade) - 1)), exponential.NdcgAt(k), Tolerance, $"exponential NDCG@{k}");
        }

        Assert.AreEqual(measured.Average(naive.ReciprocalRank), metrics.MeanReciprocalRank, Tolerance);
        Assert.AreEqual(measured.Average(naive.AveragePrecision), metrics.MeanAveragePrecision, Tolerance);
        var first = measured.Select(query => naive.Ranks(query)[0]).Order().ToArray();
        Assert.AreEqual(first.Average(), metrics.MeanRank, Tolerance);
        Assert.AreEqual((first[(first.Length - 1) / 2] + first[first.Length / 2]) / 2.0, metrics.MedianRank, Tolerance);
        CollectionAssert.AreEqual(
            Enumerable.Range(0, queries).Select(query => naive.HasRelevant(query) ? naive.Ranks(query)[0] : 0).ToArray(), metrics.FirstRelevantRanks.ToArray());
    }

    [TestMethod]
    public void NdcgAt_KnownRanking_IsTheValueOfScikitLearn()
    {
        // sklearn.metrics.ndcg_score([[10, 0, 0, 1, 5]], [[.1, .2, .3, 4, 70]]) is 0.6956940443813076 (scikit-learn's documentation); the best scores are documents 4 and 3.
        var relevance = RelevanceLists.FromEntries([(0, 0, 10), (0, 1, 0), (0, 2, 0), (0, 3, 1), (0, 4, 5)], 1, 5);
        var ranked = RelevanceRanks.Compute(new[] { 1f }, new[] { 0.1f, 0.2f, 0.3f, 4f, 70f }, 1, relevance);
        Assert.AreEqual(0.6956940443813076, new RetrievalMetrics(ranked, 5, new()).NdcgAt(5), 1e-12);
    }

    [TestMethod]
    public void GetValue_QueriesWithoutRelevant_AreLeftOutOrCountAsZero()
    {
        // Query 0 finds document 0 first; nothing is relevant to query 1.
        var ranked = RelevanceRanks.Compute(new[] { 1f, 1f }, new[] { 3f, 2f }, 1, RelevanceLists.FromOne([0, -1], 2));
        var left = new RetrievalMetrics(ranked, 2, new());
        var zero = new RetrievalMetrics(ranked, 2, new() { QueriesWithoutRelevant = QueriesWithoutRelevant.CountAsZero });
        Assert.AreEqual(1, left.QueriesWithoutRelevantCount);
        Assert.AreEqual(1, left.RecallAt(1));
        Assert.AreEqual(0.5, zero.RecallAt(1));
        Assert.AreEqual(0.5, zero.MeanReciprocalRank);
        Assert.AreEqual(1, zero.MeanRank);
        CollectionAssert.AreEqual(new double?[] { 1, null }, left.GetQueryValues(RetrievalMeasure.Ndcg, 1).ToArray());
        CollectionAssert.AreEqual(new double?[] { 1, 0 }, zero.GetQueryValues(RetrievalMeasure.Ndcg, 1).ToArray());
        CollectionAssert.AreEqual(new double?[] { 1, null }, zero.GetQueryValues(RetrievalMeasure.MeanRank).ToArray());
        StringAssert.Contains(left.ToString(), "1 queries without a relevant one are left out");
    }

    [TestMethod]
    public void Create_NothingRelevant_SaysSo()
    {
        var ranked = RelevanceRanks.Compute(new[] { 1f }, new[] { 3f, 2f }, 1, RelevanceLists.FromOne([-1], 2));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => new RetrievalMetrics(ranked, 2, new())).Message, "nothing to measure");
    }

    [TestMethod]
    public void GetInterval_ManyQueries_IsAsWideAsTheStandardErrorSays()
    {
        var data = new RetrievalCase(400, 50, 3, 3, seed: 8);
        var metrics = Create(data, new() { BootstrapSamples = 4_000, Seed = 5 });
        foreach (var measure in new[] { RetrievalMeasure.Recall, RetrievalMeasure.Ndcg, RetrievalMeasure.MeanReciprocalRank, RetrievalMeasure.MeanRank })
        {
            var values = metrics.GetQueryValues(measure, 5).OfType<double>().ToArray();
            var mean = values.Average();
            var error = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) / values.Length);
            var interval = metrics.GetInterval(measure, 5);
            Assert.AreEqual(mean, interval.Value, 1e-12);

            // 4,000 samples place a 2.5 % quantile to about a tenth of a standard error.
            Assert.AreEqual(mean - 1.96 * error, interval.Lower, 0.2 * error, $"{measure}");
            Assert.AreEqual(mean + 1.96 * error, interval.Upper, 0.2 * error, $"{measure}");
        }

        Assert.AreEqual(metrics.GetInterval(RetrievalMeasure.Recall, 5), Create(data, new() { BootstrapSamples = 4_000, Seed = 5 }).GetInterval(RetrievalMeasure.Recall, 5));
        Assert.AreNotEqual(metrics.GetInterval(RetrievalMeasure.Ndcg, 5), Create(data, new() { BootstrapSamples = 4_000, Seed = 6 }).GetInterval(RetrievalMeasure.Ndcg, 5));
    }

    [TestMethod]
    public void GetInterval_MedianRank_EqualsMediansOfDrawnSamples()
    {
        // The oracle draws samples itself, with other random numbers, so that only the distribution is the same.
        var data = new RetrievalCase(101, 60, 3, 2, seed: 2);
        var metrics = Create(data, new() { BootstrapSamples = 5_000, ConfidenceLevel = 0.9 });
        var ranks = metrics.FirstRelevantRanks.Where(rank => rank > 0).ToArray();
        var random = new Random(77);
        var medians = Enumerable.Range(0, 5_000).Select(_ =>
        {
            var sample = Enumerable.Range(0, ranks.Length).Select(_ => ranks[random.Next(ranks.Length)]).Order().ToArray();
            return (sample[(sample.Length - 1) / 2] + sample[sample.Length / 2]) / 2.0;
        }).Order().ToArray();
        var interval = metrics.GetInterval(RetrievalMeasure.MedianRank);
        Assert.AreEqual(metrics.MedianRank, interval.Value);
        Assert.AreEqual(medians[250], interval.Lower, 1);
        Assert.AreEqual(medians[4_750], interval.Upper, 1);
    }

    [TestMethod]
    public void ToString_Always_StatesDefinitionsCountsAndTieRule()
    {
        var text = Create(new RetrievalCase(20, 30, 3, 3, seed: 4), new() { Cutoffs = [1, 7] }).ToString();
        foreach (var part in new[] { "20 queries, 30 documents", "recall@7", "textbook recall@7", "NDCG@7", "MAP", "median rank", "95 % interval", RetrievalMetrics.TieRule, "seed 0", "any relevant", "gain grade" })
            StringAssert.Contains(text, part);
    }

    [TestMethod]
    public void Options_BadValues_NameTheParameter()
    {
        Assert.AreEqual("Cutoffs", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RetrievalEvaluationOptions { Cutoffs = [1, 0] }).ParamName);
        Assert.AreEqual("Cutoffs", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RetrievalEvaluationOptions { Cutoffs = [] }).ParamName);
        Assert.AreEqual("Gain", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RetrievalEvaluationOptions { Gain = (NdcgGain)9 }).ParamName);
        Assert.AreEqual("BootstrapSamples", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RetrievalEvaluationOptions { BootstrapSamples = 1 }).ParamName);
        Assert.AreEqual("ConfidenceLevel", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new RetrievalEvaluationOptions { ConfidenceLevel = 1 }).ParamName);
        var metrics = Create(new RetrievalCase(2, 2, 2, 1, seed: 1), new());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => metrics.RecallAt(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => metrics.GetValue((RetrievalMeasure)99));
    }

    private static RetrievalMetrics Create(RetrievalCase data, RetrievalEvaluationOptions options) =>
        new(RelevanceRanks.Compute(data.Queries, data.Gallery, data.Dimension, data.Lists), data.DocumentCount, options);
}
