using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Tests.Training;

[TestClass]
public partial class TrainModalityNormalizationTests
{
    private const int Dimension = 24;

    [TestMethod]
    public void Fit_TwoCones_ClosesTheGapAndRetrievesBetter()
    {
        var context = new MLContext();
        var (train, test) = (CreatePairs(context, 600, seed: 1), CreatePairs(context, 200, seed: 2));
        var before = context.ModalityGap().Evaluate(test, "Image", "Text");
        var epochs = new List<TrainingEpoch>();
        var model = context.Transforms.TrainModalityNormalization(
            "Image", "Text", new() { Epochs = 10, LearningRate = 0.02, ValidationFraction = 0.2, Loss = Loss.InfoNCE(LogitScale.Learned(), 0.1), EpochCompleted = epochs.Add }).Fit(train);
        var after = context.ModalityGap().Evaluate(model.Transform(test), "Image", "Text");

        Assert.IsGreaterThan(0.5, before.CentroidDistance);
        Assert.IsLessThan(0.3 * before.CentroidDistance, after.CentroidDistance);
        Assert.IsGreaterThan(before.FirstToSecond.RecallAt(1) + 0.1, after.FirstToSecond.RecallAt(1));
        Assert.IsLessThan(epochs[0].Loss, epochs[^1].Loss);
        Assert.IsLessThan(epochs[0].ValidationLoss!.Value, epochs[^1].ValidationLoss!.Value);
        CollectionAssert.AreEqual(Enumerable.Range(1, 10).ToArray(), epochs.Select(epoch => epoch.Epoch).ToArray());

        // 480 pairs to train on: 7 batches of 64 and one of 32.
        Assert.AreEqual(80, epochs[^1].Steps);
    }

    [TestMethod]
    public void Fit_WithoutLearning_IsStandardizationInDoubles()
    {
        // With a rate of 0, γ = 1 and β = 0 remain: (x̂ − m)/√(v + ε), normalised.
        var context = new MLContext();
        var data = CreatePairs(context, 200, seed: 3);
        var model = context.Transforms.TrainModalityNormalization(
            "Image", "Text", new() { LearningRate = 0, Statistics = NormalizationStatistics.Exact, Epsilon = 1e-4 }).Fit(data);
        foreach (var name in new[] { "Image", "Text" })
        {
            var unit = ReadRows(data, name).Select(row => NaiveMoments.Normalize(Array.ConvertAll(row, x => (double)x))).ToArray();
            var mean = Enumerable.Range(0, Dimension).Select(d => unit.Average(row => row[d])).ToArray();
            var deviation = Enumerable.Range(0, Dimension).Select(d => Math.Sqrt(unit.Average(row => Math.Pow(row[d] - mean[d], 2)) + 1e-4)).ToArray();
            var expected = unit.Select(row => NaiveMoments.Normalize([.. row.Select((x, d) => (x - mean[d]) / deviation[d])])).ToArray();
            var actual = ReadRows(model.Transform(data), name);
            for (var row = 0; row < expected.Length; row++)
            {
                for (var d = 0; d < Dimension; d++)
                    Assert.AreEqual(expected[row][d], actual[row][d], 1e-5);
            }
        }
    }

    [TestMethod]
    public void Fit_WarmupLongerThanTheTraining_IsAsLongAsTheShareSays()
    {
        // 4 steps of a million: the rate is next to nothing, and γ and β stay, unless the warm-up is held to a tenth of the training.
        var context = new MLContext();
        var data = CreatePairs(context, 256, seed: 4);
        float[][] Train(TrainModalityNormalizationOptions options) =>
            ReadRows(context.Transforms.TrainModalityNormalization("Image", "Text", options with { Epochs = 1, Statistics = NormalizationStatistics.Exact }).Fit(data).Transform(data), "Image");
        double Differ(float[][] first, float[][] second) => first.Zip(second, (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max()).Max();
        var still = Train(new() { LearningRate = 0 });
        var paper = TrainModalityNormalizationOptions.Paper with { LearningRate = 0.5, WarmupSteps = 1_000_000 };
        Assert.AreEqual(1, paper.WarmupShare);
        Assert.IsLessThan(1e-4, Differ(still, Train(paper)));
        Assert.IsGreaterThan(1e-2, Differ(still, Train(paper with { WarmupShare = 0.1 })));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new TrainModalityNormalizationOptions { WarmupShare = 1.5 });
    }

