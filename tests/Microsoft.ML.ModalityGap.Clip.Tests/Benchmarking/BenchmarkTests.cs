using TinyClip;

namespace Microsoft.ML.ModalityGap.Tests.Benchmarking;

/// <summary>From files to tables, with the small encoder of this repository.</summary>
[TestClass]
public sealed class BenchmarkTests
{
    private static readonly TemporaryFolder _folder = new();
    private static readonly Lazy<IReadOnlyDictionary<string, string>> _written =
        new(() => DrawnDataSets.Write(_folder.Path, count: 24).ToDictionary(entry => entry.Format, entry => entry.Folder, StringComparer.Ordinal));

    [ClassCleanup]
    public static void CleanUp() => _folder.Dispose();

    [TestMethod]
    public void Benchmark_OfEveryFormat_RunsEveryTask_AndFromItsCacheGivesTheSameBytes()
    {
        using var cache = new TemporaryFolder();
        var options = Options(cache.Path, [.. _written.Value.Keys]) with { Methods = ["raw", "center", "select"] };
        var first = Run(options);
        var second = Run(options);
        Assert.AreEqual(first.ToCsv(), second.ToCsv());
        Assert.AreEqual(first.ToJson(), second.ToJson());
        Assert.AreEqual(first.ToHtml(), second.ToHtml());
        CollectionAssert.AreEquivalent(BenchmarkTasks.All.Select(task => task.Name).ToArray(), first.Measurements.Select(entry => entry.Task).Distinct().ToArray());
        CollectionAssert.AreEquivalent(_written.Value.Keys.ToArray(), first.Measurements.Select(entry => entry.Data).Distinct().ToArray());
        Assert.IsTrue(first.Measurements.All(entry => double.IsFinite(entry.Value) && entry.Count > 0));

        // Raw embeddings are fitted on nothing; the others say on what.
        Assert.IsTrue(first.Measurements.All(entry => entry.Method == "raw" == (entry.FittedOn.Length == 0)));
        Assert.AreEqual("train", first.Measurements.First(entry => entry is { Data: "karpathy", Method: "center" }).FittedOn);
        Assert.AreEqual("test", first.Measurements.First(entry => entry is { Data: "flickr8k-expert", Method: "center" }).FittedOn);
        Assert.IsLessThan(first.GetValue("TinyClip", "karpathy", "raw", "gap", "centroid distance"), first.GetValue("TinyClip", "karpathy", "center", "gap", "centroid distance"));
    }

