using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.ZeroShot;

/// <summary>TFUP against a plain version of the authors' code in doubles: probabilities, divergences, their standardisation and all.</summary>
[TestClass]
public class ZeroShotCacheTests
{
    private static readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Cache_OfUnlabelledRows_GivesTheAuthorsLogits()
    {
        const int Shots = 5;
        var classes = CreateClasses();
        var data = ZeroShotData.Create(_ml, rows: 70);
        var model = _ml.Transforms.ClassifyZeroShot("Image", classes, new ClassifyZeroShotOptions { Cache = new() { RowsPerClass = Shots, Weight = 30, Sharpness = 2 } }).Fit(data);
        Assert.AreEqual(4 * Shots, model.CachedRowCount);

        var rows = ColumnValues.Read(data, "Image").ConvertAll(row => Normalize(Array.ConvertAll((float[])row[0], value => (double)value)));
        var weights = Enumerable.Range(0, 4).Select(c => Normalize(Array.ConvertAll(classes.GetEmbedding(c).ToArray(), value => (double)value))).ToArray();
        var (keys, labels) = Refine(rows, weights, Shots);
        var actual = ColumnValues.Read(model.Transform(data), "Similarity", "Score", "PredictedLabel");
        for (var i = 0; i < rows.Count; i++)
        {
            var logits = GetLogits(rows[i], keys, labels, weights, alpha: 30, beta: 2);
            var total = logits.Sum(logit => Math.Exp(logit - logits.Max()));
            for (var c = 0; c < 4; c++)
            {
                Assert.AreEqual(logits[c] / 100, ((float[])actual[i][0])[c], 2e-4);
                Assert.AreEqual(Math.Exp(logits[c] - logits.Max()) / total, ((float[])actual[i][1])[c], 2e-2);
            }

            Assert.AreEqual((uint)Array.IndexOf(logits, logits.Max()) + 1, actual[i][2]);
        }
    }

    /// <summary>Texts that lean towards another class classify badly; rows that are sure of themselves show what the classes really look like.</summary>
    [TestMethod]
    public void Cache_WhereTextsAreOff_ClassifiesBetter()
    {
        var train = ZeroShotData.Create(_ml, rows: 400, noise: 0.5, seed: 8);
        var test = ZeroShotData.Create(_ml, rows: 400, noise: 0.5, seed: 9);
        var right = CreateClasses();
        var leaning = new ZeroShotClasses(
            ZeroShotData.Names, [.. Enumerable.Range(0, 4).Select(c => right.GetEmbedding(c).ToArray().Zip(right.GetEmbedding((c + 1) % 4).ToArray(), (own, next) => own + 0.9f * next).ToArray())]);
        double Measure(ZeroShotCacheOptions? cache) => _ml.MulticlassClassification.Evaluate(
            _ml.Transforms.ClassifyZeroShot("Image", leaning, new ClassifyZeroShotOptions { Cache = cache }).Fit(train).Transform(test)).MicroAccuracy;
        var (without, with) = (Measure(null), Measure(new() { Weight = 10 }));
        Assert.IsGreaterThan(without + 0.02, with);
    }

    [TestMethod]
    public void Cache_WithoutWeight_ChangesNothing()
    {
        var data = ZeroShotData.Create(_ml);
        float[][] Get(ZeroShotCacheOptions? cache) => [.. _ml.Transforms.ClassifyZeroShot("Image", CreateClasses(), new ClassifyZeroShotOptions { Cache = cache }).Fit(data).Transform(data).GetColumn<float[]>("Score")];
        foreach (var (expected, actual) in Get(null).Zip(Get(new() { Weight = 0 })))
            CollectionAssert.AreEqual(expected, actual);
    }

