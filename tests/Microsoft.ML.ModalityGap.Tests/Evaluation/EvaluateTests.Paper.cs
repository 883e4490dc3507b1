namespace Microsoft.ML.ModalityGap.Tests.Evaluation;

/// <summary>The measures that the I0T paper names, and what its figures are.</summary>
public partial class EvaluateTests
{
    /// <summary>By the singular values of the rows themselves.</summary>
    [TestMethod]
    [DataRow("clip")]
    [DataRow("videoclip")]
    [DataRow("clasp")]
    public void EffectiveRank_OfRealEmbeddings_IsThatOfTheSingularValues(string name)
    {
        var context = new MLContext(seed: 1);
        var data = context.ModalityGap().LoadFromNpy(SharedData.GetPath("mind-the-gap", $"{name}.npy"), "x", "y");
        var closed = context.Transforms.CenterModalities("x", "y").Fit(data).Transform(data);
        var actual = context.ModalityGap().Evaluate(closed, "x", "y");
        Assert.AreEqual(CreateOracle(closed).FirstEffectiveRank, actual.FirstEffectiveRank, 1e-3);
        Assert.AreEqual(CreateOracle(closed).SecondEffectiveRank, actual.SecondEffectiveRank, 1e-3);
    }

    /// <summary>99 and 100 rows of 768 dimensions, as they are: numpy's SVD of the unit rows without their mean gives 59.79 and 86.32, where the covariance in float gave 61.71 and 87.55.</summary>
    [TestMethod]
    [DataRow("clasp", 59.79)]
    [DataRow("videoclip", 86.32)]
    public void EffectiveRank_OfFewerRowsThanDimensions_IsNotInflated(string name, double expected)
    {
        var context = new MLContext(seed: 1);
        var data = context.ModalityGap().LoadFromNpy(SharedData.GetPath("mind-the-gap", $"{name}.npy"), "x", "y");
        Assert.AreEqual(expected, context.ModalityGap().Evaluate(data, "x", "y").FirstEffectiveRank, 0.005);
    }

    [TestMethod]
    [DataRow(0.85, GapSeverity.Severe)]
    [DataRow(0.631, GapSeverity.Severe)]
    [DataRow(0.629, GapSeverity.Moderate)]
    [DataRow(0.191, GapSeverity.Moderate)]
    [DataRow(0.189, GapSeverity.Low)]
    [DataRow(0.0, GapSeverity.Low)]
    public void Severity_OfADistance_IsThePapersWord(double distance, GapSeverity expected)
    {
        // Two modalities of one direction each, so far apart.
        var angle = 2 * Math.Asin(distance / 2);
        var context = new MLContext();
        float[] second = [(float)Math.Cos(angle), (float)Math.Sin(angle)];
        var metrics = context.ModalityGap().Evaluate(
            TestEmbeddings.CreateDataView(context, Enumerable.Range(0, 6).Select(_ => new TestEmbeddings.Pair { Image = [1, 0], Text = second }), 2), "Image", "Text");
        Assert.AreEqual(expected, metrics.Severity);
        Assert.AreEqual(1 - Math.Cos(angle), metrics.MinimumCosineDistance, 1e-6);
    }

    [TestMethod]
    public void MinimumCosineDistance_IsThatOfTheNearestTwoOfAll()
    {
        var context = new MLContext();
        var metrics = context.ModalityGap().Evaluate(TestEmbeddings.CreateDataView(context, 301, 40), "Image", "Text");
        var oracle = new NaiveGap(TestEmbeddings.Create(301, 40, 1), TestEmbeddings.Create(301, 40, 101), 40);
        Assert.AreEqual(1 - oracle.Matched.Concat(oracle.Mismatched).Max(), metrics.MinimumCosineDistance, 1e-6);
    }