    [TestMethod]
    public void Fit_Running_FollowsTheBatchesFromTheFirst()
    {
        // A training of one batch per epoch: after few steps the average of batches that are all the same is that batch.
        var context = new MLContext();
        var data = CreatePairs(context, 40, seed: 4);
        var options = new TrainModalityNormalizationOptions { LearningRate = 0, BatchSize = 40, Epochs = 2 };
        var running = context.Transforms.TrainModalityNormalization("Image", "Text", options).Fit(data);
        var exact = context.Transforms.TrainModalityNormalization("Image", "Text", options with { Statistics = NormalizationStatistics.Exact }).Fit(data);
        var (translateA, scaleA) = ((TranslateStep)running.Modalities[0].Map.Steps[1], (ScaleStep)running.Modalities[0].Map.Steps[2]);
        var (translateB, scaleB) = ((TranslateStep)exact.Modalities[0].Map.Steps[1], (ScaleStep)exact.Modalities[0].Map.Steps[2]);
        for (var d = 0; d < Dimension; d++)
        {
            Assert.AreEqual(translateB.Offset[d], translateA.Offset[d], 1e-6);

            // N − 1 against N in the variance.
            Assert.AreEqual(scaleB.Factors[d] * Math.Sqrt(39.0 / 40), scaleA.Factors[d], 2e-2 * scaleB.Factors[d]);
        }
    }

    [TestMethod]
    public void Fit_SameSeed_GivesTheSameMapsForAnyNumberOfThreads()
    {
        var context = new MLContext();
        var data = CreatePairs(context, 300, seed: 5);
        var options = Thorough() with { MaxDegreeOfParallelism = 1 };
        var reference = Fit(context, data, options);
        CollectionAssert.AreEqual(reference, Fit(context, data, options with { MaxDegreeOfParallelism = 4 }));
        CollectionAssert.AreNotEqual(reference, Fit(context, data, options with { Seed = 8 }));
    }

    [TestMethod]
    public void Fit_FromNpyLargerThanMemory_TrainsOnEveryPairInShuffledPieces()
    {
        using var folder = new TemporaryFolder();
        var context = new MLContext();
        var path = folder.File("pairs.npy");
        context.ModalityGap().SaveAsNpy(CreatePairs(context, 500, seed: 7), path, ["Image", "Text"]);
        var data = context.ModalityGap().LoadFromNpy(path);
        var options = Thorough() with { ShuffleSize = 120, ValidationFraction = 0.1 };
        var expected = Fit(context, data, options);
        CollectionAssert.AreEqual(expected, Fit(context, data, options with { MaxDegreeOfParallelism = 1 }));

        // The batches are other ones, so the bits differ; the quality does not.
        var whole = Evaluate(options with { ShuffleSize = null, Statistics = NormalizationStatistics.Exact });
        var pieces = Evaluate(options with { Statistics = NormalizationStatistics.Exact });
        Assert.AreEqual(whole.CentroidDistance, pieces.CentroidDistance, 0.15);
        Assert.AreEqual(whole.FirstToSecond.RecallAt(1), pieces.FirstToSecond.RecallAt(1), 0.05);

        ModalityGapMetrics Evaluate(TrainModalityNormalizationOptions chosen) => context.ModalityGap().Evaluate(
            context.Transforms.TrainModalityNormalization("Image", "Text", chosen).Fit(data).Transform(data), "Image", "Text");
    }

    [TestMethod]
    public void Fit_UnusableRows_ThrowsOrLeavesPairsOut()
    {
        var context = new MLContext();
        var rows = Enumerable.Range(0, 60).Select(i => new TestEmbeddings.Pair
        {
            Image = TestEmbeddings.Create(1, 6, i),
            Text = TestEmbeddings.Create(1, 6, i + 100),
        }).ToArray();
        rows[17].Text[3] = float.NaN;
        rows[40].Image.AsSpan().Clear();
        var data = TestEmbeddings.CreateDataView(context, rows, 6);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => context.Transforms.TrainModalityNormalization("Image", "Text").Fit(data));
        StringAssert.Contains(exception.Message, "Column 'Text', row 17");
        StringAssert.Contains(exception.Message, "NaN at dimension 3");