    [TestMethod]
    public void Cache_Conforms() => ComponentConformance.Check(
        context => context.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, ZeroShotData.CreateEncoder(), new ClassifyZeroShotOptions
        {
            Cache = new() { RowsPerClass = 3, Weight = 2 },
            ImageMap = new EmbeddingMap(ZeroShotData.Dimension, new TruncateStep(9)),
            TextMap = new EmbeddingMap(ZeroShotData.Dimension, new TruncateStep(9)),
        }),
        context => ZeroShotData.Create(context),
        ["Image"],
        ["PredictedLabel", "Score", "Probability", "Similarity", "TopLabels", "TopScores", "Label"]);

    /// <summary>The paper's rule: 0.3·N/C rows a class, from 9 to 16; of fewer rows all there are.</summary>
    [TestMethod]
    [DataRow(4, 16)]
    [DataRow(40, 36)]
    [DataRow(160, 48)]
    [DataRow(1000, 64)]
    public void RowsPerClass_ByDefault_AreThePapers(int rows, int expected) => Assert.AreEqual(
        expected, _ml.Transforms.ClassifyZeroShot("Image", CreateClasses(), new ClassifyZeroShotOptions { Cache = ZeroShotCacheOptions.Default }).Fit(ZeroShotData.Create(_ml, rows)).CachedRowCount);

    [TestMethod]
    public void Cache_OfRowsThatCannotBeUsed_NamesOrSkipsThem()
    {
        var rows = Enumerable.Range(0, 12).Select(i => new ZeroShotData.Row { Image = [.. Enumerable.Range(0, ZeroShotData.Dimension).Select(d => i == 7 ? 0 : MathF.Sin(i + d))], Label = "cat" });
        var data = ZeroShotData.CreateDataView(_ml, rows);
        ClassifyZeroShotTransformer Fit(UnusableRows policy) =>
            _ml.Transforms.ClassifyZeroShot("Image", CreateClasses(), new ClassifyZeroShotOptions { Cache = new() { UnusableRows = policy, RowsPerClass = 20 } }).Fit(data);
        Assert.Contains("'Image', row 7 cannot be used: it holds a zero vector", Assert.ThrowsExactly<InvalidDataException>(() => Fit(UnusableRows.Throw)).Message);
        Assert.AreEqual(4 * 11, Fit(UnusableRows.Skip).CachedRowCount);
        Assert.Contains("no usable row", Assert.ThrowsExactly<InvalidDataException>(() => _ml.Transforms.ClassifyZeroShot(
            "Image", CreateClasses(), new ClassifyZeroShotOptions { Cache = new() }).Fit(ZeroShotData.CreateDataView(_ml, []))).Message);
        Assert.ThrowsExactly<ArgumentException>(() => _ml.Transforms.ClassifyZeroShot(
            "Image", CreateClasses(), new ClassifyZeroShotOptions { Cache = new(), Mode = ZeroShotMode.MultiLabel, Thresholds = [0.1f] }));
    }

    private static ZeroShotClasses CreateClasses() => ZeroShotClasses.FromPrompts(ZeroShotData.Names, PromptTemplates.Photo, ZeroShotData.CreateEncoder());

    private static (List<double[]> Keys, List<int> Labels) Refine(List<double[]> rows, double[][] weights, int shots)
    {
        var opinions = rows.ConvertAll(row => Softmax([.. weights.Select(weight => 10 * Dot(row, weight))]));
        var (keys, labels) = (new List<double[]>(), new List<int>());
        for (var c = 0; c < weights.Length; c++)
        {
            var likely = Enumerable.Range(0, rows.Count).OrderByDescending(i => opinions[i][c]).Take(2 * shots).ToArray();
            foreach (var i in likely.OrderBy(i => likely.Sum(m => Divergence(opinions[i], opinions[m]))).Take(shots))
            {
                keys.Add(rows[i]);
                labels.Add(c);
            }
        }

        return (keys, labels);
    }

    private static double[] GetLogits(double[] row, List<double[]> keys, List<int> labels, double[][] weights, double alpha, double beta)
    {
        var opinion = Softmax([.. weights.Select(weight => 10 * Dot(row, weight))]);
        var divergences = keys.ConvertAll(key => Divergence(opinion, Softmax([.. weights.Select(weight => 10 * Dot(key, weight))])));
        var mean = divergences.Average();
        var deviation = Math.Sqrt(divergences.Sum(value => (value - mean) * (value - mean)) / (divergences.Count - 1));
        var standard = divergences.ConvertAll(value => (value - mean) / deviation);
        var logits = weights.Select(weight => 100 * Dot(row, weight)).ToArray();
        for (var j = 0; j < keys.Count; j++)
        {
            var alike = 2 * (1 - (standard[j] - standard.Min()) / (standard.Max() - standard.Min()));
            logits[labels[j]] += alpha * Math.Exp(-(beta - beta * Dot(row, keys[j]) * alike));
        }

        return logits;
    }

    private static double Divergence(double[] p, double[] q) => p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum();

    private static double[] Softmax(double[] logits) => [.. logits.Select(logit => Math.Exp(logit) / logits.Sum(Math.Exp))];

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    private static double[] Normalize(double[] x) => Array.ConvertAll(x, value => value / Math.Sqrt(Dot(x, x)));
}
