using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.ZeroShot;

namespace Microsoft.ML.ModalityGap.Tests.Calibration;

[TestClass]
public class CalibrationTests
{
    private static readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Metrics_OfFourRows_EqualHandComputation()
    {
        // Confidences 0.88 (right), 0.58 (wrong), 0.55 (right), 0.78 (wrong), in ten bins.
        var data = CreateDataView([("a", [0.88f, 0.12f]), ("a", [0.42f, 0.58f]), ("b", [0.45f, 0.55f]), ("b", [0.78f, 0.22f])]);
        var metrics = _ml.ModalityGap().EvaluateCalibration(data, "Label", "Score", new CalibrationOptions { ScoreKind = ScoreKind.Probabilities, BinCount = 10 });
        Assert.AreEqual(0.5, metrics.Accuracy);
        var loss = -(Math.Log(0.88) + Math.Log(0.42) + Math.Log(0.55) + Math.Log(0.22)) / 4;
        Assert.AreEqual(loss, metrics.NegativeLogLikelihood, 1e-6);

        // Bins (0.5, 0.6]: 0.58 wrong and 0.55 right; (0.7, 0.8]: 0.78 wrong; (0.8, 0.9]: 0.88 right.
        var error = metrics.ExpectedCalibrationError;
        Assert.AreEqual((2 * Math.Abs(0.5 - 0.565) + 0.78 + 0.12) / 4, error, 1e-6);
        Assert.AreEqual(0.78, metrics.MaximumCalibrationError, 1e-6);
        Assert.AreEqual(2 * (0.0144 + 0.3364 + 0.2025 + 0.6084) / 4, metrics.BrierScore, 1e-6);
        Assert.HasCount(10, metrics.Bins);
        Assert.AreEqual(2, metrics.Bins[5].Count);
        Assert.AreEqual(0.565, metrics.Bins[5].MeanConfidence, 1e-6);
    }

    [TestMethod]
    public void Temperature_OfLabelsDrawnFromAKnownScale_IsFoundAgain()
    {
        var data = Draw(rows: 20_000, scale: 9, seed: 4);
        var calibration = _ml.ModalityGap().CalibrateTemperature(data, "Label", "Score", new CalibrationOptions { LogitScale = 100 });

        // The standard error at 20,000 rows is about 0.1.
        Assert.AreEqual(9, calibration.LogitScale, 0.5);
        Assert.IsFalse(calibration.IsAtBound);
        Assert.IsGreaterThan(0.1, calibration.Before.ExpectedCalibrationError);
        Assert.IsLessThan(0.02, calibration.After.ExpectedCalibrationError);
        Assert.IsLessThan(calibration.Before.NegativeLogLikelihood, calibration.After.NegativeLogLikelihood);
        Assert.AreEqual(calibration.Before.Accuracy, calibration.After.Accuracy);
        Assert.AreEqual(1 / calibration.LogitScale, calibration.Temperature, 1e-7);
    }

    [TestMethod]
    public void Temperature_HasNoNeighbourWithALowerLoss()
    {
        var data = Draw(rows: 500, scale: 4, seed: 8);
        var scale = _ml.ModalityGap().CalibrateTemperature(data, "Label", "Score").LogitScale;
        double Loss(float s) => _ml.ModalityGap().EvaluateCalibration(data, "Label", "Score", new CalibrationOptions { LogitScale = s }).NegativeLogLikelihood;
        foreach (var factor in new[] { 0.5f, 0.9f, 0.99f, 1.01f, 1.1f, 2f })
            Assert.IsGreaterThan(Loss(scale), Loss(scale * factor));
    }

