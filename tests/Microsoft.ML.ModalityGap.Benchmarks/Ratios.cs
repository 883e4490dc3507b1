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

    public static int Run()
    {
        var fit = new FitBenchmarks();
        fit.Setup();
        var apply = new ApplyBenchmarks();
        apply.Setup();
        var pipeline = new PipelineBenchmarks();
        pipeline.Setup();
        var engine = new PredictionEngineBenchmarks();
        engine.Setup();
        var images = new ClipImageBenchmarks();
        images.Setup();
        var tokens = new TokenizeClipTextBenchmarks();
        tokens.Setup();
        var encode = new EncodeBenchmarks();
        encode.Setup();

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {Matrix.Rows}x{Matrix.Dimension} floats, best of {Rounds}"));
        var missed = 0;
        missed += Compare("fit means / parallel sum", 1.5, () => fit.ParallelSum(), () => fit.FitMeans());
        missed += Compare("apply I0T_post / parallel copy", 2.5, () => apply.ParallelCopy(), () => apply.ApplyRows());
        missed += Compare("pipeline cursor / batch call", 5, () => pipeline.BatchCall(), () => pipeline.PipelineCursor());
        missed += CompareDifference("prediction engine − identity", 2e-6, 20_000, () => engine.Identity(), () => engine.CenterModalities());
        missed += Compare("CLIP image / scalar reference", 1, () => images.Scalar(), () => images.Preprocess());
        missed += Compare("EncodeWithOnnx / ApplyOnnxModel", 1 / 3.0, () => encode.ImagesOneByOne(), () => encode.ImagesInBatches());
        missed += Compare("  the same of texts", 1 / 3.0, () => encode.TextsOneByOne(), () => encode.TextsInBatches());
        missed += CompareDifference("tokenise a caption (8 words)", 5e-6, 1, () => { }, () => tokens.Encode(), TokenizeClipTextBenchmarks.Captions);
        missed += RetrievalRatios.Run();
        pipeline.Cleanup();
        return missed;
    }

    internal static int Compare(string name, double target, Action baseline, Action subject, int rounds = Rounds)
    {
        var (first, second) = Measure(1, baseline, subject, rounds);
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

    private static (double Baseline, double Subject) Measure(int repeats, Action baseline, Action subject, int rounds = Rounds)
    {
        var (first, second) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < rounds + 2; round++)
        {
            first = Math.Min(first, Time(repeats, baseline));
            second = Math.Min(second, Time(repeats, subject));
        }

        return (first, second);
    }

    private static double Time(int repeats, Action action)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeats; i++)
            action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
    }
}
