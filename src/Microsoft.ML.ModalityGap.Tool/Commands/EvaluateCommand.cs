using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>evaluate</c>: measures the gap of two modalities, after a map, or before and after one fitted on other rows.</summary>
internal sealed class EvaluateCommand : CommandBase
{
    private readonly ModalityOptions _modalities = new();
    private readonly FitOptions _fit = new();
    private readonly RetrievalOptions _retrieval = new();
    private readonly CorrectionOptions _correction = new();

    private readonly MapOptions _map = new("Measure after the maps of a file that 'modality-gap fit' or mlContext.Model.Save wrote.");

    internal EvaluateCommand(ToolConsole console)
        : base("evaluate", "Measure the gap between two modalities, and retrieval between them.", console)
    {
        _modalities.AddTo(this);
        _map.AddTo(this);
        _retrieval.AddTo(this);
        _fit.AddTo(this);
        _correction.AddTo(this);
    }

    private protected override int? GetSeed(ParseResult result) => _fit.GetSeed(result);

    private protected override void Run(Session session, ParseResult result)
    {
        var hasHoldout = _fit.HasHoldout(result);
        if (hasHoldout && _map.GetPath(result) is not null)
            throw new UsageException("--holdout fits a map and --map brings one; give one of them.");
        if (!hasHoldout && (_fit.FindFitOnlyOption(result) ?? _correction.FindGiven(result)) is { } name)
            throw new UsageException($"{name} says how to fit, and evaluate fits with --holdout only.");
        _fit.FindMethod(result);
        _retrieval.Check(result, hasHoldout);
        var model = _map.Load(session, result);

        var input = _modalities.Open(session, result, mayBeUnpaired: _retrieval.HasIds(result) || _retrieval.GetQuery(result) is not null);
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
            var fitted = Fitter.Fit(session, input, method, _fit.GetSettings(result, _correction), holdout.Fit);
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
        var run = new RetrievalRun(session, input, _retrieval, _fit.GetUnusableRows(result), _fit.GetSeed(result), result);
        if (!_retrieval.IsMixed(result))
        {
            WriteByIds(session, result, run.EvaluateByIds(model), model?.Correction is { } own ? run.EvaluateByIds(model, own) : null);
        }
        else if (_retrieval.GetQuery(result) is var (name, path))
        {
            Write(session, result, before: null, run.EvaluateQueries(name, path, model), model?.Correction is { } own ? run.EvaluateQueries(name, path, model, own) : null);
        }
        else if (_retrieval.HasIds(result))
        {
            Write(session, result, before: null, run.EvaluateItems(model), model?.Correction is { } own ? run.EvaluateItems(model, own) : null);
        }
        else if (_fit.GetHoldout(result, input.RowCount) is { } holdout)
        {
            var fitted = Fitter.Fit(session, input, method, _fit.GetSettings(result, _correction), holdout.Fit);
            Write(
                session,
                result,
                run.EvaluatePairs("Measuring before", model: null, holdout.HeldOut),
                run.EvaluatePairs("Measuring after", fitted, holdout.HeldOut),
                fitted.Correction is { } own ? run.EvaluatePairs("Measuring corrected", fitted, holdout.HeldOut, own) : null);
        }
        else
        {
            var map = model is null ? null : MapApplication.CreateTransformer(session.ML, model, input);
            Write(session, result, before: null, run.EvaluatePairs("Measuring", map, selection: null), map?.Correction is { } own ? run.EvaluatePairs("Measuring corrected", map, selection: null, own) : null);
        }
    }

    private void WriteByIds(Session session, ParseResult result, TwoWayRetrievalMetrics metrics, TwoWayRetrievalMetrics? corrected)
    {
        var cutoffs = _retrieval.GetCutoffs(result);
        if (!result.GetValue(Json))
        {
            session.Console.WriteTables(corrected is null ? RetrievalReport.ToTables([metrics], cutoffs, ["value"]) : RetrievalReport.ToTables([metrics, corrected], cutoffs, ["cosine", "corrected"]));
            return;
        }

        var json = RetrievalReport.ToJson(metrics, cutoffs);
        if (corrected is not null)
            json["corrected"] = RetrievalReport.ToJson(corrected, cutoffs);
        session.Console.WriteJson(json);
    }

    /// <param name="session">The run.</param>
    /// <param name="result">The command line.</param>
    /// <param name="before">Before a map that was fitted here.</param>
    /// <param name="metrics">By cosines.</param>
    /// <param name="corrected">By the scores of the model's correction, where it has one.</param>
    private void Write(Session session, ParseResult result, MixedRetrievalMetrics? before, MixedRetrievalMetrics metrics, MixedRetrievalMetrics? corrected)
    {
        var cutoffs = _retrieval.GetCutoffs(result);
        if (!result.GetValue(Json))
        {
            (string Header, MixedRetrievalMetrics? Metrics)[] columns =
                [("before", before), (before is not null ? "after" : corrected is not null ? "cosine" : "value", metrics), (before is null ? "corrected" : "after, corrected", corrected)];
            columns = [.. columns.Where(column => column.Metrics is not null)];
            session.Console.WriteTables(RetrievalReport.ToTables([.. columns.Select(column => column.Metrics!)], cutoffs, [.. columns.Select(column => column.Header)]));
            return;
        }

        var json = RetrievalReport.ToJson(metrics, cutoffs);
        if (corrected is not null)
            json["corrected"] = RetrievalReport.ToJson(corrected, cutoffs);
        session.Console.WriteJson(before is null ? json : new() { ["before"] = RetrievalReport.ToJson(before, cutoffs), ["after"] = json });
    }
}
