using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Calibration;

[TestClass]
public class HumanDisagreementTests
{
    private static readonly MLContext _ml = new(seed: 1);

    /// <summary>Golden numbers of scipy 1.10.1: stats.entropy(p, q), spatial.distance.jensenshannon(p, q), stats.entropy(p) and (q), for p = .5 .3 .2, q = .2 .2 .6.</summary>
    [TestMethod]
    public void Measures_OfOneRow_EqualScipy()
    {
        var metrics = Evaluate([new Row { Score = [0.2f, 0.2f, 0.6f], Human = [5, 3, 2] }], new HumanDisagreementOptions { Smoothing = 0 });
        Assert.AreEqual(0.3600624406359049, metrics.KullbackLeibler, 1e-6);
        Assert.AreEqual(0.3009416055570711, metrics.JensenShannonDistance, 1e-6);
        Assert.AreEqual(0.09056584995526777, metrics.JensenShannonDivergence, 1e-6);
        Assert.AreEqual(0.4, metrics.TotalVariation, 1e-6);
        Assert.AreEqual(1.0296530140645737, metrics.HumanEntropy, 1e-9);
        Assert.AreEqual(0.9502705392332347, metrics.ModelEntropy, 1e-6);
        Assert.AreEqual(0, metrics.MajorityAccuracy);
        Assert.IsNull(metrics.EntropyCorrelation);
    }

    /// <summary>The formulas of the authors' evaluate.py in plain double precision: scipy.stats.entropy(p, where(q == 0, 1e-10, q)) where entropy(p, q) is infinite.</summary>
    [TestMethod]
    public void PaperOptions_OfModelsWithZeros_GiveTheAuthorsNumbers()
    {
        var row = new Row { Score = [0.7f, 0.3f, 0], Human = [5, 3, 2], Old = "b" };
        var paper = Evaluate([row], HumanDisagreementOptions.Paper with { OldLabelColumnName = "Old" });
        Assert.AreEqual(4.115046485290665, paper.KullbackLeibler, 1e-6);
        Assert.AreEqual(-0.41878871200968015, paper.EntropyCalibrationError, 1e-6);
        Assert.AreEqual(1, paper.RankCalibrationScore);
        Assert.AreEqual(1, paper.MajorityAccuracy);
        Assert.AreEqual(0, paper.OldLabelAccuracy);

        // Nothing is infinite, so nothing is changed; ties stand in the classes' order: 0 1 2 against 2 1 0.
        var finite = Evaluate([new Row { Score = [0.2f, 0.2f, 0.6f], Human = [5, 3, 2], Old = "c" }], HumanDisagreementOptions.Paper with { OldLabelColumnName = "Old" });
        Assert.AreEqual(0.3600624406359049, finite.KullbackLeibler, 1e-6);
        Assert.AreEqual(1 / 3.0, finite.RankCalibrationScore, 1e-12);
        Assert.AreEqual(1, finite.OldLabelAccuracy);
        Assert.IsNull(Evaluate([row], HumanDisagreementOptions.Default).OldLabelAccuracy);
    }

    [TestMethod]
    public void OldLabel_ThatIsMissingOrUnknown_IsNamed()
    {
        var options = new HumanDisagreementOptions { OldLabelColumnName = "Old" };
        var row = new Row { Score = [0.2f, 0.2f, 0.6f], Human = [1, 2, 3] };
        Assert.Contains("'Old', row 0 cannot be used: it has no class", Assert.ThrowsExactly<InvalidDataException>(() => Evaluate([row], options)).Message);
        row.Old = "zebra";
        Assert.Contains("the class 'zebra', which is none of the 3 classes", Assert.ThrowsExactly<InvalidDataException>(() => Evaluate([row], options)).Message);
    }

    [TestMethod]
    public void ScoreKinds_OfTheSameDistribution_AgreeEverywhere()
    {
        var random = new Random(3);
        var shares = Enumerable.Range(0, 30).Select(_ => Normalize([random.NextDouble(), random.NextDouble(), random.NextDouble()])).ToArray();
        var human = shares.Select(_ => new float[] { random.Next(5), random.Next(5), 1 + random.Next(5) }).ToArray();
        HumanDisagreementMetrics Get(Func<double, double> convert, HumanDisagreementOptions options) =>
            Evaluate([.. shares.Select((row, i) => new Row { Score = Array.ConvertAll(row, p => (float)convert(p)), Human = human[i] })], options);
        var expected = Get(p => p, new HumanDisagreementOptions());
        foreach (var actual in new[]
        {
            Get(Math.Log, new HumanDisagreementOptions { ScoreKind = ScoreKind.LogProbabilities }),
            Get(p => Math.Log(p) / 50 + 0.3, new HumanDisagreementOptions { ScoreKind = ScoreKind.Logits, LogitScale = 50 }),
            Get(p => 400 * p, new HumanDisagreementOptions { ScoreKind = ScoreKind.Counts }),
        })
        {
            Assert.AreEqual(expected.KullbackLeibler, actual.KullbackLeibler, 1e-4);
            Assert.AreEqual(expected.JensenShannonDivergence, actual.JensenShannonDivergence, 1e-4);
            Assert.AreEqual(expected.EntropyCorrelation!.Value, actual.EntropyCorrelation!.Value, 1e-4);
            Assert.AreEqual(expected.MajorityAccuracy, actual.MajorityAccuracy);
        }
    }

