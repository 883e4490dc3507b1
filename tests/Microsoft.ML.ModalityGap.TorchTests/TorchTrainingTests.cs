using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.ModalityGap.TorchTests;

/// <summary>Training step by step beside TorchSharp, on the same batches from the same beginning: after 50 steps all parameters are within 1e-4.</summary>
[TestClass]
public class TorchTrainingTests
{
    private const int Steps = 50;
    private const int Count = 32;
    private const int Dimension = 16;

    [TestMethod]
    public void I0tAsync_FiftySteps_IsTorchs() => Compare(
        TrainingHead.BatchNorm,
        Loss.InfoNCE(labelSmoothing: 0.1),
        (x, y, _) => InfoNce(x, y, tensor(100f), 0.1));

    [TestMethod]
    public void BatchNormThenLinear_LearnedScaleAndConsistencyAndUniformity_IsTorchs() => Compare(
        TrainingHead.BatchNormThenLinear,
        Loss.InfoNCE(LogitScale.Learned(), 0.1) + 0.25 * (Loss.CrossModalConsistency() + Loss.InModalConsistency()) + 0.5 * Loss.Uniformity(),
        (x, y, scalars) =>
        {
            var cross = x.mm(y.t());
            var consistency = (cross - cross.t()).square().sum() / Count + (x.mm(x.t()) - y.mm(y.t())).square().sum() / Count;
            return InfoNce(x, y, scalars[0].exp(), 0.1) + 0.25 * consistency + 0.25 * (Uniformity(x, x) + Uniformity(y, y));
        });

    [TestMethod]
    public void Linear_SigmoidAndAlignment_IsTorchs() => Compare(
        TrainingHead.Linear,
        Loss.Sigmoid() + Loss.Alignment() + 0.1 * Loss.CrossModalUniformity(),
        (x, y, scalars) =>
        {
            var signs = 2 * eye(Count) - 1;
            var sigmoid = -nn.functional.logsigmoid(signs * (scalars[0].exp() * x.mm(y.t()) + scalars[1])).sum() / Count;
            return sigmoid + (x - y).square().sum(1).mean() + 0.1 * Uniformity(x, y);
        });

    [TestMethod]
    public void BatchNorm_DecoupledAndInfoLoob_IsTorchs() => Compare(
        TrainingHead.BatchNorm,
        Loss.DecoupledContrastive(LogitScale.Fixed(10), 0.5) + Loss.InfoLOOB(LogitScale.Learned(5)),
        (x, y, scalars) =>
        {
            var loob = (LeaveOneOut(x.mm(y.t()), scalars[0].exp()) + LeaveOneOut(y.mm(x.t()), scalars[0].exp())) / 2;
            return (Decoupled(x, y) + Decoupled(y, x)) / 2 + loob;
        });

    private static void Compare(TrainingHead head, Loss loss, Func<Tensor, Tensor, Parameter[], Tensor> torchLoss)
    {
        set_num_threads(1);
        var shape = new HeadShape(head, Dimension, Dimension, 0.1, 1e-5, 1);
        var heads = new PairedHeads<float>(shape, shape, loss, Count, 1);
        using var torchHeads = new TorchHeads(heads, weightDecay: 0.01);
        var optimizer = new AdamW(0.01, 0.9, 0.999, 1e-8);
        var schedule = new CosineSchedule(1e-3, 10, Steps);
        var random = new Random(7);
        for (var step = 0; step < Steps; step++)
        {
            var batch = Draw(random);
            var expected = torchHeads.Step(batch, schedule.GetRate(step), torchLoss);
            var actual = heads.ComputeGradients(batch);
            heads.Update(optimizer, schedule.GetRate(step), step + 1);
            Assert.AreEqual(expected, actual, 1e-3 * Math.Max(1, Math.Abs(expected)), $"loss of step {step}");
        }

        var state = heads.Blocks.Select(block => block.Values).Where(values => values.Length > 0)
            .Concat(new[] { heads.First.BatchNorm, heads.Second.BatchNorm }.OfType<BatchNormLayer<float>>()
                .SelectMany(layer => new[] { layer.RunningMean, layer.RunningVariance }).Select(values => Array.ConvertAll(values, value => (float)value))).ToArray();
        var torchState = torchHeads.State.SelectMany(values => values).ToArray();
        var ours = state.SelectMany(values => values).ToArray();
        Assert.HasCount(torchState.Length, ours);
        for (var i = 0; i < ours.Length; i++)
            Assert.AreEqual(torchState[i], ours[i], 1e-4, $"parameter {i} of {ours.Length}");

        // A rate of 1e-3 over 50 steps moves parameters much further than they may differ.
        var start = new PairedHeads<float>(shape, shape, loss, Count, 1).Blocks.SelectMany(block => block.Values).ToArray();
        Assert.IsGreaterThan(5e-3f, start.Zip(ours, (before, after) => Math.Abs(after - before)).Max());
    }

    /// <summary>Pairs of unit vectors, as the frozen encoders' are.</summary>
    private static TrainingBatch<float> Draw(Random random)
    {
        var batch = new TrainingBatch<float>(new BatchRows<float>(new float[Count * Dimension], Dimension), new BatchRows<float>(new float[Count * Dimension], Dimension));
        for (var row = 0; row < Count; row++)
        {
            var x = batch.First.Values.AsSpan(row * Dimension, Dimension);
            var y = batch.Second.Values.AsSpan(row * Dimension, Dimension);
            for (var d = 0; d < Dimension; d++)
            {
                x[d] = random.NextSingle() - 0.3f;
                y[d] = x[d] + 0.5f * (random.NextSingle() - 0.7f);
            }

            UnitRow.Normalize<float>(x, x);
            UnitRow.Normalize<float>(y, y);
        }

        return batch;
    }

    private static Tensor InfoNce(Tensor x, Tensor y, Tensor scale, double smoothing)
    {
        var logits = scale * x.mm(y.t());
        var labels = arange(Count);
        return (nn.functional.cross_entropy(logits, labels, label_smoothing: smoothing) + nn.functional.cross_entropy(logits.t(), labels, label_smoothing: smoothing)) / 2;
    }

    private static Tensor Uniformity(Tensor x, Tensor y)
    {
        var squared = (x.unsqueeze(1) - y.unsqueeze(0)).square().sum(2);
        return ((-2 * squared).exp() * (1 - eye(Count))).sum().div(Count * (Count - 1)).log();
    }

    private static Tensor LeaveOneOut(Tensor cosines, Tensor scale) =>
        (-scale * cosines.diagonal() + (scale * cosines + Masked()).logsumexp(1)).mean();

    private static Tensor Decoupled(Tensor x, Tensor y)
    {
        var cross = x.mm(y.t());
        var positive = cross.diagonal();
        var weights = 2 - Count * nn.functional.softmax(positive / 0.5, 0);
        var negatives = cat([10 * cross + Masked(), 10 * x.mm(x.t()) + Masked()], 1).logsumexp(1);
        return (-weights * 10 * positive + negatives).mean();
    }

    /// <summary>So low on the diagonal that its exponential is 0.</summary>
    private static Tensor Masked() => -1e9f * eye(Count);
}