    [TestMethod]
    public void Temperature_OfRowsThatAreAllRightOrTellNothing_StopsAtABound()
    {
        var right = _ml.ModalityGap().CalibrateTemperature(CreateDataView([("a", [0.3f, 0.1f]), ("b", [0.1f, 0.2f])]), "Label", "Score");
        Assert.IsTrue(right.IsAtBound);
        Assert.AreEqual(100_000, right.LogitScale, 1);
        Assert.AreEqual(0, right.After.NegativeLogLikelihood, 1e-9);

        var wrong = _ml.ModalityGap().CalibrateTemperature(CreateDataView([("b", [0.3f, 0.1f]), ("a", [0.1f, 0.2f])]), "Label", "Score");
        Assert.IsTrue(wrong.IsAtBound);
        Assert.AreEqual(Math.Log(2), wrong.After.NegativeLogLikelihood, 1e-3);
    }

    [TestMethod]
    public void Temperature_OfAClassifier_MakesItsProbabilitiesBelievable()
    {
        var data = ZeroShotData.Create(_ml, rows: 1200, noise: 0.9, seed: 11);
        var model = _ml.Transforms.ClassifyZeroShot("Image", ZeroShotData.Names, ZeroShotData.CreateEncoder()).Fit(data);
        var calibration = _ml.ModalityGap().CalibrateTemperature(model.Transform(data));
        var others = ZeroShotData.Create(_ml, rows: 1200, noise: 0.9, seed: 12);
        double Error(ClassifyZeroShotTransformer transformer) =>
            _ml.ModalityGap().EvaluateCalibration(transformer.Transform(others), scoreColumnName: "Score", options: new CalibrationOptions { ScoreKind = ScoreKind.Probabilities }).ExpectedCalibrationError;
        Assert.IsGreaterThan(0.15, Error(model));
        Assert.IsLessThan(0.06, Error(model.WithLogitScale(calibration.LogitScale)));
    }

    [TestMethod]
    public void Rows_WithoutALabelOrANumber_AreNamedOrLeftOut()
    {
        var data = CreateDataView([("a", [0.3f, 0.1f]), ("", [0.1f, 0.2f]), ("b", [0.5f, 0.2f])]);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().EvaluateCalibration(data, "Label", "Score"));
        Assert.Contains("row 1 cannot be used: it has no class in 'Label'", exception.Message);
        var metrics = _ml.ModalityGap().EvaluateCalibration(data, "Label", "Score", new CalibrationOptions { UnusableRows = UnusableRows.Skip });
        Assert.AreEqual(2, metrics.Count);
        Assert.AreEqual(1, metrics.SkippedCount);

        var strange = CreateDataView([("zebra", [0.3f, 0.1f])]);
        Assert.Contains("'zebra', which is none of the 2 classes: a, b", Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().EvaluateCalibration(strange, "Label", "Score")).Message);
        var negative = CreateDataView([("a", [0.3f, -0.1f])]);
        var options = new CalibrationOptions { ScoreKind = ScoreKind.Probabilities };
        Assert.Contains("a negative probability", Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().EvaluateCalibration(negative, "Label", "Score", options)).Message);
    }

    private static IDataView Draw(int rows, double scale, int seed)
    {
        var random = new Random(seed);
        return CreateDataView(Enumerable.Range(0, rows).Select(_ =>
        {
            var scores = new[] { (float)random.NextDouble(), (float)random.NextDouble() };
            var p = 1 / (1 + Math.Exp(scale * (scores[1] - scores[0])));
            return (random.NextDouble() < p ? "a" : "b", scores);
        }));
    }

    private static IDataView CreateDataView(IEnumerable<(string Label, float[] Score)> rows)
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        definition["Score"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2);
        definition["Score"].AddAnnotation(
            AnnotationUtils.Kinds.SlotNames, new VBuffer<ReadOnlyMemory<char>>(2, ["a".AsMemory(), "b".AsMemory()]), new VectorDataViewType(TextDataViewType.Instance, 2));
        return _ml.Data.LoadFromEnumerable(rows.Select(row => new Row { Label = row.Label, Score = row.Score }).ToList(), definition);
    }

    private sealed class Row
    {
        public string Label { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