    [TestMethod]
    public void MonteCarlo_OfManyDraws_ComesNearTheDistributionAndRepeats()
    {
        var rows = new[] { new Row { Score = [0.7f, 0.3f, 0], Human = [70, 30, 0] }, new Row { Score = [0.1f, 0.1f, 0.8f], Human = [10, 10, 80] } };
        var many = Evaluate(rows, new HumanDisagreementOptions { MonteCarloSamples = 100_000, Seed = 5 });
        Assert.AreEqual(0, many.TotalVariation, 0.01);
        var few = Evaluate(rows, new HumanDisagreementOptions { MonteCarloSamples = 5, Seed = 5 });
        Assert.IsGreaterThan(many.TotalVariation, few.TotalVariation);
        Assert.AreEqual(few.TotalVariation, Evaluate(rows, new HumanDisagreementOptions { MonteCarloSamples = 5, Seed = 5 }).TotalVariation);
    }

    [TestMethod]
    public void EntropyCorrelation_OfAModelUnsureWherePeopleAre_IsHigh()
    {
        var rows = Enumerable.Range(0, 20).Select(i =>
        {
            var sure = 0.34f + 0.03f * i;
            return new Row { Score = [sure, 0.5f * (1 - sure), 0.5f * (1 - sure)], Human = [34 + 3 * i, 0.5f * (66 - 3 * i), 0.5f * (66 - 3 * i)] };
        }).ToArray();
        var same = Evaluate(rows, new HumanDisagreementOptions());
        Assert.AreEqual(1, same.EntropyCorrelation!.Value, 1e-6);
        Assert.AreEqual(1, same.EntropyRankCorrelation!.Value, 1e-9);
        for (var i = 0; i < rows.Length; i++)
            rows[i].Score = [.. rows[^(i + 1)].Human.Select(vote => vote / 100)];
        Assert.IsLessThan(-0.5, Evaluate(rows, new HumanDisagreementOptions()).EntropyCorrelation!.Value);
    }

    [TestMethod]
    public void Votes_ByName_AreCounted()
    {
        var byName = Evaluate([new Row { Score = [0.2f, 0.2f, 0.6f], Names = ["c", "a", "a", "b"] }], new HumanDisagreementOptions(), "Names");
        var byCount = Evaluate([new Row { Score = [0.2f, 0.2f, 0.6f], Human = [2, 1, 1] }], new HumanDisagreementOptions());
        Assert.AreEqual(byCount.KullbackLeibler, byName.KullbackLeibler);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => Evaluate([new Row { Score = [0.2f, 0.2f, 0.6f], Names = ["zebra"] }], new HumanDisagreementOptions(), "Names"));
        Assert.Contains("a vote for 'zebra', which is none of the 3 classes: a, b, c", exception.Message);
    }

    [TestMethod]
    public void Rows_ThatCannotBeUsed_AreNamedOrLeftOut()
    {
        var rows = new[] { new Row { Score = [0.2f, 0.2f, 0.6f], Human = [1, 2, 3] }, new Row { Score = [0.2f, 0.2f, 0.6f], Human = [0, 0, 0] } };
        Assert.Contains("'Human', row 1 cannot be used: it has only zeros", Assert.ThrowsExactly<InvalidDataException>(() => Evaluate(rows, new HumanDisagreementOptions())).Message);
        Assert.AreEqual(1, Evaluate(rows, new HumanDisagreementOptions { UnusableRows = UnusableRows.Skip }).SkippedCount);
        var certain = new[] { new Row { Score = [1, 0, 0], Human = [1, 2, 3] } };
        Assert.Contains("Smoothing", Assert.ThrowsExactly<InvalidDataException>(() => Evaluate(certain, new HumanDisagreementOptions { Smoothing = 0 })).Message);
        Assert.IsTrue(double.IsFinite(Evaluate(certain, new HumanDisagreementOptions()).KullbackLeibler));
    }

    private static HumanDisagreementMetrics Evaluate(Row[] rows, HumanDisagreementOptions options, string human = "Human")
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        definition["Score"].AddAnnotation(
            AnnotationUtils.Kinds.SlotNames, new VBuffer<ReadOnlyMemory<char>>(3, ["a".AsMemory(), "b".AsMemory(), "c".AsMemory()]), new VectorDataViewType(TextDataViewType.Instance, 3));
        return _ml.ModalityGap().EvaluateHumanDisagreement(_ml.Data.LoadFromEnumerable(rows, definition), "Score", human, options);
    }

    private static double[] Normalize(double[] values) => Array.ConvertAll(values, value => value / values.Sum());

    private sealed class Row
    {
        [VectorType(3)]
        public float[] Score { get; set; } = new float[3];

        [VectorType(3)]
        public float[] Human { get; set; } = new float[3];

        public string[] Names { get; set; } = [];

        public string Old { get; set; } = "";
    }
}
