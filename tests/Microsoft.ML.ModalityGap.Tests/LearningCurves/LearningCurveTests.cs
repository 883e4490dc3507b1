namespace Microsoft.ML.ModalityGap.Tests.LearningCurves;

[TestClass]
public class LearningCurveTests
{
    private static readonly MLContext _ml = new(seed: 1);

    /// <summary>Table 3 of the I0T paper: 0.188, 0.139, 0.099, 0.071 and 0.010 on its data (COCO's 5,000 pairs of another encoder), so near, not equal.</summary>
    [TestMethod]
    public void Table3_OnRealClip_IsThePapersCurve()
    {
        var data = _ml.ModalityGap().LoadFromNpy(SharedData.GetPath("mind-the-gap", "clip.npy"));
        var curve = _ml.ModalityGap().ComputeLearningCurve(
            data, "Image", "Text", options: new() { PairCounts = [32, 64, 128, 256], HeldOutFraction = 0, Measures = [LearningCurveMeasure.CentroidDistance] });
        CollectionAssert.AreEqual(new[] { 32, 64, 128, 256, 500 }, curve.Points.Select(point => point.PairCount).ToArray());
        var gaps = curve.GetMeans("centroid distance");
        foreach (var (gap, paper) in gaps.Zip([0.188, 0.139, 0.099, 0.071, 0.010]))
            Assert.AreEqual(paper, gap, 0.02);
        Assert.AreEqual(0.0279, gaps[^1], 5e-5); // what Evaluate says of all fitted on all
        Assert.AreEqual(0.8514, curve.Raw[0], 5e-5);
        Assert.IsTrue(curve.MeasuresFittedPairs);
        Assert.AreEqual(500, curve.MeasuredCount);
    }

    /// <summary>On pairs that were not fitted on, more never closes what the sampling of those measured leaves: about √(tr Σ (1/n + 1/m)) per modality.</summary>
    [TestMethod]
    public void HeldOut_MeasuresOtherPairsThanThoseFittedOn()
    {
        var data = _ml.ModalityGap().LoadFromNpy(SharedData.GetPath("mind-the-gap", "clip.npy"));
        var curve = _ml.ModalityGap().ComputeLearningCurve(data, "Image", "Text", options: new() { PairCounts = [32, 128], Draws = 3 });
        Assert.AreEqual(250, curve.MeasuredCount);
        CollectionAssert.AreEqual(new[] { 32, 128, 250 }, curve.Points.Select(point => point.PairCount).ToArray());
        CollectionAssert.AreEqual(new[] { 3, 3, 1 }, curve.Points.Select(point => point.Draws).ToArray());
        var gaps = curve.GetMeans("centroid distance");
        Assert.IsGreaterThan(gaps[1], gaps[0]);
        Assert.AreEqual(0.104, gaps[^1], 0.01); // docs/methods.md: center, halves
        Assert.AreEqual(0, curve.Points[^1].StandardDeviations[0]);
        Assert.IsGreaterThan(0, curve.Points[0].StandardDeviations[0]);
    }

    [TestMethod]
    public void Points_EqualFittingAndMeasuringByHand()
    {
        var data = TestEmbeddings.CreateDataView(_ml, 80, 12);
        var own = new LearningCurveMeasure("effective rank", metrics => metrics.FirstEffectiveRank);
        var options = new LearningCurveOptions { PairCounts = [], HeldOutFraction = 0, Measures = [.. LearningCurveMeasure.All, own] };
        var curve = _ml.ModalityGap().ComputeLearningCurve(data, "Image", "Text", columns => _ml.Transforms.WhitenModalities(columns), options);
        var expected = _ml.ModalityGap().Evaluate(_ml.Transforms.WhitenModalities("Image", "Text").Fit(data).Transform(data), "Image", "Text");
        var actual = curve.Points.Single().Means;
        Assert.AreEqual(expected.CentroidDistance, actual[0], 1e-5);
        Assert.AreEqual(expected.RelativeModalityGap, actual[1], 1e-5);
        Assert.AreEqual(expected.MeanPairCosine, actual[2], 1e-5);
        Assert.AreEqual((expected.FirstToSecond.RecallAt(1) + expected.SecondToFirst.RecallAt(1)) / 2, actual[3], 0.03); // a near tie may fall the other way
        Assert.AreEqual(expected.FirstEffectiveRank, actual[4], 1e-3);
        CollectionAssert.AreEqual(actual.ToArray(), _ml.ModalityGap().ComputeLearningCurve(data, "Image", "Text", columns => _ml.Transforms.WhitenModalities(columns), options).Points.Single().Means.ToArray());
    }

    [TestMethod]
    public void Figure_HasTheCurveAndItsNumbers()
    {
        var data = TestEmbeddings.CreateDataView(_ml, 200, 6);
        var curve = _ml.ModalityGap().ComputeLearningCurve(data, "Image", "Text");
        var figure = ReportFigure.CreateLearningCurve(curve);
        Assert.AreEqual("learning-curve", figure.Id);
        var report = _ml.ModalityGap().CreateReport(data, "Image", "Text", options: new() { LearningCurve = curve });
        Assert.AreEqual(figure.ToSvg(), report.GetFigure("learning-curve").ToSvg());
        var html = report.ToHtml();
        Assert.Contains("How many pairs it needs", html);
        Assert.Contains(curve.Points[0].Means[0].ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture), html);
    }

    [TestMethod]
    public void BadOptions_SayWhatIsWrong()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new LearningCurveOptions { PairCounts = [1] });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new LearningCurveOptions { HeldOutFraction = 1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new LearningCurveOptions { Draws = 0 });
        Assert.ThrowsExactly<ArgumentException>(() => new LearningCurveOptions { Measures = [] });
        Assert.ThrowsExactly<ArgumentException>(() => new LearningCurveOptions { Measures = [LearningCurveMeasure.MeanRecall, LearningCurveMeasure.MeanRecall] });
        var data = TestEmbeddings.CreateDataView(_ml, 3, 4);
        Assert.Contains("are left to fit on", Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().ComputeLearningCurve(data, "Image", "Text")).Message);
        Assert.Contains("'gap'", Assert.ThrowsExactly<ArgumentException>(() => _ml.ModalityGap().ComputeLearningCurve(TestEmbeddings.CreateDataView(_ml), "Image", "Text").GetMeans("gap")).Message);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(() => _ml.ModalityGap().ComputeLearningCurve(TestEmbeddings.CreateDataView(_ml), "Image", "Text", options: new() { CancellationToken = cancelled.Token }));
    }
}