    [TestMethod]
    public void Benchmark_FittedOnTheRowsMeasured_ClosesTheirGapWholly()
    {
        using var cache = new TemporaryFolder();
        var result = Run(Options(cache.Path, "karpathy", "coco-captions") with
        {
            Methods = ["center"],
            Tasks = ["gap"],
            FitOn = [BenchmarkFit.MeasuredPart, BenchmarkFit.TrainingPart, BenchmarkFit.OtherData("coco-captions")],
        });
        var gaps = result.Measurements.Where(entry => entry is { Data: "karpathy", Measure: "centroid distance" }).ToDictionary(entry => entry.FittedOn, entry => entry.Value);
        CollectionAssert.AreEquivalent(new[] { "test", "train", "coco-captions" }, gaps.Keys.ToArray());
        Assert.IsLessThan(gaps["train"], gaps["test"]);

        // The other data set shows the same scenes with the same captions.
        Assert.AreEqual(gaps["train"], gaps["coco-captions"], 1e-6);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => result.GetValue("TinyClip", "karpathy", "center", "gap", "centroid distance")).Message, "coco-captions");
    }

    // Wherever it is stopped, the next run gives the table that an undisturbed one gives.
    [TestMethod]
    public void Benchmark_StoppedAtTenMoments_ResumesToTheSameTable()
    {
        using var undisturbed = new TemporaryFolder();
        var formats = new[] { "karpathy", "image-folder", "mixbench" };
        var stages = 0;
        var expected = Run(Options(undisturbed.Path, formats), new Observer(_ => stages++)).ToCsv();

        using var cache = new TemporaryFolder();
        var random = new Random(5);
        for (var i = 0; i < 10; i++)
        {
            using var source = new CancellationTokenSource();
            var left = 1 + random.Next(stages);
            try
            {
                Run(Options(cache.Path, formats), new Observer(_ =>
                {
                    if (--left == 0)
                        source.Cancel();
                }), source.Token);
            }
            catch (OperationCanceledException)
            {
            }
        }

        Assert.AreEqual(expected, Run(Options(cache.Path, formats)).ToCsv());
    }

    [TestMethod]
    public void Benchmark_OfAChangedImage_EncodesItAgain_AndOfADamagedCacheToo()
    {
        using var data = new TemporaryFolder();
        using var cache = new TemporaryFolder();
        var place = DrawnDataSets.Write(data.Path, count: 16).Single(entry => entry.Format == "preferences").Folder;
        var options = Options(cache.Path) with { Data = [new BenchmarkSource("preferences", place)], Methods = ["raw"] };
        Assert.AreEqual(1, Run(options).GetValue("TinyClip", "preferences", "raw", "caption-preferences", "accuracy"));

        // All show the same now, so that half of the preferred captions lose.
        var images = Directory.GetFiles(Path.Combine(place, "images"));
        foreach (var image in images[1..])
            File.Copy(images[0], image, overwrite: true);
        var changed = Run(options).GetValue("TinyClip", "preferences", "raw", "caption-preferences", "accuracy");
        Assert.IsLessThan(0.8, changed);

        foreach (var file in Directory.GetFiles(cache.Path, "*", SearchOption.AllDirectories))
        {
            var content = File.ReadAllBytes(file);
            content[content.Length / 2] ^= 1;
            File.WriteAllBytes(file, file.EndsWith(".measurements", StringComparison.Ordinal) ? content[..(content.Length / 2)] : content);
        }

        Assert.AreEqual(changed, Run(options).GetValue("TinyClip", "preferences", "raw", "caption-preferences", "accuracy"));
    }

    [TestMethod]
    public void Benchmark_OfAFolderThatWasMovedAndTouched_EncodesNothing_AndOfPixelsThatChangedDoes()
    {
        using var data = new TemporaryFolder();
        using var cache = new TemporaryFolder();
        var place = DrawnDataSets.Write(data.Path, count: 16).Single(entry => entry.Format == "cifar10").Folder;
        BenchmarkOptions At(string folder) => Options(cache.Path) with { Data = [new BenchmarkSource("cifar10", folder)], Methods = ["raw"], Tasks = ["zero-shot"] };
        string[] Cached() => [.. Directory.GetFiles(cache.Path, "*.embeddings", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        var first = Run(At(place));
        var encoded = Cached();

        var moved = Path.Combine(data.Path, "elsewhere");
        Directory.Move(place, moved);
        foreach (var file in Directory.GetFiles(moved))
            File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddMinutes(1));
        Assert.AreEqual(first.ToCsv(), Run(At(moved)).ToCsv());
        CollectionAssert.AreEqual(encoded, Cached());

        // As long as it was: all pictures turned to noise.
        var batch = Path.Combine(moved, "test_batch.bin");
        var time = File.GetLastWriteTimeUtc(batch);
        var records = File.ReadAllBytes(batch);
        for (var i = 0; i < records.Length; i += 3073)
            new Random(i).NextBytes(records.AsSpan(i + 1, 3072));
        File.WriteAllBytes(batch, records);
        File.SetLastWriteTimeUtc(batch, time.AddSeconds(1));
        Assert.AreNotEqual(first.ToCsv(), Run(At(moved)).ToCsv());
        Assert.HasCount(encoded.Length + 1, Cached());
    }

    [TestMethod]
    public void Benchmark_WithABrokenImage_NamesItAndMeasuresTheOthers()
    {
        using var data = new TemporaryFolder();
        using var cache = new TemporaryFolder();
        var place = DrawnDataSets.Write(data.Path, count: 16).Single(entry => entry.Format == "karpathy").Folder;
        var broken = Directory.GetFiles(Path.Combine(place, "images")).Order(StringComparer.Ordinal).Last();
        File.WriteAllBytes(broken, File.ReadAllBytes(broken)[..40]);
        var result = Run(Options(cache.Path) with { Data = [new BenchmarkSource("karpathy", place)], Methods = ["raw"], Tasks = ["retrieval-first-caption"] });
        var finding = result.Findings.Single();
        Assert.AreEqual(1, finding.Count);
        StringAssert.Contains(finding.Examples[0], Path.GetFileName(broken));
        Assert.IsTrue(result.Measurements.All(entry => entry.Count == 15));
    }

    [TestMethod]
    public void Benchmark_OfUnknownNames_ListsThoseThereAre()
    {
        using var cache = new TemporaryFolder();
        var options = Options(cache.Path, "karpathy");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Run(options with { Methods = ["centre"] })).Message, "'center'");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Run(options with { Tasks = ["recall"] })).Message, "'retrieval'");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Run(options with { FitOn = [BenchmarkFit.OtherData("coco")] })).Message, "'coco'");
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => Run(options with { Models = [new BenchmarkModel("none", "no-such-folder")] }));
    }

    private static BenchmarkResult Run(BenchmarkOptions options, IProgress<BenchmarkProgress>? progress = null, CancellationToken cancellationToken = default) =>
        new MLContext(seed: 1).ModalityGap().Benchmark(options, progress, cancellationToken);

    private static BenchmarkOptions Options(string cache, params string[] formats) => new()
    {
        Models = [new BenchmarkModel("TinyClip", TinyClipModel.FindFolder())],
        Data = formats.Length == 0 ? [new BenchmarkSource("none", "none")] : [.. formats.Select(format => new BenchmarkSource(format, _written.Value[format]))],
        Methods = ["raw", "center"],
        CacheFolder = cache,
    };

    private sealed class Observer(Action<BenchmarkProgress> observe) : IProgress<BenchmarkProgress>
    {
        public void Report(BenchmarkProgress value) => observe(value);
    }
}
