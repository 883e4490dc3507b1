// Every reader and every task of `modality-gap benchmark`, on drawn scenes in the formats that people have on disk, with the small encoder of this repository; twice, the second time from the cache.
//
//   dotnet run --project samples/Experiments                 64 scenes a part, in a temporary folder
//   dotnet run --project samples/Experiments -- 256 FOLDER   more of them, kept in a folder
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.ModalityGap;
using TinyClip;

if (args.Length > 2 || (args.Length > 0 && (!int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var given) || given < 16)))
{
    Console.Error.WriteLine("Experiments: give how many scenes a part has, from 16, and perhaps a folder.");
    return 2;
}

var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 64;
var temporary = args.Length > 1 ? null : Directory.CreateTempSubdirectory("modality-gap-experiments-");
var folder = temporary?.FullName ?? args[1];
try
{
    var ml = new MLContext(seed: 1);
    var options = new BenchmarkOptions
    {
        Models = [new BenchmarkModel("TinyClip", TinyClipModel.FindFolder())],
        Data = [.. DrawnDataSets.Write(Path.Combine(folder, "data"), count).Select(written => new BenchmarkSource(written.Format, written.Folder))],
        Methods = ["raw", "center", "shift 1", "whiten 0.95 + align 0.9", "select"],
        CacheFolder = Path.Combine(folder, "results", "cache"),
    };

    var (first, firstTime) = Run(ml, options);
    var (second, secondTime) = Run(ml, options);
    if (first.ToJson() != second.ToJson() || first.ToHtml() != second.ToHtml() || first.ToCsv() != second.ToCsv())
    {
        Console.Error.WriteLine("Experiments: the second run, from the cache, says something else than the first.");
        return 1;
    }

    second.Save(Path.Combine(folder, "results"));
    Print(second);
    foreach (var finding in second.Findings)
        Console.WriteLine($"left out: {finding}");
    foreach (var reason in second.NotMeasured)
        Console.WriteLine($"not measured: {reason}");
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{second}: {firstTime.TotalSeconds:F1} s, again from the cache {secondTime.TotalSeconds:F1} s, the same bytes"));
    if (temporary is null)
        Console.WriteLine($"results.csv, results.json and report.html are in {Path.Combine(folder, "results")}");
    return 0;
}
finally
{
    temporary?.Delete(recursive: true);
}

static (BenchmarkResult Result, TimeSpan Time) Run(MLContext ml, BenchmarkOptions options)
{
    var watch = Stopwatch.StartNew();
    return (ml.ModalityGap().Benchmark(options), watch.Elapsed);
}

// Per data set and task its first measure, method beside method.
static void Print(BenchmarkResult result)
{
    var methods = result.Measurements.Select(entry => entry.Method).Distinct().ToList();
    Console.WriteLine($"{"",-58}{string.Concat(methods.Select(method => $"{method,26}"))}");
    foreach (var task in result.Measurements.GroupBy(entry => (entry.Data, entry.Task)))
    {
        var measure = task.First().Measure;
        var cells = methods.Select(method => task.FirstOrDefault(entry => entry.Method == method && entry.Measure == measure)?.Value.ToString("F4", CultureInfo.InvariantCulture) ?? "-");
        Console.WriteLine($"{$"{task.Key.Data}, {task.Key.Task}: {measure}",-58}{string.Concat(cells.Select(cell => $"{cell,26}"))}");
    }
}
