using System.CommandLine;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>report</c>: writes a page that shows the gap between two modalities, before and after a map.</summary>
internal sealed class ReportCommand : CommandBase
{
    private readonly ModalityOptions _modalities = new();
    private readonly FitOptions _fit = new();
    private readonly CorrectionOptions _correction = new();
    private readonly IdOptions _ids = new();

    private readonly MapOptions _map = new("Report on before and after the maps of a file that 'modality-gap fit' or mlContext.Model.Save wrote.");

    private readonly Option<string> _out = new("--out") { Description = "The page to write: one file of HTML that loads nothing.", HelpName = "report.html", Required = true };

    private readonly Option<string> _figures = new("--figures") { Description = "Write each figure as an SVG file into this folder, too; it is made if need be.", HelpName = "folder" };

    private readonly Option<string> _title = new("--title") { Description = "The title of the page.", HelpName = "text" };

    private readonly Option<int?> _points = new Option<int?>("--points") { Description = "How many pairs to show as points at the most. Default 2000.", HelpName = "number" }.Within(1);

    private readonly Option<bool> _select = new("--select")
    {
        Description = "With --holdout: compare the methods on the rows to fit on, fit the one recommended, and show the comparison.",
    };

    private readonly Option<bool> _learningCurve = new("--learning-curve") { Description = "With --holdout: also show what the method makes of pairs by how many it is fitted on." };

    internal ReportCommand(ToolConsole console)
        : base("report", "Write a page that shows the gap between two modalities, before and after a map.", console)
    {
        _modalities.AddTo(this);
        _map.AddTo(this);
        _ids.AddTo(this);
        Options.Add(_out);
        Options.Add(_figures);
        Options.Add(_title);
        Options.Add(_points);
        Options.Add(_select);
        Options.Add(_learningCurve);
        _fit.AddTo(this);
        _correction.AddTo(this);
    }

    private protected override int? GetSeed(ParseResult result) => _fit.GetSeed(result);

    private protected override void Run(Session session, ParseResult result)
    {
        var path = result.GetRequiredValue(_out);
        var mapPath = _map.GetPath(result);
        if (_fit.HasHoldout(result) && mapPath is not null)
            throw new UsageException("--holdout fits a map and --map brings one; give one of them.");
        var asked = _fit.FindFitOnlyOption(result) ?? _correction.FindGiven(result);
        if (!_fit.HasHoldout(result) && asked is { } name)
            throw new UsageException($"{name} says how to fit, and report fits with --holdout only.");
        if (result.GetValue(_select) && (!_fit.HasHoldout(result) || asked is not null))
            throw new UsageException("--select chooses how to fit, so it goes with --holdout, and without --method and --correction.");
        if (result.GetValue(_learningCurve) && (!_fit.HasHoldout(result) || result.GetValue(_select)))
            throw new UsageException("--learning-curve fits --method on more and more of the rows to fit on, so it goes with --holdout, and without --select.");
        if (result.GetValue(_points) is < 1 and var points)
            throw new UsageException($"--points takes a number from 1, but {points} was given.");
        _fit.FindMethod(result);
        if (_ids.IsGiven(result) && _fit.HasHoldout(result))
            throw new UsageException("--holdout takes rows that belong together, which --ids says they do not; fit apart and give --map.");
        var input = _modalities.Open(session, result, mayBeUnpaired: _ids.IsGiven(result));
        if (input.Names.Count != 2)
            throw new UsageException($"A report takes two modalities, but {input.Names.Count} {(input.Names.Count == 1 ? "is" : "are")} given: {string.Join(", ", input.Names)}.");
        OutputFile.Check(session, path, mapPath is null ? input.Paths : [.. input.Paths, mapPath]);

        if (result.GetValue(_figures) is { } folder)
            OutputFile.CheckFolder(session, folder, ".svg", _figures.Name);

        var method = _fit.GetMethod(result, input);
        var ids = _ids.Read(result, input);
        var holdout = _fit.GetHoldout(result, input.RowCount);
        var model = _map.Load(session, result);
        var selection = holdout is not null && result.GetValue(_select) ? Select(session, result, input, holdout.Fit) : null;
        var map = selection is not null ? session.Track("Fitting", total: null, counter => selection.Estimator.Fit(new WatchedDataView(input.View, counter, holdout!.Fit)))
            : holdout is not null ? Fitter.Fit(session, input, method, _fit.GetSettings(result, _correction), holdout.Fit)
            : model is not null ? MapApplication.CreateTransformer(session.ML, model, input)
            : null;
        var report = CreateReport(session, input, JoinFirstRows(session, result, input, ids), map, holdout?.HeldOut, CreateOptions(result, input, holdout) with
        {
            TwoSided = MeasureItems(session, result, input, ids, model),
            Selection = selection,
            LearningCurve = result.GetValue(_learningCurve) ? FollowMethod(session, result, input, method, holdout!.Fit) : null,
        });

        var files = SaveFigures(report, result.GetValue(_figures));
        report.Save(path);
        if (result.GetValue(Json))
        {
            var json = report.After is { } after ? MetricsReport.ToJson(new MeasuredGap(report.Before), new MeasuredGap(after, report.Corrected)) : new JsonObject { ["before"] = MetricsReport.ToJson(new MeasuredGap(report.Before)) };
            json["file"] = path;
            json["figures"] = new JsonArray([.. files.Select(file => (JsonNode?)file)]);
            session.Console.WriteJson(json);
        }
        else
        {
            session.Console.Out.WriteLine(report);
            session.Console.Out.WriteLine();
            session.Console.WriteTables([new TextTable("Written", ["file"]) { Rows = [.. files.Prepend(path).Select(file => (IReadOnlyList<string>)[file])] }]);
        }
    }

