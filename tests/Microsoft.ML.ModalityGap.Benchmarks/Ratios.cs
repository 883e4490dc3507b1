using System.Diagnostics;
using System.Globalization;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>
/// The speed targets as ratios against a baseline. Both run in turn, many times, and the fastest run of each counts: on a machine that does other things
/// beside, that is what the code can do. Prints a table; the exit code is the number of targets missed.
/// </summary>
internal static class Ratios
{
    private const int Rounds = 40;
    private const int SomeRounds = 20;
    private const int FewRounds = 5;

    /// <summary>The groups by name: each sets up what it needs, compares, and returns the number of targets missed. A new one is a method and its line here.</summary>
    private static readonly (string Name, Func<int> Run)[] s_groups =
    [
        ("fit", Fit),
        ("apply", Apply),
        ("pipeline", Pipeline),
        ("engine", PredictionEngine),
        ("images", Images),
        ("encode", Encode),
        ("tokens", Tokens),
        ("baked", Baked),
        ("retrieval", RetrievalRatios.RunBatch),
        ("codes", RetrievalRatios.RunCodes),
        ("bits", RetrievalRatios.RunBits),
        ("single", RetrievalRatios.RunSingle),
        ("device", Device),
        ("training", Training),
    ];

    /// <param name="names">The groups to run; none for all.</param>
    public static int Run(IReadOnlyCollection<string> names)
    {
        if (names.FirstOrDefault(name => s_groups.All(group => group.Name != name)) is { } unknown)
            throw new ArgumentException($"There is no group '{unknown}'. There is {string.Join(", ", s_groups.Select(group => group.Name))}.", nameof(names));

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, products {MatrixTile.BestPath}, codes {CodeTile.BestPath}, {Matrix.Rows}x{Matrix.Dimension} floats, best of {Rounds}"));
        return s_groups.Where(group => names.Count == 0 || names.Contains(group.Name)).Sum(group => group.Run());
    }

    private static int Fit()
    {
        var fit = new FitBenchmarks();
        fit.Setup();
        return Compare("fit means / parallel sum", 1.5, () => fit.ParallelSum(), () => fit.FitMeans())
            + Compare("fit covariance / matrix product", 1 / 0.7, () => fit.GramProduct(), () => fit.FitCovariance(), rounds: 8);
    }

    private static int Apply()
    {
        var apply = new ApplyBenchmarks();
        apply.Setup();
        return Compare("apply I0T_post / parallel copy", 2.5, () => apply.ParallelCopy(), () => apply.ApplyRows())
            + Compare("apply whiten, align / product", 1.3, () => apply.Product(), () => apply.ApplyMatrixRows(), rounds: 4);
    }

    private static int Pipeline()
    {
        var pipeline = new PipelineBenchmarks();
        pipeline.Setup();
        var missed = Compare("pipeline cursor / batch call", 2, () => pipeline.BatchCall(), () => pipeline.PipelineCursor(), SomeRounds)
            + Compare("  / reading and batch call", 2, () => pipeline.ReadAndBatchCall(), () => pipeline.PipelineCursor(), SomeRounds)
            + Compare("  / ML.NET's own cursor", 1, () => pipeline.RowByRow(), () => pipeline.PipelineCursor(), SomeRounds)
            + Compare("  of two maps / one map", 1.5, () => pipeline.PipelineCursor(), () => pipeline.ChainCursor(), SomeRounds);
        pipeline.Cleanup();
        var consumers = new ConsumerBenchmarks();
        consumers.Setup();
        return missed
            + Compare("zero-shot cursor / row by row", 0.2, () => consumers.ClassifyRowByRow(), () => consumers.Classify(), FewRounds)
            + Compare("nearest cursor / row by row", 0.2, () => consumers.SearchRowByRow(), () => consumers.Search(), FewRounds);
    }

    private static int PredictionEngine()
    {
        var engine = new PredictionEngineBenchmarks();
        engine.Setup();
        return CompareDifference("prediction engine − identity", 2e-6, 20_000, () => engine.Identity(), () => engine.CenterModalities());
    }

    private static int Images()
    {
        var images = new ClipImageBenchmarks();
        images.Setup();
        return Compare("CLIP image / scalar reference", 1, () => images.Scalar(), () => images.Preprocess());
    }

