using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>fit</c>: fits a map per modality and saves them as an ML.NET model.</summary>
internal sealed class FitCommand : CommandBase
{
    private readonly ModalityOptions _modalities = new();
    private readonly FitOptions _fit = new();
    private readonly CorrectionOptions _correction = new();

    private readonly Option<string[]> _statistics = new("--statistics")
    {
        Description = "Instead of --modality or --pair, files that 'statistics' wrote of shards, or a pattern in quotes. The result is the same to the bit however shards were named, ordered and divided among files.",
        HelpName = "'*.stats'",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "The file to write; mlContext.Model.Load opens it, too.",
        HelpName = "map.zip",
        Required = true,
    };

    internal FitCommand(ToolConsole console)
        : base("fit", "Fit a map per modality that closes the gap, and save it.", console)
    {
        _modalities.AddTo(this);
        Options.Add(_statistics);
        Options.Add(_out);
        _fit.AddTo(this);
        _correction.AddTo(this);
    }

    private protected override int? GetSeed(ParseResult result) => _fit.GetSeed(result);

    private protected override void Run(Session session, ParseResult result)
    {
        var path = result.GetRequiredValue(_out);
        if (result.GetValue(_statistics) is { Length: > 0 } patterns)
        {
            RunStatistics(session, result, path, patterns);
            return;
        }

        var named = _fit.FindMethod(result);
        var settings = _fit.GetSettings(result, _correction);
        var input = _modalities.Open(session, result, mayBeUnpaired: !_fit.HasHoldout(result) && named is not { NeedsPairs: true });
        var method = _fit.GetMethod(result, input);
        OutputFile.Check(session, path, [.. input.Paths, .. method.GetFiles(result)]);
        var holdout = _fit.GetHoldout(result, input.RowCount);
        var evaluator = holdout is null ? null : new Evaluator(session, input, _fit.GetUnusableRows(result), _fit.GetSeed(result));

        var model = Fitter.Fit(session, input, method, settings, holdout?.Fit);
        var before = evaluator?.Evaluate("Measuring before", model: null, holdout!.HeldOut);
        var after = evaluator?.Evaluate("Measuring after", model, holdout!.HeldOut);

        // Last, so that whatever fails before leaves no file.
        ModelFile.Save(session.ML, model, input.Schema, path);
        if (result.GetValue(Json))
        {
            var json = new JsonObject { ["file"] = path, ["method"] = method.Name, ["modalities"] = ModelReport.ToJson(model), ["modelFingerprint"] = model.Fingerprint };
            if (model.Correction is not null)
                json["correction"] = CorrectionReport.ToJson(model.Correction);
            if (settings.Epochs.Count > 0)
                json["epochs"] = TrainingReport.ToJson(settings.Epochs);
            if (before is not null && after is not null)
            {
                json["before"] = MetricsReport.ToJson(before);
                json["after"] = MetricsReport.ToJson(after);
            }

            session.Console.WriteJson(json);
        }
        else
        {
            var title = string.Create(CultureInfo.InvariantCulture, $"{path}: {method.Name}, fitted on {(holdout?.FitCount ?? input.RowCount):N0} {(input.IsPaired ? "rows" : "unpaired rows")}");
            session.Console.WriteTables([ModelReport.ToTable(title, model.Fingerprint, model), .. model.Correction is null ? [] : new[] { CorrectionReport.ToTable(model.Correction) }, .. settings.Epochs.Count == 0 ? [] : new[] { TrainingReport.ToTable(settings.Epochs) }, .. before is null || after is null ? [] : MetricsReport.ToTables(before, after)]);
        }
    }

    private void RunStatistics(Session session, ParseResult result, string path, string[] patterns)
    {
        if (_modalities.IsGiven(result))
            throw new UsageException("Give either --statistics or the rows themselves with --modality or --pair, not both.");
        if (_fit.FindRowOption(result) is { } option)
            throw new UsageException($"{option} is about rows, and statistics have none. Give it to 'statistics', or fit on the rows themselves.");
        _fit.FindMethod(result);
        var settings = _fit.GetSettings(result, _correction);
        var files = PartFiles.Find(patterns);
        OutputFile.Check(session, path, files);
        var statistics = session.Track("Merging", files.Count, counter => MergedStatistics.Merge(files.Select(file =>
        {
            counter.Add(1);
            return file;
        }), session.CancellationToken));
        var method = _fit.GetMethod(result, statistics);
        if (method.NeedsPairs && !statistics.IsPaired)
            throw new UsageException($"--method {method.Name} learns from pairs; compute the statistics with --pairs, or choose another --method.");
        var estimator = method.CreateEstimator(session.ML, ModalityColumns.PerColumn(statistics.Names), settings with { CancellationToken = session.CancellationToken });
        if (settings.Correction is { } correction)
            estimator = session.ML.Transforms.CorrectSimilarities(estimator, correction);
        var model = session.Track("Fitting", total: null, _ => Fit(statistics, estimator));
        ModelFile.Save(session.ML, model, PartFiles.CreateSchema(statistics), path);
        if (result.GetValue(Json))
        {
            var json = new JsonObject { ["file"] = path, ["method"] = method.Name, ["modalities"] = ModelReport.ToJson(model), ["modelFingerprint"] = model.Fingerprint, ["shards"] = ShardReport.ToJson(statistics.Shards) };
            if (model.Correction is not null)
                json["correction"] = CorrectionReport.ToJson(model.Correction);
            session.Console.WriteJson(json);
            return;
        }

        var rows = string.Join(", ", statistics.Groups.Select((group, i) => string.Create(CultureInfo.InvariantCulture, $"{statistics.CountRows(i):N0} {(group.IsPaired ? "pairs" : $"rows of {group.Title}")}")));
        session.Console.WriteTables(
        [
            ModelReport.ToTable($"{path}: {method.Name}, fitted on statistics of {rows}", model.Fingerprint, model),
            .. model.Correction is null ? [] : new[] { CorrectionReport.ToTable(model.Correction) },
            ShardReport.ToTable(string.Create(CultureInfo.InvariantCulture, $"merged, in this order: {statistics.Shards.Count:N0} shards of {files.Count:N0} files"), statistics.Shards),
        ]);
    }

    private static EmbeddingMapTransformer Fit(MergedStatistics statistics, IEstimator<EmbeddingMapTransformer> estimator)
    {
        try
        {
            return statistics.Fit(estimator);
        }
        catch (InvalidOperationException exception)
        {
            // What the method needs and statistics do not hold.
            throw new UsageException(exception.Message);
        }
    }
}
