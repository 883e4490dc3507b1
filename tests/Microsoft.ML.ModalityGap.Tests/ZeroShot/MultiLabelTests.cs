using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.ZeroShot;

[TestClass]
public class MultiLabelTests
{
    private static readonly MLContext _ml = new(seed: 1);

    /// <summary>The example of scikit-learn's documentation of average_precision_score: labels 0 0 1 1, scores 0.1 0.4 0.35 0.8, 0.83.</summary>
    [TestMethod]
    public void AveragePrecision_ScikitLearnsExample_IsItsNumber() =>
        Assert.AreEqual(0.8333333, MultiLabelEvaluator.AveragePrecision([(0.8f, true), (0.4f, false), (0.35f, true), (0.1f, false)]), 1e-6);

    [TestMethod]
    public void AveragePrecision_EqualScores_AreOneStep()
    {
        Assert.AreEqual(0.5, MultiLabelEvaluator.AveragePrecision([(0.3f, true), (0.3f, false), (0.3f, false), (0.3f, true)]), 1e-12);
        Assert.AreEqual(MultiLabelEvaluator.AveragePrecision([(1, true), (0.3f, true), (0.3f, false)]), MultiLabelEvaluator.AveragePrecision([(1, true), (0.3f, false), (0.3f, true)]), 1e-12);
    }

    [TestMethod]
    public void Evaluate_OfAClassifier_EqualsDirectComputation()
    {
        var data = ZeroShotData.Create(_ml, rows: 200, noise: 0.6);
        var estimator = _ml.Transforms.ClassifyZeroShot("Both", ZeroShotData.Names, ZeroShotData.CreateEncoder(), new ClassifyZeroShotOptions
        {
            Mode = ZeroShotMode.MultiLabel, Thresholds = [0.3f], LabelColumnName = "Labels", LogitScale = 20,
        });
        var model = estimator.Fit(data);
        var output = model.Transform(data);
        var metrics = _ml.ModalityGap().EvaluateMultiLabel(output, "Labels");

        var names = ColumnValues.Read(data, "Labels").ConvertAll(row => (string[])row[0]);
        var rows = ColumnValues.Read(output, "Similarity", "PredictedLabel", "Labels", "Score");
        int hits = 0, predicted = 0, positives = 0, exact = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            var truth = Array.ConvertAll(ZeroShotData.Names, name => names[i].Contains(name));
            CollectionAssert.AreEqual(truth, (bool[])rows[i][2]);
            var says = Array.ConvertAll((float[])rows[i][0], cosine => cosine >= 0.3f);
            CollectionAssert.AreEqual(says, (bool[])rows[i][1]);
            for (var c = 0; c < 4; c++)
                Assert.AreEqual(1 / (1 + Math.Exp(-20 * (((float[])rows[i][0])[c] - 0.3))), ((float[])rows[i][3])[c], 1e-5);
            hits += truth.Zip(says, (a, b) => a && b).Count(both => both);
            predicted += says.Count(value => value);
            positives += truth.Count(value => value);
            exact += truth.SequenceEqual(says) ? 1 : 0;
        }

        Assert.AreEqual(2.0 * hits / (predicted + positives), metrics.MicroF1, 1e-12);
        Assert.AreEqual(exact / 200.0, metrics.ExactMatchRatio, 1e-12);
        var mean = 0.0;
        for (var c = 0; c < 4; c++)
        {
            // AP as the mean, over the rows that have the class, of the precision at that row; there are no ties here.
            var order = Enumerable.Range(0, 200).OrderByDescending(i => ((float[])rows[i][0])[c]).ToArray();
            var ranks = Enumerable.Range(0, 200).Where(rank => names[order[rank]].Contains(ZeroShotData.Names[c])).ToArray();
            var precision = ranks.Select((rank, i) => (i + 1.0) / (rank + 1)).Average();
            Assert.AreEqual(precision, metrics.Classes[c].AveragePrecision!.Value, 1e-9);
            Assert.AreEqual(ZeroShotData.Names[c], metrics.Classes[c].Name);
            mean += precision / 4;
        }

        Assert.AreEqual(mean, metrics.MeanAveragePrecision, 1e-9);
    }

    [TestMethod]
    public void ChooseThresholds_OneOrPerClass_GiveTheHighestF1()
    {
        var data = ZeroShotData.Create(_ml, rows: 150, noise: 0.6);
        var model = _ml.Transforms.ClassifyZeroShot("Both", ZeroShotData.Names, ZeroShotData.CreateEncoder(), new ClassifyZeroShotOptions
        {
            Mode = ZeroShotMode.MultiLabel, Thresholds = [0.9f], LabelColumnName = "Labels",
        }).Fit(data);
        var one = _ml.ModalityGap().ChooseThresholds(model.Transform(data), "Labels");
        Assert.HasCount(1, one);
        var best = F1(model.WithThresholds(one)).MicroF1;
        for (var threshold = -1f; threshold <= 1; threshold += 0.01f)
            Assert.IsLessThanOrEqualTo(best + 1e-12, F1(model.WithThresholds(threshold)).MicroF1);

        var each = _ml.ModalityGap().ChooseThresholds(model.Transform(data), "Labels", perClass: true);
        Assert.HasCount(4, each);
        Assert.IsGreaterThanOrEqualTo(F1(model.WithThresholds(one)).MacroF1, F1(model.WithThresholds(each)).MacroF1);

        MultiLabelMetrics F1(ClassifyZeroShotTransformer transformer) => _ml.ModalityGap().EvaluateMultiLabel(transformer.Transform(data), "Labels");
    }
}