    private static int Encode()
    {
        var encode = new EncodeBenchmarks();
        encode.Setup();

        // ONNX Runtime's threads go on spinning for a while after ApplyOnnxModel's last row, on a core that whatever comes next would need.
        return Compare("EncodeWithOnnx / ApplyOnnxModel", 1 / 3.0, () => encode.ImagesOneByOne(), () => encode.ImagesInBatches(), rounds: 10, inARow: 4)
            + Compare("  the same of texts", 1 / 3.0, () => encode.TextsOneByOne(), () => encode.TextsInBatches(), rounds: 10, inARow: 4)
            + Captions();
    }

    private static int Captions()
    {
        var captions = new CaptionBenchmarks();
        captions.Setup();
        var missed = Compare("  captions, cut / padded to 77", 1 / 3.0, () => captions.Padded(), () => captions.Cut(), rounds: 3)
            + Compare("  captions, cut / ApplyOnnxModel", 1 / 5.0, () => captions.OneByOne(), () => captions.Cut(), rounds: 3);
        captions.Cleanup();
        return missed;
    }

    private static int Tokens()
    {
        var tokens = new TokenizeClipTextBenchmarks();
        tokens.Setup();
        return CompareDifference("tokenise a caption (8 words)", 5e-6, 1, () => { }, () => tokens.Encode(), TokenizeClipTextBenchmarks.Captions);
    }

    private static int Baked()
    {
        var baked = new BakedEncoderBenchmarks();
        baked.Setup();
        var missed = Compare("encoder with a map / encoder", 1.05, () => baked.Encoder(), () => baked.Baked());
        baked.Cleanup();
        return missed;
    }

    private static int Device()
    {
        var search = new DeviceSearchBenchmarks();
        search.Setup();
        var missed = Compare("map and search / as ONNX on CPU", 1, () => search.OnnxOnCpu(), () => search.MapAndSearch(), FewRounds);
        if (search.WhyNoDevice is { } why)
            Console.WriteLine($"as ONNX on a GPU / map and search: left out, {why}");
        else
            missed += Compare("as ONNX on a GPU / map and search", 1, () => search.MapAndSearch(), () => search.OnnxOnDevice(), FewRounds);
        search.Cleanup();
        return missed;
    }

    private static int Training()
    {
        var training = new TrainingBenchmarks();
        training.Setup();
        var missed = Compare("training epoch / its products", 1.25, () => training.MatrixProducts(), () => training.Epoch(), rounds: 8);
        training.Cleanup();
        return missed;
    }

    /// <param name="name">What the line begins with.</param>
    /// <param name="target">The largest ratio that is good.</param>
    /// <param name="baseline">The one side.</param>
    /// <param name="subject">The other.</param>
    /// <param name="rounds">How often both come.</param>
    /// <param name="inARow">How often each side runs before the other comes; each run is timed by itself.</param>
    internal static int Compare(string name, double target, Action baseline, Action subject, int rounds = Rounds, int inARow = 1)
    {
        var (first, second) = Measure(1, baseline, subject, rounds, inARow);
        var ratio = second / first;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-32} {second * 1e3,8:F1} ms / {first * 1e3,8:F1} ms = {ratio,5:F2}   target {target,4:F2}   {(ratio <= target ? "met" : "MISSED")}"));
        return ratio <= target ? 0 : 1;
    }

    private static int CompareDifference(string name, double target, int repeats, Action baseline, Action subject, int items = 1)
    {
        var (first, second) = Measure(repeats, baseline, subject);
        (first, second) = (first / items, second / items);
        var difference = second - first;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-32} {second * 1e6,8:F2} µs − {first * 1e6,8:F2} µs = {difference * 1e6,5:F2}   target {target * 1e6,4:F1}   {(difference <= target ? "met" : "MISSED")}"));
        return difference <= target ? 0 : 1;
    }

    private static (double Baseline, double Subject) Measure(int repeats, Action baseline, Action subject, int rounds = Rounds, int inARow = 1)
    {
        var (first, second) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < rounds + 2; round++)
        {
            first = Math.Min(first, TimeInARow(baseline));
            second = Math.Min(second, TimeInARow(subject));
        }

        return (first, second);

        double TimeInARow(Action action) => Enumerable.Range(0, inARow).Min(_ => Time(repeats, action));
    }

    private static double Time(int repeats, Action action)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeats; i++)
            action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
    }
}