    /// <summary>The paper's LS: least squares on 70 % of the pairs, 1 − MSE on the rest. Against MathNet's QR where rows are enough, with an intercept column.</summary>
    [TestMethod]
    public void RegressionSeparability_IsOneMinusTheErrorOfLeastSquares()
    {
        const int Rows = 100, Dimension = 9;
        var context = new MLContext();
        var actual = context.ModalityGap().Evaluate(TestEmbeddings.CreateDataView(context, Rows, Dimension), "Image", "Text", new() { Seed = 5 }).RegressionSeparability!.Value;

        var order = Enumerable.Range(0, Rows).ToArray();
        new Random(5).Shuffle(order);
        double[] Read(int seed, int row) => NaiveMoments.Normalize(Array.ConvertAll(TestEmbeddings.Create(Rows, Dimension, seed)[(row * Dimension)..((row + 1) * Dimension)], value => (double)value));
        (double[] X, double Y)[] Examples(IEnumerable<int> rows) => [.. rows.SelectMany(row => new[] { (Read(1, row).Append(1).ToArray(), 0.0), (Read(101, row).Append(1).ToArray(), 1.0) })];
        var (train, test) = (Examples(order[..70]), Examples(order[70..]));
        var weights = MathNet.Numerics.LinearAlgebra.Double.DenseMatrix.OfRowArrays(train.Select(row => row.X)).QR()
            .Solve(MathNet.Numerics.LinearAlgebra.Double.DenseVector.OfEnumerable(train.Select(row => row.Y)));
        Assert.AreEqual(1 - test.Average(row => Math.Pow(weights.DotProduct(MathNet.Numerics.LinearAlgebra.Double.DenseVector.OfArray(row.X)) - row.Y, 2)), actual, 1e-5);
    }

    /// <summary>The paper's table has −1.85: with about as many rows as dimensions, least squares fits noise; apart it is 1.</summary>
    [TestMethod]
    public void RegressionSeparability_OfRealClip_IsOneBeforeAndNegativeWhereItFitsNoise()
    {
        var context = new MLContext(seed: 1);
        var data = context.ModalityGap().LoadFromNpy(SharedData.GetPath("mind-the-gap", "clip.npy"));
        Assert.IsGreaterThan(0.95, context.ModalityGap().Evaluate(data, "Image", "Text").RegressionSeparability!.Value);
        var closed = context.Transforms.CenterModalities("Image", "Text").Fit(data).Transform(data);

        // 366 pairs: 512 rows to fit 512 dimensions and an intercept.
        Assert.IsLessThan(0, context.ModalityGap().Evaluate(context.Data.TakeRows(closed, 366), "Image", "Text").RegressionSeparability!.Value);
    }

    /// <summary>What 'about 0.5 is closed' misled about: fitted on the rows measured, both halves of the split have opposite means.</summary>
    [TestMethod]
    public void WasFittedOn_SameRows_IsTrueAndSeparabilityBelowChance()
    {
        var context = new MLContext(seed: 1);
        var catalog = context.ModalityGap();
        var data = catalog.LoadFromNpy(SharedData.GetPath("mind-the-gap", "clip.npy"));
        var whole = context.Transforms.CenterModalities("Image", "Text").Fit(data);
        var (fit, held) = (context.Data.TakeRows(data, 250), context.Data.SkipRows(data, 250));
        var part = context.Transforms.CenterModalities("Image", "Text").Fit(fit);

        Assert.IsTrue(catalog.WasFittedOn(whole, data));
        Assert.IsLessThan(0.4, catalog.Evaluate(whole.Transform(data), "Image", "Text").LinearSeparability!.Value);
        Assert.IsTrue(catalog.WasFittedOn(part, fit));
        Assert.IsFalse(catalog.WasFittedOn(part, held));
        Assert.IsFalse(catalog.WasFittedOn(part, data));
        Assert.IsFalse(catalog.WasFittedOn(catalog.CreateTransformer(whole.Columns, [.. whole.Modalities.Select(entry => new ModalityMap(entry.Modality, entry.Map))]), data));

        StringAssert.Contains(string.Join(' ', catalog.CreateReport(data, "Image", "Text", whole).Summary), "measured on the rows it was fitted on");
        Assert.DoesNotContain("measured on the rows it was fitted on", string.Join(' ', catalog.CreateReport(held, "Image", "Text", part).Summary));
    }
}
