using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.Selection;

[TestClass]
public class SelectTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void Progress_IsToldEveryShareUpToAll()
    {
        var data = PairedEmbeddings.Create(rows: 40, imageDimension: 6, textDimension: 6, noise: 0.6).ToDataView(_context);
        var told = new Shares();
        var result = _context.ModalityGap().Select(data, "Image", "Text", new() { Repeats = 1, BootstrapSamples = 100, Progress = told });
        var fits = result.Entries.Count * 2;
        CollectionAssert.AreEqual(Enumerable.Range(1, fits).Select(i => (double)i / fits).ToArray(), told.Values.Order().ToArray());
    }

    [TestMethod]
    public void Select_Pairs_RecommendsWhatClosesTheGapAndKeepsRecall()
    {
        var data = PairedEmbeddings.Create(rows: 120, imageDimension: 16, textDimension: 16, noise: 0.6).ToDataView(_context);
        var result = _context.ModalityGap().Select(data, "Image", "Text", new() { Repeats = 2, BootstrapSamples = 200 });
        Assert.IsFalse(result.LeavesAlone, result.Reason);
        Assert.IsTrue(result.Recommended.ClosesGap);
        Assert.IsGreaterThanOrEqualTo(0, result.Recommended.RecallGain.Value);
        Assert.IsLessThan(result.Raw.Gap / 2, result.Recommended.Gap);
        Assert.AreEqual(
            result.Entries.Where(entry => entry.ClosesGap && entry.RecallGain.Value >= 0 && entry.OtherShare is >= 0.35 and <= 0.65 && entry != result.Raw).Max(entry => entry.Score), result.Recommended.Score);
        Assert.IsInRange(0, 1, result.Confidence);
        StringAssert.Contains(result.ToString(), "Confidence");
        foreach (var entry in result.Entries)
        {
            foreach (var interval in new[] { entry.FirstToSecond, entry.SecondToFirst, entry.MeanRecall, entry.RecallGain, entry.ReciprocalRank, entry.MixedNdcg })
                Assert.IsTrue(interval.Lower <= interval.Value + 1e-12 && interval.Value <= interval.Upper + 1e-12, $"{entry}: {interval}");
            Assert.AreEqual((entry.FirstToSecond.Value + entry.SecondToFirst.Value) / 2, entry.MeanRecall.Value, 1e-12);
            Assert.AreEqual(entry.MeanRecall.Value - result.Raw.MeanRecall.Value, entry.RecallGain.Value, 1e-12);
            Assert.IsGreaterThan(TimeSpan.Zero, entry.FitTime);
            Assert.IsInRange(0, 1, entry.OtherShare);
            Assert.IsInRange(0, 1, entry.LossProbability);
            Assert.IsNull(entry.TwoSidedNdcg);
            StringAssert.Contains(result.ToString(), entry.Name);
        }

        var model = result.Estimator.Fit(data);
        Assert.HasCount(2, model.Modalities);
        var chain = _context.Transforms.CopyColumns("Before", "Image").Append(result.Estimator);
        Assert.IsNotNull(chain.Fit(data).Transform(data).Schema["Image"].FindMapFingerprint());
    }

    [TestMethod]
    public void Select_SameSeed_GivesTheSame()
    {
        var data = PairedEmbeddings.Create(rows: 60).ToDataView(_context);
        var options = new SelectionOptions { Repeats = 1, BootstrapSamples = 100, Seed = 3, IncludeGrid = false };
        var (a, b) = (_context.ModalityGap().Select(data, "Image", "Text", options), _context.ModalityGap().Select(data, "Image", "Text", options));
        CollectionAssert.AreEqual(new[] { "center", "raw" }, a.Entries.Select(entry => entry.Name).Order().ToArray());
        for (var i = 0; i < 2; i++)
        {
            Assert.AreEqual(a.Entries[i].MeanRecall, b.Entries[i].MeanRecall);
            Assert.AreEqual(a.Entries[i].Gap, b.Entries[i].Gap);
        }
    }

    [TestMethod]
    public void Select_IncludeTrained_ComparesI0tAsync()
    {
        var data = PairedEmbeddings.Create(rows: 120, imageDimension: 16, textDimension: 16, noise: 0.6).ToDataView(_context);
        var result = _context.ModalityGap().Select(data, "Image", "Text", new() { Repeats = 1, BootstrapSamples = 100, IncludeGrid = false, IncludeTrained = true });
        CollectionAssert.IsSubsetOf(new[] { "center", "i0t-async", "i0t-async, InfoLOOB", "raw" }, result.Entries.Select(entry => entry.Name).ToArray());
        Assert.IsLessThan(result.Raw.Gap / 2, result.Entries.Single(entry => entry.Name == "i0t-async").Gap);
    }

    [TestMethod]
    public void Select_RawAndCenter_AreMeasuredAsTheDefinitionsSay()
    {
        // Two folds, dealt once: the same split made here, measured in plain doubles.
        var pairs = PairedEmbeddings.Create(rows: 40, noise: 1.5);
        var result = _context.ModalityGap().Select(pairs.ToDataView(_context), "Image", "Text", new() { Repeats = 1, Seed = 5, IncludeGrid = false, BootstrapSamples = 100 });
        var order = Enumerable.Range(0, 40).ToArray();
        new Random(5 * 7919).Shuffle(order);
        double[] raw = new double[3], center = new double[3];
        for (var fold = 0; fold < 2; fold++)
        {
            var held = order.Where((_, i) => i % 2 == fold).ToArray();
            var fitted = order.Where((_, i) => i % 2 != fold).ToArray();
            double[][] Take(double[][] rows, int[] numbers) => [.. numbers.Select(i => rows[i])];
            double[][] Center(double[][] unit)
            {
                var mean = NaiveMatrix.Mean(Take(unit, fitted));
                return NaiveMatrix.Normalize([.. Take(unit, held).Select(row => row.Select((x, d) => x - mean[d]).ToArray())]);
            }

            Measure(Take(pairs.UnitImage, held), Take(pairs.UnitText, held), raw);
            Measure(Center(pairs.UnitImage), Center(pairs.UnitText), center);
        }

        foreach (var (expected, entry) in new[] { (raw, result.Raw), (center, result["center"]) })
        {
            Assert.AreEqual(expected[0] / 2, entry.Gap, 1e-5);
            Assert.AreEqual(expected[1] / 80, entry.MeanRecall.Value, 1e-9);
            Assert.AreEqual(expected[2] / 80, entry.MixedNdcg.Value, 1e-9);
        }

        static void Measure(double[][] x, double[][] y, double[] sums)
        {
            sums[0] += Math.Sqrt(NaiveMatrix.Mean(x).Zip(NaiveMatrix.Mean(y), (a, b) => (a - b) * (a - b)).Sum());
            double[][] all = [.. x, .. y];
            for (var i = 0; i < all.Length; i++)
            {
                var partner = (i + x.Length) % all.Length;
                double Score(int j) => all[i].Zip(all[j], (a, b) => a * b).Sum();
                var others = Enumerable.Range(0, all.Length).Where(j => j != i && j != partner).ToArray();
                var cross = others.Count(j => j < x.Length == partner < x.Length && Score(j) > Score(partner));
                var mixed = 1 + others.Count(j => Score(j) > Score(partner));
                sums[1] += cross == 0 ? 1 : 0;
                sums[2] += mixed <= 10 ? 1 / Math.Log2(mixed + 1) : 0;
            }
        }
    }

    [TestMethod]
    public void Select_EveryCorrectionLosesRecall_LeavesAlone()
    {
        // The mean is what tells pairs apart: each pair has a length of its own along it.
        var random = new Random(4);
        var (image, text) = (new double[60][], new double[60][]);
        for (var i = 0; i < 60; i++)
        {
            var angle = i / 60.0 * Math.PI;
            image[i] = [Math.Cos(angle), Math.Sin(angle), 3 + 0.001 * random.NextDouble(), 0.2 * random.NextDouble()];
            text[i] = [Math.Cos(angle), Math.Sin(angle), 3, -0.2 * random.NextDouble()];
        }

        var data = PairedEmbeddings.From(image, text).ToDataView(_context);
        var worse = new SelectionCandidate("truncate", columns => _context.Transforms.TruncateEmbeddings(columns, new() { Dimension = 1 }));
        var result = _context.ModalityGap().Select(data, "Image", "Text", new() { Candidates = [worse], IncludeGrid = false, Repeats = 1, GapTolerance = 0, BootstrapSamples = 100 });
        Assert.IsLessThan(-0.3, result["truncate"].RecallGain.Value);
        Assert.AreNotEqual("truncate", result.Recommended.Name);

        // A correction that wrecks recall under the name of I0T_post leaves nothing to recommend.
        var wrecked = new SelectionCandidate("center", columns => _context.Transforms.TruncateEmbeddings(columns, new() { Dimension = 1 }));
        var alone = _context.ModalityGap().Select(data, "Image", "Text", new() { Candidates = [wrecked], IncludeGrid = false, Repeats = 1, BootstrapSamples = 100 });
        Assert.IsTrue(alone.LeavesAlone);
        Assert.IsGreaterThan(0.95, alone.Confidence);
        StringAssert.Contains(alone.Reason, "leave the embeddings alone");
        var mapped = alone.Estimator.Fit(data).Transform(data);
        var row = (float[])ColumnValues.Read(mapped, "Image")[7][0];
        var unit = NaiveMoments.Normalize(image[7]);
        for (var d = 0; d < 4; d++)
            Assert.AreEqual(unit[d], row[d], 1e-6);
    }

    [TestMethod]
    public void Select_CandidateOfAnotherKind_IsFittedOnTheData()
    {
        var data = PairedEmbeddings.Create(rows: 60).ToDataView(_context);
        var trained = new SelectionCandidate("i0t-async", columns => _context.Transforms.TrainModalityNormalization(columns, new() { Epochs = 1, BatchSize = 10 }));
        var result = _context.ModalityGap().Select(data, "Image", "Text", new() { Candidates = [trained], IncludeGrid = false, Repeats = 1, BootstrapSamples = 100 });
        Assert.HasCount(3, result.Entries);
        Assert.IsGreaterThan(0, result["i0t-async"].MeanRecall.Value);
    }

    [TestMethod]
    public void Select_TooFewPairsOrBadOptions_SaysWhatIsNeeded()
    {
        var data = PairedEmbeddings.Create(rows: 12).ToDataView(_context);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().Select(data, "Image", "Text")).Message, "12 usable pairs");
        Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().Select(data, "Image", "Image"));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SelectionOptions { Folds = 1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SelectionOptions { AllowedRecallLoss = -0.1 });
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var enough = PairedEmbeddings.Create(rows: 40).ToDataView(_context);
        Assert.ThrowsExactly<OperationCanceledException>(() => _context.ModalityGap().Select(enough, "Image", "Text", new() { CancellationToken = cancelled.Token }));
    }

    [TestMethod]
    public void Select_OwnCandidate_IsAddedToTheGridAndMustNotBearANameOfIt()
    {
        var data = PairedEmbeddings.Create(rows: 60).ToDataView(_context);
        var own = new SelectionCandidate("mine", columns => _context.Transforms.WhitenModalities(columns, new() { Shrinkage = CovarianceShrinkage.LedoitWolf }));
        var result = _context.ModalityGap().Select(data, "Image", "Text", new() { Candidates = [own], Repeats = 1, BootstrapSamples = 100 });
        var grid = _context.ModalityGap().GetSelectionGrid(30, 6);
        CollectionAssert.AreEquivalent(grid.Select(candidate => candidate.Name).Append("mine").ToArray(), result.Entries.Select(entry => entry.Name).ToArray());
        Assert.IsTrue(grid.Any(candidate => candidate.Correction is not null));
        var twice = new SelectionCandidate("whiten 0.95", own.CreateEstimator);
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().Select(data, "Image", "Text", new() { Candidates = [twice] })).Message, "the default grid has one of that name");
    }

    // Six classes, a sentence each: images are dealt, sentences are known to all parts.
    [TestMethod]
    public void Select_ImagesOfFewClasses_TellsNewImagesOfThemApart()
    {
        const int Classes = 6, PerClass = 30;
        var random = new Random(2);
        float[] Draw(float[]? near, float width, float aside) => [.. Enumerable.Range(0, 8).Select(d => (near?[d] ?? 0) + width * (2 * random.NextSingle() - 1) + (d == 0 ? aside : 0))];
        var centres = Enumerable.Range(0, Classes).Select(_ => Draw(null, 1, 0)).ToArray();
        var texts = centres.Select((centre, i) => new ItemEmbeddings.Row { Text = Draw(centre, 0.3f, 3), Id = $"{i}" }).ToArray();
        var images = Enumerable.Range(0, Classes * PerClass).Select(i => new ItemEmbeddings.Row { Image = Draw(centres[i % Classes], 0.9f, -3), Id = $"{i % Classes}" }).ToArray();
        SelectionResult Select(IEnumerable<ItemEmbeddings.Row> some) => _context.ModalityGap().Select(
            _context.Data.LoadFromEnumerable(some), "Image", _context.Data.LoadFromEnumerable(texts), "Text", Relevance.ById("Id", "Id"), new() { Repeats = 1, BootstrapSamples = 100 });
        var result = Select(images);
        Assert.AreEqual(Classes * PerClass, result.Count);

        // Raw embeddings are fitted on nothing: what is measured of them is zero-shot accuracy, each image once.
        static double Cosine(float[] x, float[] y) => x.Zip(y, (a, b) => (double)a * b).Sum() / Math.Sqrt(x.Sum(a => (double)a * a) * y.Sum(b => (double)b * b));
        var accuracy = images.Average(image => texts.MaxBy(text => Cosine(image.Image, text.Text))!.Id == image.Id ? 1.0 : 0);
        Assert.AreEqual(accuracy, result.Raw.FirstToSecond.Value, 1e-12);
        Assert.IsLessThan(0.9, accuracy);
        Assert.IsFalse(result.LeavesAlone, result.Reason);
        Assert.IsTrue(result.Recommended.ClosesGap);
        Assert.IsGreaterThan(accuracy, result.Recommended.FirstToSecond.Value);

        // A few rows of an item are no class: ten photos with five captions are still too few.
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => Select(images[..(Classes * 5)])).Message, "6 usable items");
    }

    [TestMethod]
    public void Select_ItemsWithSeveralTexts_MeasuresTwoSidedGalleries()
    {
        var (images, texts, relevance) = ItemEmbeddings.Create(_context, items: 30, textsPerItem: 3);
        var options = new SelectionOptions { Repeats = 1, BootstrapSamples = 100 };
        var result = _context.ModalityGap().Select(images, "Image", texts, "Text", relevance, options);
        Assert.AreEqual(30, result.Count);
        foreach (var entry in result.Entries)
        {
            Assert.IsInRange(0, 1, entry.TwoSidedNdcg!.Value.Value);
            Assert.IsInRange(0, 1, entry.TwoSidedShare!.Value);
        }

        // Across the open gap texts find texts first, whatever they say; seven or eight of the fifteen shown are texts.
        Assert.IsLessThan(0.35, result.Raw.TwoSidedShare!.Value);
        Assert.IsInRange(0.4, 0.6, result.Recommended.TwoSidedShare!.Value);
        Assert.IsGreaterThan(result.Raw.TwoSidedNdcg!.Value.Value, result.Recommended.TwoSidedNdcg!.Value.Value);
        Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().Select(images, "Image", texts, "Text", Relevance.ByRow, options));
        Assert.AreEqual(90, _context.ModalityGap().JoinPairs(images, "Image", texts, "Text", relevance).GetRowCount());
    }

    private sealed class Shares : IProgress<double>
    {
        public System.Collections.Concurrent.ConcurrentBag<double> Values { get; } = [];

        public void Report(double value) => Values.Add(value);
    }
}
