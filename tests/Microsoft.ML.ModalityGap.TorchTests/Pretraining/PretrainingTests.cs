using Pretraining;
using TinyClip;
using static TorchSharp.torch;

namespace Microsoft.ML.ModalityGap.TorchTests.Pretraining;

/// <summary>The models and the log of samples/Pretraining.</summary>
[TestClass]
public class PretrainingTests
{
    [TestMethod]
    [DataRow(AttentionKind.MultiHead)]
    [DataRow(AttentionKind.LowRank)]
    public void Projections_Merged_AreTheSameMatrix(AttentionKind kind)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        var projections = new QueryKeyValue(16, kind, rank: 3);
        var (weight, bias) = projections.Merge();
        var x = randn(5, 7, 16);
        CollectionAssert.AreEqual(new long[] { 48, 16 }, weight.shape);
        Assert.IsLessThan(1e-5, (projections.forward(x) - (x.matmul(weight.t()) + bias)).abs().max().item<float>());

        // Each of the three is of the rank it should be.
        foreach (var part in weight.chunk(3, 0))
            Assert.AreEqual(kind == AttentionKind.LowRank ? 3L : 16L, linalg.svdvals(part).gt(1e-5).sum().item<long>());
    }

    [TestMethod]
    [DataRow(AttentionKind.MultiHead)]
    [DataRow(AttentionKind.LowRank)]
    public void Model_OfTextThatDiffersLater_SaysTheSameBefore(AttentionKind kind)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var model = new LanguageModel(new ModelShape(3, 32, 4, kind, 8), vocabularySize: 20);
        var first = arange(0, 16, ScalarType.Int64).view(1, 16);
        var second = first.clone();
        second[0, TensorIndex.Slice(9, null)] = 19;
        using var frozen = no_grad();
        var difference = (model.forward(first) - model.forward(second)).abs().amax([0L, 2L]);
        Assert.IsLessThan(1e-6, difference[TensorIndex.Slice(0, 9)].max().item<float>());
        Assert.IsGreaterThan(1e-3, difference[TensorIndex.Slice(9, null)].max().item<float>());
    }

    [TestMethod]
    public void Run_OfARepeatingText_LearnsItAndIsReadBack()
    {
        var corpus = Corpus.Create("a rhyme", string.Join(' ', Enumerable.Repeat("one two three four five.", 400)));
        var options = new RunOptions(new ModelShape(2, 32, 4, AttentionKind.LowRank, 8), Steps: 40, LearningRate: 5e-3, Seed: 2);
        using var run = new PretrainingRun(options, corpus);
        var record = run.Run(_ => { });
        Assert.IsLessThan(0.5, record.HeldOutLoss);
        Assert.IsLessThan(record.Steps[0].Loss / 2, record.Steps[^1].Loss);
        Assert.IsTrue(record.Steps.All(step => step.GradientVariance > 0 && step.OutputVariance > 0));

        // Values of variance 0.02² at first, and so TEV is 0.02.
        Assert.AreEqual(0.02, record.Steps[0].TokenVariability, 0.004);

        var folder = Directory.CreateTempSubdirectory();
        try
        {
            record.Save(folder);
            var read = RunRecord.Load(folder.GetFiles().Single());
            Assert.AreEqual(record.Options, read.Options);
            CollectionAssert.AreEqual(record.Steps.ToArray(), read.Steps.ToArray());
            Assert.Contains("| 2 | LowRank | 0.005 | 1 |", RunTable.Create([read]));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void RankCorrelation_OfTies_EqualsSpearman()
    {
        Assert.AreEqual(1, RunTable.RankCorrelation([1, 2, 3, 4], [10, 20, 30, 40]), 1e-12);
        Assert.AreEqual(-1, RunTable.RankCorrelation([1, 2, 3], [3, 2, 1]), 1e-12);

        // By hand: ranks 0.5 0.5 2 3 and 0 1 2 3.
        Assert.AreEqual(4.5 / Math.Sqrt(4.5 * 5), RunTable.RankCorrelation([1, 1, 2, 3], [1, 2, 3, 4]), 1e-12);
    }

    [TestMethod]
    public void Corpus_ThatIsTooShort_IsRefused() => Assert.Contains("words", Assert.ThrowsExactly<InvalidDataException>(() => Corpus.Create("a note", "too short")).Message);
}