    /// <summary>The pairs to report on; of items with several rows the first of each modality.</summary>
    private IDataView JoinFirstRows(Session session, ParseResult result, ModalityInput input, IReadOnlyDictionary<string, string[]> ids)
    {
        if (ids.Count == 0)
            return input.View;

        // What is not an item's first row gets an id that no other has, so that it joins none.
        string[] KeepFirst(string name)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            return [.. ids[name].Select((id, row) => seen.Add(id) ? id : $"{id}\n{name} {row}")];
        }

        var (first, second) = (input.Names[0], input.Names[1]);
        return session.ML.ModalityGap().JoinPairs(
            input.GetView(first), first, input.GetView(second), second, Relevance.ById(KeepFirst(first), KeepFirst(second)), _fit.GetUnusableRows(result));
    }

    /// <summary>Two-sided galleries of items: before the map, after it, and by corrected scores, as far as there are.</summary>
    private ReportedGallery[] MeasureItems(Session session, ParseResult result, ModalityInput input, IReadOnlyDictionary<string, string[]> ids, ModelFile? model)
    {
        if (ids.Count == 0)
            return [];
        var (first, second) = (input.Names[0], input.Names[1]);
        ReportedGallery Measure(string name, ModelFile? maps, SimilarityCorrection? correction) => session.Track("Measuring items", total: null, counter => new ReportedGallery(
            name,
            session.ML.ModalityGap().EvaluateTwoSidedRetrieval(
                MapApplication.Apply(session, maps, input, first, counter),
                first,
                MapApplication.Apply(session, maps, input, second, counter),
                second,
                Relevance.ById(ids[first], ids[second]),
                new() { Correction = correction, UnusableRows = _fit.GetUnusableRows(result), Seed = _fit.GetSeed(result) })));

        if (model is null)
            return [Measure("as given", null, null)];
        return [Measure("before", null, null), Measure("after", model, null), .. model.Correction is { } own ? [Measure("after, corrected", model, own)] : Array.Empty<ReportedGallery>()];
    }

    private SelectionResult Select(Session session, ParseResult result, ModalityInput input, RowSelection rows)
    {
        var options = new SelectionOptions { Seed = _fit.GetSeed(result), UnusableRows = _fit.GetUnusableRows(result), CancellationToken = session.CancellationToken };
        return session.Track("Comparing", total: null, counter =>
            session.ML.ModalityGap().Select(new WatchedDataView(input.View, counter, rows), input.Names[0], input.Names[1], options));
    }

    private LearningCurve FollowMethod(Session session, ParseResult result, ModalityInput input, FitMethod method, RowSelection rows)
    {
        var options = new LearningCurveOptions { Seed = _fit.GetSeed(result), UnusableRows = _fit.GetUnusableRows(result), CancellationToken = session.CancellationToken };
        var settings = _fit.GetSettings(result) with { CancellationToken = session.CancellationToken };
        return session.Track("Fitting on more and more", total: null, counter => session.ML.ModalityGap().ComputeLearningCurve(
            new WatchedDataView(input.View, counter, rows), input.Names[0], input.Names[1], columns => method.CreateEstimator(session.ML, columns, settings), options));
    }

    private ModalityGapReportOptions CreateOptions(ParseResult result, ModalityInput input, Holdout? holdout)
    {
        var data = string.Join(", ", input.Paths.Distinct(StringComparer.Ordinal).Select(Path.GetFileName));
        return new ModalityGapReportOptions
        {
            Title = result.GetValue(_title),
            DataDescription = holdout is null ? data : $"{data}: {holdout.HeldOutCount} rows held out; the map was fitted on the other {holdout.FitCount}",
            UnusableRows = _fit.GetUnusableRows(result),
            Seed = _fit.GetSeed(result),
            PointCount = result.GetValue(_points) ?? ModalityGapReportOptions.Default.PointCount,
        };
    }

    private static ModalityGapReport CreateReport(
        Session session, ModalityInput input, IDataView pairs, EmbeddingMapTransformer? map, RowSelection? selection, ModalityGapReportOptions options) =>
        session.Track("Reporting", total: null, counter =>
        {
            // All pairs with all pairs can take long and asks nobody whether to stop; nothing is written meanwhile, so it is left to itself.
            var data = new WatchedDataView(pairs, counter, selection);
            return Task.Run(() => session.ML.ModalityGap().CreateReport(data, input.Names[0], input.Names[1], map, options))
                .WaitAsync(session.CancellationToken).GetAwaiter().GetResult();
        });

    private static List<string> SaveFigures(ModalityGapReport report, string? folder)
    {
        var files = new List<string>();
        if (folder is null)
            return files;
        Directory.CreateDirectory(folder);
        foreach (var figure in report.Figures)
        {
            var file = Path.Combine(folder, $"{figure.Id}.svg");
            figure.Save(file);
            files.Add(file);
        }

        return files;
    }
}
