using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>select</c>: compares methods on pairs by cross-validation, recommends one, and fits it where a file to write is named.</summary>
internal sealed class SelectCommand : CommandBase
{
    private static readonly Choices<SelectionObjective> _objectives =
        new(("balanced", SelectionObjective.Balanced), ("retrieval", SelectionObjective.Retrieval), ("mixed", SelectionObjective.MixedRetrieval));

    private readonly ModalityOptions _modalities = new();

    private readonly IdOptions _ids = new();

    private readonly Option<string> _objective = new("--objective")
    {
        Description = "What the recommended method is best in: balanced (the default), retrieval between the modalities, or retrieval from a mixed gallery.",
        HelpName = _objectives.HelpName,
    };

    private readonly Option<double?> _allowLoss = new Option<double?>("--allow-loss") { Description = "How much mean recall@1 a correction may lose. Default 0; when all lose more, raw is recommended.", HelpName = "0..1" }.Within(0, 1);

    private readonly Option<int?> _folds = new Option<int?>("--folds") { Description = $"In how many parts the pairs are dealt. Default {SelectionOptions.Default.Folds}.", HelpName = "number" }.Within(2);

    private readonly Option<int?> _repeats = new Option<int?>("--repeats") { Description = $"How often they are dealt. Default {SelectionOptions.Default.Repeats}.", HelpName = "number" }.Within(1);

    private readonly Option<int?> _pairs = new Option<int?>("--max-pairs") { Description = $"The most pairs to use. Default {SelectionOptions.Default.MaximumPairs}.", HelpName = "number" }.Within(4);

    private readonly Option<bool> _trained = new("--trained") { Description = "Compare i0t-async, too, which is trained." };

    private readonly Option<bool> _all = new("--all") { Description = "Print every candidate, not only the five best, raw, center and the recommended one." };

    private readonly Option<bool> _skipUnusable = new("--skip-unusable") { Description = "Leave pairs with NaN, infinity or only zeros out; without it they are an error." };

    private readonly Option<int> _seed = new("--seed") { Description = "Seeds how the pairs are dealt. Default 0.", HelpName = "number" };

    private readonly Option<string> _out = new("--out") { Description = "Fit the recommended method on all pairs, and write its map to this file.", HelpName = "map.zip" };

    internal SelectCommand(ToolConsole console)
        : base("select", "Compare methods on pairs by cross-validation, and recommend one, or to leave the embeddings alone.", console)
    {
        _modalities.AddTo(this);
        _ids.AddTo(this);
        foreach (var option in new Option[] { _objective, _allowLoss, _folds, _repeats, _pairs, _trained, _all, _skipUnusable, _seed, _out })
            Options.Add(option);
    }

    private protected override int? GetSeed(ParseResult result) => result.GetValue(_seed);

    private protected override void Run(Session session, ParseResult result)
    {
        var path = result.GetValue(_out);
        var options = GetOptions(session, result);
        var input = _modalities.Open(session, result, mayBeUnpaired: _ids.IsGiven(result));
        if (input.Names is not [var first, var second])
            throw new UsageException($"select takes two modalities, but {input.Names.Count} {(input.Names.Count == 1 ? "is" : "are")} given: {string.Join(", ", input.Names)}.");
        if (path is not null)
            OutputFile.Check(session, path, input.Paths);

        var ids = _ids.Read(result, input);
        var selection = session.TrackShare("Comparing", (rows, progress) => ids.Count == 0
            ? session.ML.ModalityGap().Select(new WatchedDataView(input.View, rows), first, second, options with { Progress = progress })
            : session.ML.ModalityGap().Select(
                new WatchedDataView(input.GetView(first), rows), first, new WatchedDataView(input.GetView(second), rows), second, Relevance.ById(ids[first], ids[second]), options with { Progress = progress }));
        if (path is not null)
        {
            var pairs = ids.Count == 0 ? input.View : session.ML.ModalityGap().JoinPairs(input.GetView(first), first, input.GetView(second), second, Relevance.ById(ids[first], ids[second]), options.UnusableRows);
            var model = session.Track("Fitting", pairs.GetRowCount(), counter => selection.Estimator.Fit(new WatchedDataView(pairs, counter)));
            ModelFile.Save(session.ML, model, input.Schema, path);
        }

        if (result.GetValue(Json))
            session.Console.WriteJson(SelectionReport.ToJson(selection, path));
        else
            session.Console.WriteTables([SelectionReport.ToTable(selection, path, result.GetValue(_all))]);
    }

    private SelectionOptions GetOptions(Session session, ParseResult result)
    {
        var defaults = SelectionOptions.Default;
        return new SelectionOptions
        {
            Objective = _objectives.Find(result.GetValue(_objective) ?? _objectives.Names[0], _objective.Name),
            IncludeTrained = result.GetValue(_trained),
            AllowedRecallLoss = result.GetValue(_allowLoss) ?? defaults.AllowedRecallLoss,
            Folds = result.GetValue(_folds) ?? defaults.Folds,
            Repeats = result.GetValue(_repeats) ?? defaults.Repeats,
            MaximumPairs = result.GetValue(_pairs) ?? defaults.MaximumPairs,
            UnusableRows = result.GetValue(_skipUnusable) ? UnusableRows.Skip : UnusableRows.Throw,
            Seed = result.GetValue(_seed),
            CancellationToken = session.CancellationToken,
        };
    }
}
