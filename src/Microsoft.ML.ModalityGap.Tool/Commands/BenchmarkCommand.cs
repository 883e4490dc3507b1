using System.CommandLine;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>benchmark</c>: models × data sets × methods, from what is on disk to tables.</summary>
internal sealed class BenchmarkCommand : CommandBase
{
    private readonly Option<string[]> _model = new("--model") { Description = "A model folder, as of 'embed'; or its name in tables and the folder. Repeat it per model.", HelpName = "folder|name=folder", Required = true };

    private readonly Option<string[]> _data = new Option<string[]>("--data")
    {
        Description = $"A data set: its kind and its folder, such as cifar100=cifar-100-binary; or its name in tables, its kind and its folder, such as birds:image-folder=birds. Repeat it per data set. Kinds: {string.Join(", ", DataReaders.Names)}.",
        HelpName = "kind=folder|name:kind=folder",
        Required = true,
    }.Completing(DataReaders.Names.Select(name => name + "="));

    private readonly Option<string> _methods = new("--methods") { Description = "Methods by the names that 'compare --all' prints, and select. Default raw,center,select.", HelpName = "a,b" };

    private readonly Option<string> _tasks = new Option<string>("--tasks") { Description = $"Tasks: {string.Join(", ", BenchmarkTasks.All.Select(task => task.Name))}. Default: all that a data set has what it takes for.", HelpName = "a,b" }
        .Completing(BenchmarkTasks.All.Select(task => task.Name));

    private readonly Option<string[]> _fitOn = new Option<string[]>("--fit-on")
    {
        Description = "What methods are fitted on: train, test (the rows measured, as in the I0T paper), or the name of another --data. Repeat it for several. Default: train, or test where a data set has no training part. Every line of the results says which.",
        HelpName = "train|test|name",
    }.Completing("train", "test");

    private readonly Option<int?> _limit = new Option<int?>("--limit") { Description = "So many images of each part, evenly spread, for a quick look.", HelpName = "number" }.Within(1);

    private readonly Option<string> _templates = new("--templates") { Description = "The sentences to put class names in, where a data set has none of its own. Default compact.", HelpName = TemplateChoices.HelpName };

    private readonly Option<string> _out = new("--out") { Description = "The folder for results.csv, results.json and report.html.", HelpName = "folder", Required = true };

    private readonly Option<string> _cache = new("--cache") { Description = "The folder for embeddings and measurements, from which a run that was stopped goes on. Default: cache in the --out folder.", HelpName = "folder" };

    private readonly Option<int> _seed = new("--seed") { Description = "Seeds what is drawn. Default 0.", HelpName = "number" };

    internal BenchmarkCommand(ToolConsole console)
        : base("benchmark", "Measure models on data sets before and behind corrections, resumably, into one table.", console)
    {
        foreach (var option in (Option[])[_model, _data, _methods, _tasks, _fitOn, _limit, _templates, _out, _cache, _seed])
            Options.Add(option);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var folder = result.GetRequiredValue(_out);
        var options = ReadOptions(result, folder);
        if (File.Exists(folder))
            throw new UsageException($"--out takes a folder, but '{folder}' is a file.");

        // A task asks only now and then whether to stop; what is written meanwhile is whole.
        var measured = session.TrackShare("Measuring", (_, progress) =>
            Task.Run(() => session.ML.ModalityGap().Benchmark(options, new Shares(progress), session.CancellationToken)).WaitAsync(session.CancellationToken).GetAwaiter().GetResult());
        CheckOutput(session, folder, measured);
        measured.Save(folder);
        foreach (var finding in measured.Findings)
            session.AddWarning($"{finding}.");
        foreach (var reason in measured.NotMeasured)
            session.AddWarning($"Not measured: {reason}");
        if (result.GetValue(Json))
            session.Console.WriteJson(JsonNode.Parse(measured.ToJson())!.AsObject());
        else
            session.Console.WriteTables([.. BenchmarkPage.CreateTables(measured).Select(entry => new TextTable($"{entry.Data}: {entry.Table.Caption}", entry.Table.Headers) { Rows = entry.Table.Rows })]);
        if (measured.Measurements.Count == 0)
            throw new InvalidDataException($"Nothing could be measured. {string.Join(" ", measured.NotMeasured.Take(3))}");
    }

    private BenchmarkOptions ReadOptions(ParseResult result, string folder)
    {
        var data = result.GetRequiredValue(_data).Select(ReadSource).ToList();
        try
        {
            var options = new BenchmarkOptions
            {
                Models = [.. result.GetRequiredValue(_model).Select(ReadModel)],
                Data = data,
                FitOn = [.. (result.GetValue(_fitOn) ?? []).Select(name => name switch
                {
                    "train" => BenchmarkFit.TrainingPart,
                    "test" => BenchmarkFit.MeasuredPart,
                    _ => BenchmarkFit.OtherData(name),
                })],
                Tasks = Split(result.GetValue(_tasks)),
                Limit = result.GetValue(_limit),
                Templates = TemplateChoices.Read(result.GetValue(_templates)),
                CacheFolder = result.GetValue(_cache) ?? Path.Combine(folder, "cache"),
                Seed = result.GetValue(_seed),
            };
            return Split(result.GetValue(_methods)) is { } methods ? options with { Methods = methods } : options;
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(ErrorReport.GetMessage(exception));
        }
    }

    private static string[]? Split(string? list) => list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static BenchmarkModel ReadModel(string value)
    {
        var (name, folder) = value.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && !Directory.Exists(value) ? (value[..at], value[(at + 1)..]) : (Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(value))), value);
        return Directory.Exists(folder) ? new BenchmarkModel(name, folder) : throw new UsageException($"The model folder '{folder}' does not exist.");
    }

    private static BenchmarkSource ReadSource(string value)
    {
        var (kind, path) = NamedFile.Parse("--data", value, "cifar100=cifar-100-binary");
        var (name, format) = kind.IndexOf(':', StringComparison.Ordinal) is > 0 and var at ? (kind[..at], kind[(at + 1)..]) : (kind, kind);
        return DataReaders.Names.Contains(format, StringComparer.OrdinalIgnoreCase)
            ? new BenchmarkSource(format, path, name)
            : throw Suggestion.CreateException("--data", format, DataReaders.Names);
    }

    /// <summary>The same results may be written again, as by a run that goes on; others are not lost unasked.</summary>
    private static void CheckOutput(Session session, string folder, BenchmarkResult measured)
    {
        if (!session.Force && Path.Combine(folder, BenchmarkResult.JsonName) is var path && File.Exists(path) && InputFile.ReadAllText(path) != measured.ToJson())
            throw new UsageException($"'{folder}' holds other results already. --force replaces them, from the cache in a moment; or name another --out.");
    }

    private sealed class Shares(IProgress<double> progress) : IProgress<BenchmarkProgress>
    {
        public void Report(BenchmarkProgress value) => progress.Report(value.Share);
    }
}