        var warnings = new List<string>();
        context.Log += (_, message) => _ = message.Kind == ChannelMessageKind.Warning ? Add(message.RawMessage) : 0;
        var model = context.Transforms.TrainModalityNormalization("Image", "Text", new() { UnusableRows = UnusableRows.Skip }).Fit(data);
        Assert.AreEqual(58, model.GetModality("Image").Statistics!.Count);
        Assert.HasCount(1, warnings);
        StringAssert.Contains(warnings[0], "2 of 60 pairs");

        int Add(string message)
        {
            warnings.Add(message);
            return 0;
        }
    }

    [TestMethod]
    public void Fit_ModalitiesOfDifferentDimensions_NeedsAndTakesALinearHead()
    {
        var context = new MLContext();
        var rows = Enumerable.Range(0, 80).Select(i => new TestEmbeddings.Pair { Image = TestEmbeddings.Create(1, 6, i), Text = TestEmbeddings.Create(1, 9, i + 100) });
        var data = TestEmbeddings.CreateDataView(context, rows, 6, variable: true);
        var exception = Assert.ThrowsExactly<ArgumentException>(() => context.Transforms.TrainModalityNormalization("Image", "Text").Fit(data));
        StringAssert.Contains(exception.Message, "6 and 9 dimensions");
        var model = context.Transforms.TrainModalityNormalization("Image", "Text", new() { Head = TrainingHead.Linear, OutputDimension = 4 }).Fit(data);
        Assert.AreEqual(4, model.GetModality("Image").Map.OutputDimension);
        Assert.AreEqual(9, model.GetModality("Text").Map.InputDimension);
    }

    [TestMethod]
    public void Create_OptionsThatContradict_AreRefused()
    {
        var transforms = new MLContext().Transforms;
        Assert.ThrowsExactly<ArgumentException>(() => transforms.TrainModalityNormalization(ModalityColumns.PerRow("Embedding", "Modality")));
        Assert.ThrowsExactly<ArgumentException>(() => transforms.TrainModalityNormalization(ModalityColumns.PerColumn("A", "B", "C")));
        Assert.ThrowsExactly<ArgumentException>(() => transforms.TrainModalityNormalization("A", "B", new() { Patience = 1 }));
        Assert.ThrowsExactly<ArgumentException>(() => transforms.TrainModalityNormalization("A", "B", new() { OutputDimension = 3 }));
        foreach (var (name, create) in new (string, Func<object>)[]
        {
            ("BatchSize", () => new TrainModalityNormalizationOptions { BatchSize = 1 }),
            ("Epochs", () => new TrainModalityNormalizationOptions { Epochs = 0 }),
            ("LearningRate", () => new TrainModalityNormalizationOptions { LearningRate = double.NaN }),
            ("Momentum", () => new TrainModalityNormalizationOptions { Momentum = 0 }),
            ("Epsilon", () => new TrainModalityNormalizationOptions { Epsilon = 0 }),
            ("ValidationFraction", () => new TrainModalityNormalizationOptions { ValidationFraction = 1 }),
            ("MaxDegreeOfParallelism", () => new TrainModalityNormalizationOptions { MaxDegreeOfParallelism = 0 }),
        })
        {
            Assert.AreEqual(name, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => create()).ParamName);
        }
    }

    [TestMethod]
    public void Fit_RealClipEmbeddings_ClosesTheGapAndKeepsRecall()
    {
        // Fitted on the even pairs, measured on the odd: 0.85 before. I0T_post leaves 0.10 and loses a point or two of recall; I0T_async is as good.
        var context = new MLContext();
        var data = context.ModalityGap().LoadFromNpy(SharedData.GetPath("mind-the-gap", "clip.npy"));
        var pairs = ReadRows(data, "Image").Zip(ReadRows(data, "Text"), (image, text) => new TestEmbeddings.Pair { Image = image, Text = text }).ToArray();
        var (fit, heldOut) = (Half(0), Half(1));
        var raw = context.ModalityGap().Evaluate(heldOut, "Image", "Text");
        var post = context.ModalityGap().Evaluate(context.Transforms.CenterModalities("Image", "Text").Fit(fit).Transform(heldOut), "Image", "Text");
        var trained = context.ModalityGap().Evaluate(context.Transforms.TrainModalityNormalization("Image", "Text").Fit(fit).Transform(heldOut), "Image", "Text");
        Assert.AreEqual(0.85, raw.CentroidDistance, 0.02);
        Assert.AreEqual(post.CentroidDistance, trained.CentroidDistance, 0.02);
        Assert.AreEqual(Recall(post), Recall(trained), 0.02);
        Assert.AreEqual(Recall(raw), Recall(trained), 0.05);

        IDataView Half(int first) => TestEmbeddings.CreateDataView(context, pairs.Where((_, i) => i % 2 == first), pairs[0].Image.Length);
        static double Recall(ModalityGapMetrics metrics) => (metrics.FirstToSecond.RecallAt(1) + metrics.SecondToFirst.RecallAt(1)) / 2;
    }

    [TestMethod]
    public void Fit_EachEpoch_IsLogged()
    {
        var context = new MLContext();
        var messages = new List<string>();
        context.Log += (_, message) => messages.Add(message.RawMessage);
        Fit(context, CreatePairs(context, 100, seed: 1), new() { ValidationFraction = 0.2 });
        foreach (var epoch in new[] { 1, 2, 3 })
            Assert.HasCount(1, messages.Where(message => System.Text.RegularExpressions.Regex.IsMatch(message, $@"^epoch {epoch} \(\d+ steps\): loss [\d.]+, held out [\d.]+, gap [\d.]+, recall@1 [\d.]+$")).ToArray());
        Assert.HasCount(1, messages.Where(message => message.StartsWith("80 pairs, 20 held out; InfoNCE(scale 100, smoothing 0) + 0.25 * (CrossModalConsistency() + InModalConsistency()).", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public void Fit_LossThatIsNoNumber_StopsByAClearError()
    {
        var context = new MLContext();
        using var folder = new TemporaryFolder();
        var path = folder.File("state");
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => Fit(
            context, CreatePairs(context, 100, seed: 1), new() { Loss = 1e200 * Loss.InfoNCE(), StatePath = path, StateInterval = 1 }));
        StringAssert.Contains(exception.Message, "Step 1 has the loss");
        Assert.IsFalse(File.Exists(path), "It stored parameters that are no numbers.");
    }

    [TestMethod]
    public void Fit_TooFewPairs_SaysHowMany()
    {
        var context = new MLContext();
        var data = CreatePairs(context, 3, seed: 1);
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => Fit(context, data, new() { ValidationFraction = 0.5 })).Message, "3 usable pairs, of which 2 are held out");
    }

    private static TrainModalityNormalizationOptions Thorough() => new()
    {
        Head = TrainingHead.BatchNormThenLinear,
        Loss = Loss.InfoNCE(LogitScale.Learned(), 0.1) + 0.5 * Loss.GeodesicMixup() + 0.1 * Loss.Uniformity(),
        LearningRate = 0.01,
        BatchSize = 30,
        Epochs = 3,
        ValidationFraction = 0.2,
        Seed = 7,
    };

    private static byte[][] Fit(MLContext context, IDataView data, TrainModalityNormalizationOptions options) =>
        [.. context.Transforms.TrainModalityNormalization("Image", "Text", options).Fit(data).Modalities.Select(entry => Store(entry.Map))];

    private static byte[] Store(EmbeddingMap map)
    {
        using var stream = new MemoryStream();
        map.Save(stream);
        return stream.ToArray();
    }

    private static float[][] ReadRows(IDataView data, string column) => [.. ColumnValues.Read(data, column).Select(row => (float[])row[0])];

    /// <summary>Two cones whose rows share what they are about, but not where it stands out: dimensions are scaled otherwise in each.</summary>
    private static IDataView CreatePairs(MLContext context, int count, int seed)
    {
        var shape = new Random(99);
        var (scale, centers) = (Draw(), new[] { Draw(), Draw() });
        var random = new Random(seed);
        var rows = Enumerable.Range(0, count).Select(_ =>
        {
            var topic = Enumerable.Range(0, Dimension).Select(_ => random.NextDouble() - 0.5).ToArray();
            return new TestEmbeddings.Pair { Image = Create(0, topic), Text = Create(1, topic) };
        }).ToList();
        return TestEmbeddings.CreateDataView(context, rows, Dimension);

        double[] Draw() => [.. Enumerable.Range(0, Dimension).Select(_ => 0.2 + shape.NextDouble())];

        float[] Create(int side, double[] topic) => [.. topic.Select((value, d) =>
            (float)(centers[side][d] + (side == 0 ? scale[d] : 1.2 - scale[d] / 1.2) * value + 0.15 * (random.NextDouble() - 0.5)))];
    }
}
