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
        Options.Add(_out);
        _fit.AddTo(this);
        _correction.AddTo(this);
    }

    private protected override int? GetSeed(ParseResult result) => _fit.GetSeed(result);

    private protected override void Run(Session session, ParseResult result)
    {
        var path = result.GetRequiredValue(_out);
        var named = _fit.FindMethod(result);
        var settings = _fit.GetSettings(result, _correction);
        var input = _modalities.Open(session.ML, result, mayBeUnpaired: !_fit.HasHoldout(result) && named is not { NeedsPairs: true });
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
}
