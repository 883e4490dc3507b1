using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>evaluate</c>: measures the gap of two modalities, after a map, or before and after one fitted on other rows.</summary>
internal sealed class EvaluateCommand : CommandBase
{
    private readonly ModalityOptions _modalities = new();
    private readonly FitOptions _fit = new();

    private readonly Option<string> _map = new("--map")
    {
        Description = "Measure after the map of a file that 'modality-gap fit' or mlContext.Model.Save wrote.",
        HelpName = "file",
    };

    internal EvaluateCommand(ToolConsole console)
        : base("evaluate", "Measure the gap between two modalities, and retrieval between them.", console)
    {
        _modalities.AddTo(this);
        Options.Add(_map);
        _fit.AddTo(this);
    }

    private protected override int? GetSeed(ParseResult result) => _fit.GetSeed(result);

    private protected override void Run(Session session, ParseResult result)
    {
        var hasHoldout = _fit.HasHoldout(result);
        var mapPath = result.GetValue(_map);
        if (hasHoldout && mapPath is not null)
            throw new UsageException("--holdout fits a map and --map brings one; give one of them.");
        if (!hasHoldout && _fit.FindFitOnlyOption(result) is { } name)
            throw new UsageException($"{name} says how to fit, and evaluate fits with --holdout only.");
        var method = _fit.GetMethod(result);

        var input = _modalities.Open(session.ML, result);
        var evaluator = new Evaluator(session, input, _fit.GetUnusableRows(result), _fit.GetSeed(result));
        if (_fit.GetHoldout(result, input.RowCount) is { } holdout)
        {
            var model = Fitter.Fit(session, input, method, _fit.GetSettings(result), holdout.Fit);
            var before = evaluator.Evaluate("Measuring before", model: null, holdout.HeldOut);
            var after = evaluator.Evaluate("Measuring after", model, holdout.HeldOut);
            if (result.GetValue(Json))
                session.Console.WriteJson(MetricsReport.ToJson(before, after));
            else
                session.Console.WriteTables(MetricsReport.ToTables(before, after));
            return;
        }

        var map = mapPath is null ? null : MapApplication.CreateTransformer(session.ML, ModelFile.Load(session.ML, mapPath), input);
        var metrics = evaluator.Evaluate("Measuring", map, selection: null);
        if (result.GetValue(Json))
            session.Console.WriteJson(MetricsReport.ToJson(metrics));
        else
            session.Console.WriteTables(MetricsReport.ToTables(metrics));
    }
}
