namespace Microsoft.ML.ModalityGap.Tests.Numerics;

[TestClass]
public class SignalToNoiseTests
{
    private const int Dimension = 24;

    /// <summary>The paper's formula: var of the noise over var of the anchor, each around its mean over the dimensions.</summary>
    [TestMethod]
    public void Distance_IsTheRatioOfVariances()
    {
        var (h, g) = (TestEmbeddings.Create(1, Dimension, 1), TestEmbeddings.Create(1, Dimension, 2));
        Assert.AreEqual(Naive(h, g), SignalToNoise.Distance(h, g), 1e-9);
        Assert.AreEqual(Naive(g, h), SignalToNoise.Distance(g, h), 1e-9);
        Assert.AreEqual(0, SignalToNoise.Distance(h, Array.ConvertAll(h, value => value + 0.5f)), 1e-9, "a constant is no noise");
        Assert.ThrowsExactly<ArgumentException>(() => SignalToNoise.Distance([1, 1, 1], [1, 2, 3]));
        Assert.ThrowsExactly<ArgumentException>(() => SignalToNoise.Distance([1, 2], [1, 2, 3]));
    }

    [TestMethod]
    public void Vectors_InAnIndexByDot_RankByTheDistance()
    {
        var context = new MLContext();
        var gallery = Enumerable.Range(0, 300).Select(i => Array.ConvertAll(TestEmbeddings.Create(1, Dimension, i), value => value * (1 + i % 5))).ToArray();
        var query = Array.ConvertAll(TestEmbeddings.Create(1, Dimension, 999), value => 3 * value);
        var rows = TestEmbeddings.CreateDataView(context, gallery.Select(row => new TestEmbeddings.Pair { Image = SignalToNoise.ToGalleryVector(row), Text = [1] }), Dimension + 1, variable: true);
        var index = context.ModalityGap().CreateIndex(rows, "Image", options: new EmbeddingIndexOptions { Metric = SimilarityMetric.Dot });
        var found = index.Search(SignalToNoise.ToQueryVector(query), 10);
        var expected = Enumerable.Range(0, gallery.Length).OrderBy(i => Naive(query, gallery[i])).Take(10).ToArray();
        CollectionAssert.AreEqual(expected, found.Select(neighbor => neighbor.Position).ToArray());
        for (var i = 0; i < 10; i++)
            Assert.AreEqual(1 - Naive(query, gallery[expected[i]]), found[i].Score, 1e-4);
    }

    [TestMethod]
    public void Evaluate_HasTheMeanOverPairs()
    {
        var context = new MLContext();
        var metrics = context.ModalityGap().Evaluate(TestEmbeddings.CreateDataView(context, 50, Dimension), "Image", "Text");
        var (x, y) = (TestEmbeddings.Create(50, Dimension, 1), TestEmbeddings.Create(50, Dimension, 101));
        float[] Unit(float[] rows, int i) => [.. NaiveMoments.Normalize(Array.ConvertAll(rows[(i * Dimension)..((i + 1) * Dimension)], value => (double)value)).Select(value => (float)value)];
        Assert.AreEqual(Enumerable.Range(0, 50).Average(i => Naive(Unit(x, i), Unit(y, i))), metrics.SignalToNoiseDistance!.Value, 1e-4);
        var constant = Enumerable.Range(0, 5).Select(i => new TestEmbeddings.Pair { Image = [1, 1], Text = [1, i] });
        Assert.IsNull(context.ModalityGap().Evaluate(TestEmbeddings.CreateDataView(context, constant, 2), "Image", "Text").SignalToNoiseDistance);
    }

    private static double Naive(float[] anchor, float[] compared)
    {
        static double Variance(double[] values) => values.Average(value => Math.Pow(value - values.Average(), 2));
        return Variance([.. compared.Zip(anchor, (g, h) => (double)g - h)]) / Variance(Array.ConvertAll(anchor, value => (double)value));
    }
}
