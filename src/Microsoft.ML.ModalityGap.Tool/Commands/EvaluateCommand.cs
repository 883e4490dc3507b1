using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>evaluate</c>: measures the gap of two modalities, after a map, or before and after one fitted on other rows.</summary>
internal sealed class EvaluateCommand : CommandBase
{
    private readonly ModalityOptions _modalities = new();
    private readonly FitOptions _fit = new();
    private readonly RetrievalOptions _retrieval = new();

    private readonly MapOptions _map = new("Measure after the maps of a file that 'modality-gap fit' or mlContext.Model.Save wrote.");

    internal EvaluateCommand(ToolConsole console)
        : base("evaluate", "Measure the gap between two modalities, and retrieval between them.", console)
    {
        _modalities.AddTo(this);
        _map.AddTo(this);
        _retrieval.AddTo(this);
        _fit.AddTo(this);
    }

    private protected override int? GetSeed(ParseResult result) => _fit.GetSeed(result);

    private protected override void Run(Session session, ParseResult result)
    {
        var hasHoldout = _fit.HasHoldout(result);
        if (hasHoldout && _map.GetPath(result) is not null)
            throw new UsageException("--holdout fits a map and --map brings one; give one of them.");
        if (!hasHoldout && _fit.FindFitOnlyOption(result) is { } name)
            throw new UsageException($"{name} says how to fit, and evaluate fits with --holdout only.");
        _fit.FindMethod(result);
        _retrieval.Check(result, hasHoldout);
        var model = _map.Load(session, result);

        var input = _modalities.Open(session.ML, result, mayBeUnpaired: _retrieval.HasIds(result) || _retrieval.GetQuery(result) is not null);
        var method = _fit.GetMethod(result, input);
        if (_retrieval.HasIds(result) || _retrieval.IsMixed(result))
        {
            RunRetrieval(session, result, input, method, model);
            return;
        }

        var evaluator = new Evaluator(session, input, _fit.GetUnusableRows(result), _fit.GetSeed(result));
        var scope = new MetricsScope(_retrieval.GetCutoffs(result), _retrieval.IsFull(result));
        if (_fit.GetHoldout(result, input.RowCount) is { } holdout)
        {
            var fitted = Fitter.Fit(session, input, method, _fit.GetSettings(result), holdout.Fit);
            var before = evaluator.Evaluate("Measuring before", model: null, holdout.HeldOut);
            var after = evaluator.Evaluate("Measuring after", fitted, holdout.HeldOut);
            if (result.GetValue(Json))
                session.Console.WriteJson(MetricsReport.ToJson(before, after, scope));
            else
                session.Console.WriteTables(MetricsReport.ToTables(before, after, scope));
            return;
        }

        var map = model is null ? null : MapApplication.CreateTransformer(session.ML, model, input);
        var metrics = evaluator.Evaluate("Measuring", map, selection: null);
        if (result.GetValue(Json))
            session.Console.WriteJson(MetricsReport.ToJson(metrics, scope));
        else
            session.Console.WriteTables(MetricsReport.ToTables(metrics, scope));
    }

    private void RunRetrieval(Session session, ParseResult result, ModalityInput input, FitMethod method, ModelFile? model)
    {
        var cutoffs = _retrieval.GetCutoffs(result);
        var run = new RetrievalRun(session, input, _retrieval, _fit.GetUnusableRows(result), _fit.GetSeed(result), result);
        var asJson = result.GetValue(Json);
        void Write(params MixedRetrievalMetrics[] measured)
        {
            if (!asJson)
                session.Console.WriteTables(RetrievalReport.ToTables(measured, cutoffs, measured.Length == 1 ? ["value"] : ["before", "after"]));
            else if (measured is [var before, var after])
                session.Console.WriteJson(new() { ["before"] = RetrievalReport.ToJson(before, cutoffs), ["after"] = RetrievalReport.ToJson(after, cutoffs) });
            else
                session.Console.WriteJson(RetrievalReport.ToJson(measured[0], cutoffs));
        }

        if (_retrieval.GetQuery(result) is var (name, path))
        {
            Write(run.EvaluateQueries(name, path, model));
        }
        else if (_retrieval.IsMixed(result) && _retrieval.HasIds(result))
        {
            Write(run.EvaluateItems(model));
        }
        else if (!_retrieval.IsMixed(result))
        {
            var metrics = run.EvaluateByIds(model);
            if (asJson)
                session.Console.WriteJson(RetrievalReport.ToJson(metrics, cutoffs));
            else
                session.Console.WriteTables(RetrievalReport.ToTables(metrics, cutoffs));
        }
        else if (_fit.GetHoldout(result, input.RowCount) is { } holdout)
        {
            var fitted = Fitter.Fit(session, input, method, _fit.GetSettings(result), holdout.Fit);
            Write(run.EvaluatePairs("Measuring before", model: null, holdout.HeldOut), run.EvaluatePairs("Measuring after", fitted, holdout.HeldOut));
        }
        else
        {
            Write(run.EvaluatePairs("Measuring", model is null ? null : MapApplication.CreateTransformer(session.ML, model, input), selection: null));
        }
    }
}
