using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>drift</c>: whether embeddings are of the kind that a map was fitted on.</summary>
internal sealed class DriftCommand : CommandBase
{
    private readonly ModalityOptions _modalities = new();

    private readonly MapOptions _map = new("The file with the maps.", isRequired: true);

    private readonly Option<bool> _skipUnusable = new("--skip-unusable") { Description = "Leave rows with NaN, infinity or only zeros out; without it they are an error." };

    internal DriftCommand(ToolConsole console)
        : base("drift", "Check whether new embeddings' means leave those a map was fitted on by more than sampling explains. Exits with 3 where they do.", console)
    {
        _modalities.AddTo(this);
        _map.AddTo(this);
        Options.Add(_skipUnusable);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var file = _map.Load(session, result)!;
        var input = _modalities.Open(session, result, mayBeUnpaired: true);
        var options = new DriftOptions { UnusableRows = result.GetValue(_skipUnusable) ? UnusableRows.Skip : UnusableRows.Throw };

        // Whatever follows in a chain, the first maps take the embeddings as they are in files.
        var model = file.Transformers[0];
        var known = model.Modalities.Select(entry => entry.Modality).ToArray();
        if (input.Names.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
            throw new InvalidDataException($"'{file.Path}' has no map for '{unknown}'; it has '{string.Join("', '", known)}'.");
        foreach (var name in input.Names)
            file.CheckInput(name, input.GetPath(name), input.FindFingerprint(name));
        var columns = model.ForColumns(ModalityColumns.PerColumn(input.Names), input.Names);

        session.IgnoresLog = true;
        var drifts = session.Track("Checking", input.RowCount, counter =>
            input.Views.SelectMany(view => session.ML.ModalityGap().CheckDrift(columns, new WatchedDataView(view, counter), options).Modalities).ToArray());
        if (drifts.Any(drift => drift.HasDrifted))
            session.ExitCode = ExitCodes.Drift;
        if (result.GetValue(Json))
        {
            session.Console.WriteJson(new JsonObject
            {
                ["hasDrifted"] = drifts.Any(drift => drift.HasDrifted),
                ["modalities"] = new JsonArray([.. drifts.Select(drift => (JsonNode)new JsonObject
                {
                    ["modality"] = drift.Modality,
                    ["rows"] = drift.Count,
                    ["distance"] = drift.Distance,
                    ["expectedDistance"] = drift.ExpectedDistance,
                    ["excess"] = drift.Excess,
                    ["pValue"] = drift.PValue,
                    ["hasDrifted"] = drift.HasDrifted,
                })]),
            });
        }
        else
        {
            var culture = CultureInfo.InvariantCulture;
            session.Console.WriteTables(
            [
                new TextTable($"means against those of {file.Path}", ["modality", "rows", "distance", "by sampling", "excess", "p", "drift"])
                {
                    Rows = [.. drifts.Select(drift => (string[])
                    [
                        drift.Modality,
                        drift.Count.ToString("N0", culture),
                        drift.Distance.ToString("F4", culture),
                        drift.ExpectedDistance.ToString("F4", culture),
                        drift.Excess.ToString("F4", culture),
                        drift.PValue.ToString("G2", culture),
                        drift.HasDrifted ? "yes" : "no",
                    ])],
                    Note = "where it has drifted, fit the maps again on data like this",
                },
            ]);
        }
    }
}
