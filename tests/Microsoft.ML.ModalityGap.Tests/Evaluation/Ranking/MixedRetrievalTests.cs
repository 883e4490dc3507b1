namespace Microsoft.ML.ModalityGap.Tests.Evaluation.Ranking;

[TestClass]
public class MixedRetrievalTests
{
    private static readonly string[] _names = ["text", "image", "fused"];

    [TestMethod]
    [DataRow(1, 2, 3, 1)]
    [DataRow(30, 120, 3, 4)]
    [DataRow(100, 300, 4, 20)]
    public void Evaluate_ManyTies_EqualsTheDefinitions(int queries, int documents, int dimension, int mostRelevant)
    {
        var data = new RetrievalCase(queries, documents, dimension, mostRelevant, seed: documents);
        var modalities = CreateModalities(documents);
        foreach (var k in new[] { 1, 10, 2 * documents })
        {
            var metrics = MixedRetrieval.Evaluate(data.Queries, data.Gallery, dimension, modalities, _names, data.Lists, k);
            var measured = Enumerable.Range(0, queries).Where(data.Naive.HasRelevant).ToArray();
            Assert.AreEqual(measured.Average(query => data.Naive.Ndcg(query, k, grade => grade)), metrics.Ndcg, 1e-12);
            for (var modality = 0; modality < _names.Length; modality++)
            {
                var actual = metrics[_names[modality]];
                Assert.AreEqual(modalities.Count(value => value == modality), actual.DocumentCount);
                Assert.AreEqual((double)actual.DocumentCount / documents, actual.GalleryShare, 1e-12);
                Assert.AreEqual(
                    Enumerable.Range(0, queries).Average(query => data.Naive.Ranking(query).Take(k).Average(document => modalities[document] == modality ? 1.0 : 0)), actual.TopShare, 1e-12);
                var (relevant, bias) = Bias(data.Naive, queries, modalities, modality);
                Assert.AreEqual(relevant, actual.RelevantCount);
                var found = Enumerable.Range(0, queries)
                    .Sum(query => data.Naive.Ranking(query).Take(k).Count(document => modalities[document] == modality && data.Naive.IsRelevant(query, document)));
                Assert.AreEqual(relevant == 0, actual.TopRecall is null);
                Assert.AreEqual(relevant == 0 ? 0 : (double)found / relevant, actual.TopRecall ?? 0, 1e-12);
                Assert.AreEqual(bias is null, actual.RankBias is null);
                Assert.AreEqual(bias ?? 0, actual.RankBias ?? 0, 1e-12);
            }
        }
    }

    [TestMethod]
    public void Evaluate_OneModalityAlwaysFirst_ShowsInShareAndBias()
    {
        // Texts score 10 and more, images below 1, whatever the query wants: an image.
        float[] gallery = [.. Enumerable.Range(0, 40).Select(i => i < 20 ? 10f + i : i / 100f)];
        int[] modalities = [.. Enumerable.Range(0, 40).Select(i => i < 20 ? 0 : 1)];
        var metrics = MixedRetrieval.Evaluate(new[] { 1f, 2f }, gallery, 1, modalities, ["text", "image"], RelevanceLists.FromOne([39, 38], 40));
        Assert.AreEqual(1, metrics["text"].TopShare, 1e-12);
        Assert.AreEqual(0, metrics["image"].TopShare, 1e-12);
        Assert.AreEqual(0, metrics.Ndcg);

        // The best image stands behind all 20 texts and no image; the second best behind all texts and 1 of 19 images.
        Assert.AreEqual((0 - 1 + (1.0 / 19 - 1)) / 2, metrics["image"].RankBias!.Value, 1e-12);
        Assert.IsNull(metrics["text"].RankBias);
        StringAssert.Contains(metrics.ToString(), "rank bias");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => metrics["sound"]).Message, "'text', 'image'");
    }

    [TestMethod]
    public void Evaluate_AnyNumberOfThreads_IsTheSame()
    {
        var data = new RetrievalCase(250, 400, 3, 20, seed: 9);
        var modalities = CreateModalities(400);
        string Evaluate(int threads) =>
            MixedRetrieval.Evaluate(data.Queries, data.Gallery, 3, modalities, _names, data.Lists, maxDegreeOfParallelism: threads).ToString();
        Assert.AreEqual(Evaluate(1), Evaluate(2));
        Assert.AreEqual(Evaluate(1), Evaluate(5));
    }

    private static int[] CreateModalities(int documents)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, documents).Select(_ => random.Next(3))];
    }

    private static (int Relevant, double? Bias) Bias(NaiveRetrieval naive, int queries, int[] modalities, int modality)
    {
        var relevant = 0;
        var biases = new List<double>();
        for (var query = 0; query < queries; query++)
        {
            var ranking = naive.Ranking(query);
            for (var place = 0; place < ranking.Count; place++)
            {
                if (modalities[ranking[place]] != modality || !naive.IsRelevant(query, ranking[place]))
                    continue;
                relevant++;
                double Share(bool own) => ranking.Select((document, rank) => (document, rank))
                    .Where(entry => !naive.IsRelevant(query, entry.document) && modalities[entry.document] == modality == own)
                    .Select(entry => entry.rank < place ? 1.0 : 0).DefaultIfEmpty(double.NaN).Average();
                if (!double.IsNaN(Share(true)) && !double.IsNaN(Share(false)))
                    biases.Add(Share(true) - Share(false));
            }
        }

        return (relevant, biases.Count > 0 ? biases.Average() : null);
    }
}
