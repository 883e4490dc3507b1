namespace Microsoft.ML.ModalityGap.Tests.Training;

[TestClass]
public class LossTests
{
    private const int Count = 6;
    private const int Dimension = 5;

    private static readonly Dictionary<string, (Loss Loss, Func<NaiveLoss, double> Expected)> _cases = new(StringComparer.Ordinal)
    {
        ["InfoNCE"] = (Loss.InfoNCE(LogitScale.Fixed(7), 0.1), naive => naive.InfoNce(7, 0.1)),
        ["InfoNCE, learned scale"] = (Loss.InfoNCE(LogitScale.Learned(3)), naive => naive.InfoNce(3, 0)),
        ["CrossModalConsistency"] = (Loss.CrossModalConsistency(), naive => naive.CrossModalConsistency()),
        ["InModalConsistency"] = (Loss.InModalConsistency(), naive => naive.InModalConsistency()),
        ["InfoLOOB"] = (Loss.InfoLOOB(LogitScale.Learned(5)), naive => naive.InfoLoob(5)),
        ["Alignment"] = (Loss.Alignment(), naive => naive.Alignment()),
        ["Uniformity"] = (Loss.Uniformity(1.5), naive => naive.Uniformity(1.5)),
        ["CrossModalUniformity"] = (Loss.CrossModalUniformity(), naive => naive.CrossModalUniformity(2)),
        ["GeodesicMixup"] = (Loss.GeodesicMixup(LogitScale.Learned(4), 0.7), naive => naive.GeodesicMixup(4, GetLambda(0.7))),
        ["DecoupledContrastive"] = (Loss.DecoupledContrastive(LogitScale.Learned(6)), naive => naive.Decoupled(6, null)),
        ["DecoupledContrastive, weighted"] = (Loss.DecoupledContrastive(LogitScale.Fixed(6), 0.5), naive => naive.Decoupled(6, 0.5)),
        ["ContinuouslyWeighted"] = (Loss.ContinuouslyWeighted(SimilaritySource.Both, LogitScale.Learned(8)), naive => Weighted(naive, 8, true, true)),
        ["ContinuouslyWeighted, first"] = (Loss.ContinuouslyWeighted(SimilaritySource.First, LogitScale.Fixed(8)), naive => Weighted(naive, 8, true, false)),
        ["ContinuouslyWeighted, second"] = (Loss.ContinuouslyWeighted(SimilaritySource.Second, LogitScale.Fixed(8)), naive => Weighted(naive, 8, false, true)),
        ["Sigmoid"] = (Loss.Sigmoid(), naive => naive.Sigmoid(10, -10)),
        ["Sigmoid, fixed"] = (Loss.Sigmoid(LogitScale.Fixed(4), -1, learnsBias: false), naive => naive.Sigmoid(4, -1)),
        ["Sum"] = (
            Loss.InfoNCE(LogitScale.Learned(7), 0.1) + 0.25 * (Loss.CrossModalConsistency() + Loss.InModalConsistency()) + Loss.Uniformity() * 0.5,
            naive => naive.InfoNce(7, 0.1) + 0.25 * (naive.CrossModalConsistency() + naive.InModalConsistency()) + 0.5 * naive.Uniformity(2)),
    };

