using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Captioning;

[TestClass]
public class ScoreExplanationTests
{
    private const int Dimension = 13;
    private static readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Parts_OfOnePair_SumToTheCosineAndEqualDirectComputation()
    {
        var statistics = GetStatistics();
        var (image, text) = (TestEmbeddings.Create(150, Dimension, 1), TestEmbeddings.Create(150, Dimension, 101));
        var (x, y) = (image.AsSpan(0, Dimension).ToArray(), text.AsSpan(3 * Dimension, Dimension).ToArray());
        var explanation = ModalityGapCatalog.ExplainScore(x, y, statistics["Image"], statistics["Text"], dimensionCount: Dimension);

        var (unitX, unitY) = (Normalize(x), Normalize(y));
        var (meanX, meanY) = (statistics["Image"].Mean.ToArray(), statistics["Text"].Mean.ToArray());
        var (a, b) = (unitX.Zip(meanX, (p, q) => p - q).ToArray(), unitY.Zip(meanY, (p, q) => p - q).ToArray());
        Assert.AreEqual(Dot(unitX, unitY), explanation.Cosine, 1e-6);
        Assert.AreEqual(Dot(meanX, meanY), explanation.MeansPart, 1e-6);
        Assert.AreEqual(Dot(meanX, b), explanation.ImageMeanPart, 1e-6);
        Assert.AreEqual(Dot(a, meanY), explanation.TextMeanPart, 1e-6);
        Assert.AreEqual(Dot(a, b), explanation.ContentPart, 1e-6);
        Assert.AreEqual(explanation.Cosine, explanation.MeansPart + explanation.ImageMeanPart + explanation.TextMeanPart + explanation.ContentPart, 1e-12);
        Assert.AreEqual(explanation.Cosine, explanation.TopDimensions.Sum(entry => entry.Total), 1e-9);
        Assert.AreEqual(explanation.ContentPart, explanation.TopDimensions.Sum(entry => entry.Content), 1e-9);
        Assert.IsGreaterThanOrEqualTo(Math.Abs(explanation.TopDimensions[1].Total), Math.Abs(explanation.TopDimensions[0].Total));
    }

    [TestMethod]
    public void ClosedCosine_IsWhatCenterModalitiesMakesOfIt()
    {
        var data = TestEmbeddings.CreateDataView(_ml);
        var center = _ml.Transforms.CenterModalities("Image", "Text").Fit(data);
        var (image, text) = (center.GetModality("Image"), center.GetModality("Text"));
        var (x, y) = (TestEmbeddings.Create(1, Dimension, 55), TestEmbeddings.Create(1, Dimension, 56));
        var explanation = ModalityGapCatalog.ExplainScore(x, y, image.Statistics!, text.Statistics!);
        Assert.AreEqual(Dot(Normalize(image.Map.Apply(x)), Normalize(text.Map.Apply(y))), explanation.ClosedCosine, 1e-5);
    }

    /// <summary>A mismatched pair's high score comes from the means: what the explanation is for.</summary>
    [TestMethod]
    public void MismatchedPairs_WithTheGapOpen_OweTheirScoreToTheMeans()
    {
        var data = TestEmbeddings.CreateDataView(_ml);
        var explanation = _ml.ModalityGap().ExplainScores(data, "Image", "Text");
        Assert.AreEqual(150, explanation.Count);

        // The texts of this data have nothing to do with their images.
        Assert.IsGreaterThan(0.95, explanation.MeansShare);
        Assert.AreEqual(0, explanation.ContentPart, 0.01);
        Assert.AreEqual(_ml.ModalityGap().EvaluateCaptions(data, "Image", "Text").MeanCosine, explanation.Cosine, 1e-6);
    }

    [TestMethod]
    public void UnusablePairs_AreLeftOutWhereAsked()
    {
        var rows = TestEmbeddings.CreateDataView(_ml);
        var (image, text) = (rows.GetColumn<float[]>("Image").ToArray(), rows.GetColumn<float[]>("Text").ToArray());
        image[3][1] = float.NaN;
        Array.Clear(text[7]);
        IDataView View(IEnumerable<int> which) =>
            TestEmbeddings.CreateDataView(_ml, which.Select(i => new TestEmbeddings.Pair { Image = image[i], Text = text[i] }), image[0].Length);
        var (data, usable) = (View(Enumerable.Range(0, 150)), View(Enumerable.Range(0, 150).Except([3, 7])));

        var explanation = _ml.ModalityGap().ExplainScores(data, "Image", "Text", unusableRows: UnusableRows.Skip);
        Assert.AreEqual(_ml.ModalityGap().ExplainScores(usable, "Image", "Text").ToString(), explanation.ToString());
        Assert.AreEqual(148, explanation.Count);
        Assert.AreEqual(
            _ml.ModalityGap().SweepShift(usable, "Image", "Text").ToString(), _ml.ModalityGap().SweepShift(data, "Image", "Text", unusableRows: UnusableRows.Skip).ToString());
        Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().ExplainScores(data, "Image", "Text"));
        Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().SweepShift(data, "Image", "Text"));
    }

    [TestMethod]
    public void Arguments_ThatDoNotFit_AreRefused()
    {
        var statistics = GetStatistics();
        var row = TestEmbeddings.Create(1, Dimension, 5);
        Check("12 dimensions where 13 are expected", () => ModalityGapCatalog.ExplainScore(row.AsSpan(1), row, statistics["Image"], statistics["Text"]));
        Check("zero vector", () => ModalityGapCatalog.ExplainScore(row, new float[Dimension], statistics["Image"], statistics["Text"]));
        var raw = ModalityStatistics.FromRows(TestEmbeddings.Create(9, Dimension, 1), Dimension, new ModalityStatisticsOptions { Normalize = false });
        Check("unnormalised", () => ModalityGapCatalog.ExplainScore(row, row, raw, statistics["Text"]));

        static void Check(string message, Func<object> explain) => Assert.Contains(message, Assert.ThrowsExactly<ArgumentException>(() => explain()).Message);
    }

    private static IReadOnlyDictionary<string, ModalityStatistics> GetStatistics() =>
        _ml.ModalityGap().ComputeStatistics(TestEmbeddings.CreateDataView(_ml), ModalityColumns.PerColumn("Image", "Text"));

    private static double[] Normalize(float[] values)
    {
        var norm = Math.Sqrt(values.Sum(value => (double)value * value));
        return Array.ConvertAll(values, value => value / norm);
    }

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();
}