    public static IEnumerable<object[]> Names => _cases.Keys.Append("Matryoshka").Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Evaluate_InDouble_EqualsTheFormula(string name)
    {
        var (x, y) = TrainingRows.CreatePairs(Count, Dimension, seed: 3);
        var expected = name == "Matryoshka"
            ? new[] { 2, 3, Dimension }.Average(prefix => Shorten(x, y, prefix).InfoNce(7, 0) + 0.5 * Shorten(x, y, prefix).Uniformity(2))
            : _cases[name].Expected(NaiveLoss.Create(x, y, Dimension));
        Assert.AreEqual(expected, Run(Get(name), x, y).Loss, 1e-12 * Math.Max(1, Math.Abs(expected)));
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Gradient_InDouble_EqualsCentralDifferences(string name)
    {
        const double Step = 1e-5;
        var (x, y) = TrainingRows.CreatePairs(Count, Dimension, seed: 4);
        var (_, xGradient, yGradient, parameters) = Run(Get(name), x, y);
        foreach (var (values, gradient) in new[] { (x, xGradient), (y, yGradient) })
        {
            for (var i = 0; i < values.Length; i++)
            {
                var before = values[i];
                values[i] = before + Step;
                var above = Run(Get(name), x, y).Loss;
                values[i] = before - Step;
                var below = Run(Get(name), x, y).Loss;
                values[i] = before;
                AssertNear((above - below) / (2 * Step), gradient[i], $"{(values == x ? 'x' : 'y')}[{i}]");
            }
        }

        for (var i = 0; i < parameters.Length; i++)
            AssertNear((Run(Get(name), x, y, i, Step).Loss - Run(Get(name), x, y, i, -Step).Loss) / (2 * Step), parameters[i], $"parameter {i}");
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Evaluate_InFloat_IsNearDouble(string name)
    {
        var (x, y) = TrainingRows.CreatePairs(Count, Dimension, seed: 5);
        var expected = Run(Get(name), x, y);
        var batch = TrainingRows.CreateBatch<float>(Count, 3, 4, seed: 8);
        var (xGradient, yGradient) = (new float[x.Length], new float[y.Length]);
        var loss = new LossEvaluator<float>(Get(name), Dimension, Count, 1)
            .Evaluate(batch, Array.ConvertAll(x, v => (float)v), Array.ConvertAll(y, v => (float)v), xGradient, yGradient);
        Assert.AreEqual(expected.Loss, loss, 2e-5 * Math.Max(1, Math.Abs(expected.Loss)));
        for (var i = 0; i < x.Length; i++)
            Assert.AreEqual(expected.X[i], xGradient[i], 1e-4 * Math.Max(1, expected.X.Max(Math.Abs)));
    }

    [TestMethod]
    [DynamicData(nameof(HardCases))]
    public void Evaluate_ScaleOf100OnDuplicatesAndPairsOfRows_StaysFinite(string name, int count)
    {
        // Rows that are equal, opposite, and zero; a batch of 2; what is full is rounded to half and half.
        var (x, y) = TrainingRows.CreatePairs(count, Dimension, seed: 6);
        for (var d = 0; d < Dimension; d++)
        {
            x[Dimension + d] = x[d];
            y[d] = x[d];
            y[Dimension + d] = -x[Dimension + d];
            if (count > 3)
                x[3 * Dimension + d] = y[3 * Dimension + d] = x[2 * Dimension + d];
            if (count > 4)
                x[4 * Dimension + d] = 0;
        }

        var batch = new TrainingBatch<float>(new BatchRows<float>(Array.ConvertAll(x, v => (float)v), Dimension), new BatchRows<float>(Array.ConvertAll(y, v => (float)v), Dimension)) { Seed = 99 };
        var (xGradient, yGradient) = (new float[x.Length], new float[y.Length]);
        var loss = _hardCases[name];
        var evaluator = new LossEvaluator<float>(loss, Dimension, count, 1);
        Assert.IsTrue(double.IsFinite(evaluator.Evaluate(batch, batch.First.Values, batch.Second.Values, xGradient, yGradient)));
        Assert.IsTrue(xGradient.Concat(yGradient).Concat(evaluator.Parameters.Gradients).All(float.IsFinite));
    }

    public static IEnumerable<object[]> HardCases => _hardCases.Keys.SelectMany(name => new[] { 2, 3, 6 }.Select(count => new object[] { name, count }));

    private static readonly Dictionary<string, Loss> _hardCases = new Loss[]
    {
        Loss.InfoNCE(labelSmoothing: 0.1),
        Loss.CrossModalConsistency() + Loss.InModalConsistency(),
        Loss.InfoLOOB(),
        Loss.Alignment(),
        Loss.Uniformity(50) + Loss.CrossModalUniformity(50),
        Loss.GeodesicMixup(),
        Loss.DecoupledContrastive(weightTemperature: 0.5),
        Loss.ContinuouslyWeighted(),
        Loss.Sigmoid(LogitScale.Learned(100, 1000)),
        Loss.Matryoshka(Loss.InfoNCE() + Loss.Uniformity(), 1, 2),
    }.ToDictionary(loss => loss.ToString(), StringComparer.Ordinal);

    /// <summary>xfactlab/I0T, src/losses.py, get_loss at its defaults: cross entropy both ways, and 0.25 of both consistencies, each mean(Δ²)·N of what the scale multiplied and divides again.</summary>
    [TestMethod]
    public void PaperLoss_OfI0TAsync_IsCyclipsWithoutSmoothing()
    {
        var (x, y) = TrainingRows.CreatePairs(Count, Dimension, seed: 8);
        var naive = NaiveLoss.Create(x, y, Dimension);
        var expected = naive.InfoNce(Math.Exp(4.6052), smoothing: 0) + 0.25 * naive.CrossModalConsistency() + 0.25 * naive.InModalConsistency();
        Assert.AreEqual(expected, Run(TrainModalityNormalizationOptions.Paper.Loss, x, y).Loss, 1e-9 * expected);
        Assert.AreEqual(expected, Run(TrainModalityNormalizationOptions.Default.Loss, x, y).Loss, 1e-4 * expected); // a scale of 100 for 100.003

        var paper = TrainModalityNormalizationOptions.Paper;
        Assert.AreEqual((1e-6, 1e-2, 200, 3, 64), (paper.LearningRate, paper.WeightDecay, paper.WarmupSteps, paper.Epochs, paper.BatchSize));
    }

    /// <summary>The same file's infoLOOB_loss: τ·(−mean positive + mean log Σ of the others), added up for both modalities; 1/τ = 14.3.</summary>
    [TestMethod]
    public void Cloob_HasTheTemperatureInFront()
    {
        var (x, y) = TrainingRows.CreatePairs(Count, Dimension, seed: 9);
        var expected = 2 * NaiveLoss.Create(x, y, Dimension).InfoLoob(14.3) / 14.3;
        Assert.AreEqual(expected, Run(Loss.Cloob(), x, y).Loss, 1e-9 * Math.Abs(expected));
    }

    [TestMethod]
    public void Evaluate_AnyNumberOfThreads_GivesTheSameBits()
    {
        var batch = TrainingRows.CreateBatch<float>(97, 33, 33, seed: 1);
        var loss = Loss.Matryoshka(Loss.InfoNCE() + Loss.GeodesicMixup() + Loss.DecoupledContrastive() + Loss.InModalConsistency(), 16, 33);
        var results = new[] { 1, 2, 5 }.Select(threads =>
        {
            var gradients = (X: new float[97 * 33], Y: new float[97 * 33]);
            var value = new LossEvaluator<float>(loss, 33, 97, threads).Evaluate(batch, batch.First.Values, batch.Second.Values, gradients.X, gradients.Y);
            return (Value: value, gradients.X, gradients.Y);
        }).ToArray();
        foreach (var result in results[1..])
        {
            Assert.AreEqual(results[0].Value, result.Value);
            CollectionAssert.AreEqual(results[0].X, result.X);
            CollectionAssert.AreEqual(results[0].Y, result.Y);
        }
    }

    [TestMethod]
    public void Matryoshka_WithALearnedScale_SharesIt()
    {
        var evaluator = new LossEvaluator<double>(Loss.Matryoshka(Loss.InfoNCE(LogitScale.Learned()), 2, 4), 4, 8, 1);
        Assert.HasCount(1, evaluator.Parameters.Values);
        Assert.AreEqual(Math.Log(1 / 0.07), evaluator.Parameters.Values[0], 1e-12);
        evaluator.Parameters.Values[0] = 9;
        evaluator.LimitParameters();
        Assert.AreEqual(Math.Log(100), evaluator.Parameters.Values[0], 1e-12);
    }

    [TestMethod]
    public void ToString_OfASum_SaysHowItIsMade()
    {
        var loss = Loss.InfoNCE(labelSmoothing: 0.1) + 0.5 * (Loss.Uniformity() + Loss.Alignment()) + Loss.Matryoshka(Loss.InfoLOOB(LogitScale.Learned(10)), 64, 128);
        Assert.AreEqual(
            "InfoNCE(scale 100, smoothing 0.1) + 0.5 * (Uniformity(t 2) + Alignment()) + Matryoshka(InfoLOOB(scale from 10 to 100); 64, 128)", loss.ToString());
    }

    [TestMethod]
    public void Create_ArgumentsOutOfRange_NamesThem()
    {
        AssertRefused(() => Loss.InfoNCE(labelSmoothing: 1), "labelSmoothing");
        AssertRefused(() => Loss.InfoNCE(labelSmoothing: double.NaN), "labelSmoothing");
        AssertRefused(() => Loss.Cloob(0), "inverseTemperature");
        AssertRefused(() => Loss.Uniformity(0), "t");
        AssertRefused(() => Loss.CrossModalUniformity(double.NaN), "t");
        AssertRefused(() => Loss.GeodesicMixup(alpha: 5), "alpha");
        AssertRefused(() => Loss.DecoupledContrastive(weightTemperature: -1), "weightTemperature");
        AssertRefused(() => Loss.ContinuouslyWeighted((SimilaritySource)7), "weightsFrom");
        AssertRefused(() => Loss.Sigmoid(bias: double.PositiveInfinity), "bias");
        AssertRefused(() => Loss.Matryoshka(Loss.Alignment(), 8, 0), "prefixes");
        AssertRefused(() => -1 * Loss.Alignment(), "weight");
        AssertRefused(() => LogitScale.Fixed(0), "value");
        AssertRefused(() => LogitScale.Learned(10, 5), "maximum");
        Assert.ThrowsExactly<ArgumentException>(() => Loss.Matryoshka(Loss.Alignment()));
        Assert.ThrowsExactly<ArgumentException>(() => Loss.Matryoshka(Loss.Alignment(), 8, 8));
        var exception = Assert.ThrowsExactly<ArgumentException>(() => new LossEvaluator<float>(Loss.Matryoshka(Loss.Alignment(), 8), 4, 2, 1));
        StringAssert.Contains(exception.Message, "first 8 dimensions");
    }

    [TestMethod]
    public void SampleBeta_ManyDraws_HaveTheMomentsOfTheDistribution()
    {
        // Beta(α, α) has the mean 1/2 and the variance 1/(4(2α + 1)); 20,000 draws are within 4 standard errors.
        foreach (var alpha in new[] { 0.3, 1, 4 })
        {
            var draws = Enumerable.Range(0, 20_000).Select(i => GeodesicMixupLoss.SampleBeta(new SplitMix64(SplitMix64.Mix((ulong)i)), alpha)).ToArray();
            var variance = 1 / (4 * (2 * alpha + 1));
            Assert.AreEqual(0.5, draws.Average(), 4 * Math.Sqrt(variance / draws.Length));
            Assert.AreEqual(variance, draws.Average(draw => (draw - 0.5) * (draw - 0.5)), 0.1 * variance);
        }
    }

    [TestMethod]
    [DataRow(0.3, 1.0)]
    [DataRow(0.3, 0.9999995)]
    [DataRow(0.7, 0.999998)]
    [DataRow(0.5, -0.9)]
    public void Coefficient_NearAndFar_IsSmooth(double lambda, double cosine)
    {
        // Against the defining quotient a little further off, where it is exact, along the derivative.
        const double Apart = 1e-4;
        var (value, derivative) = GeodesicMixupLoss.Coefficient(lambda, cosine);
        var angle = Math.Acos(cosine - Apart);
        Assert.AreEqual(Math.Sin(lambda * angle) / Math.Sin(angle), value - Apart * derivative, 1e-6);
    }

    private static Loss Get(string name) =>
        name == "Matryoshka" ? Loss.Matryoshka(Loss.InfoNCE(LogitScale.Learned(7)) + 0.5 * Loss.Uniformity(), 2, 3, Dimension) : _cases[name].Loss;

    private static NaiveLoss Shorten(double[] x, double[] y, int prefix) => new(
        [.. x.Chunk(Dimension).Select(row => NaiveMoments.Normalize(row[..prefix]))], [.. y.Chunk(Dimension).Select(row => NaiveMoments.Normalize(row[..prefix]))]);

    private static double GetLambda(double alpha) => GeodesicMixupLoss.SampleBeta(new SplitMix64(99), alpha);

    private static double Weighted(NaiveLoss naive, double scale, bool first, bool second)
    {
        var inputs = CreateInputs();
        return naive.ContinuouslyWeighted(scale, [.. inputs.First.Values.Chunk(3)], [.. inputs.Second.Values.Chunk(4)], first, second);
    }

    /// <summary>The inputs are other rows than those the loss compares, of dimensions of their own.</summary>
    private static TrainingBatch<double> CreateInputs() => TrainingRows.CreateBatch<double>(Count, 3, 4, seed: 8);

    private static (double Loss, double[] X, double[] Y, double[] Parameters) Run(Loss loss, double[] x, double[] y, int parameter = -1, double change = 0)
    {
        var evaluator = new LossEvaluator<double>(loss, Dimension, Count, 1);
        if (parameter >= 0)
            evaluator.Parameters.Values[parameter] += change;
        var (xGradient, yGradient) = (new double[x.Length], new double[y.Length]);
        var value = evaluator.Evaluate(CreateInputs(), x, y, xGradient, yGradient);
        return (value, xGradient, yGradient, evaluator.Parameters.Gradients);
    }

    private static void AssertNear(double expected, double actual, string what) =>
        Assert.AreEqual(expected, actual, 1e-7 * Math.Max(1, Math.Abs(expected)), what);

    private static void AssertRefused(Func<object> create, string parameter) =>
        Assert.AreEqual(parameter, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => create()).ParamName);
}
