using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>compare</c>: every method, and what select recommends, on halves of the pairs that neither has seen; the table of docs/methods.md.</summary>
internal sealed class CompareCommand : CommandBase
{
    // More rows than that say nothing at a glance.
    private const int Best = 10;

    private readonly ModalityOptions _modalities = new();

    private readonly IdOptions _ids = new();

    private readonly Option<int?> _splits = new Option<int?>("--splits") { Description = "How often the pairs are halved at random. Default 20.", HelpName = "number" }.Within(1);

    private readonly Option<bool> _all = new("--all") { Description = "Print every method, not only the ten best, raw, center, and what select makes of them." };

    internal CompareCommand(ToolConsole console)
        : base("compare", "Measure all methods, and what select recommends, on halves of the pairs they were not fitted on.", console)
    {
        _modalities.AddTo(this);
        _ids.AddTo(this);
        Options.Add(_splits);
        Options.Add(_all);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var splits = result.GetValue(_splits) ?? 20;
        if (splits < 1)
            throw new UsageException($"--splits takes a positive number, but {splits} was given.");
        var input = _modalities.Open(session, result, mayBeUnpaired: _ids.IsGiven(result));
        if (input.Names is not [var first, var second])
            throw new UsageException($"compare takes two modalities, but {input.Names.Count} {(input.Names.Count == 1 ? "is" : "are")} given: {string.Join(", ", input.Names)}.");
        var ids = _ids.Read(result, input);

        // A fit asks only now and then whether to stop; nothing is written meanwhile, so it is left to itself.
        (string, SelectionOptions)[] selections = [("select", SelectionOptions.Default), ("select retrieval", new SelectionOptions { Objective = SelectionObjective.Retrieval })];
        var entries = session.Track("Comparing", total: null, _ => Task.Run(() => ids.Count == 0
            ? session.ML.ModalityGap().CompareOnSplits(input.View, first, second, selections, splits, session.CancellationToken)
            : session.ML.ModalityGap().CompareOnSplits(
                input.GetView(first), first, input.GetView(second), second, Relevance.ById(ids[first], ids[second]), selections, splits, session.CancellationToken))
            .WaitAsync(session.CancellationToken).GetAwaiter().GetResult());
        if (result.GetValue(Json))
            session.Console.WriteJson(ToJson(entries, splits));
        else
            session.Console.WriteTables([ToTable(entries, input, splits, result.GetValue(_all))]);
    }

    private static JsonObject ToJson(IReadOnlyList<SplitEntry> entries, int splits) => new()
    {
        ["splits"] = splits,
        ["methods"] = new JsonArray([.. entries.Select(entry => (JsonNode)ToJson(entry))]),
    };

    private static JsonObject ToJson(SplitEntry entry)
    {
        var json = new JsonObject
        {
            ["name"] = entry.Name,
            ["gap"] = ToJson(entry.Gap),
            ["recallFirstToSecond"] = ToJson(entry.FirstToSecond),
            ["recallSecondToFirst"] = ToJson(entry.SecondToFirst),
            ["meanRecall"] = ToJson(entry.MeanRecall),
            ["recallGain"] = ToJson(entry.RecallGain),
            ["mixedNdcg"] = ToJson(entry.MixedNdcg),
            ["otherShare"] = ToJson(entry.OtherShare),
        };
        if (entry.HasTwoSided)
        {
            json["twoSided"] = new JsonObject
            {
                ["ndcg@10"] = ToJson(entry.TwoSidedNdcg),
                ["recall@1"] = ToJson(entry.TwoSidedRecall),
                ["imageShare"] = ToJson(entry.TwoSidedShare),
            };
        }

        json["chosen"] = new JsonObject(entry.Chosen.Select(chosen => KeyValuePair.Create<string, JsonNode?>(chosen.Name, chosen.Count)));
        return json;
    }

    private static JsonObject ToJson(SplitMean mean) => new() { ["mean"] = mean.Value, ["standardError"] = mean.Error };

    private static TextTable ToTable(IReadOnlyList<SplitEntry> entries, ModalityInput input, int splits, bool showsAll)
    {
        static string Format(SplitMean mean) => mean.Value.ToString("F3", CultureInfo.InvariantCulture);
        static string FormatGain(SplitMean mean) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(mean.Value, 4) + 0.0:+0.0000;-0.0000;0.0000}");
        var best = entries.OrderByDescending(entry => entry.RecallGain.Value).Take(Best).ToHashSet();
        var shown = showsAll
            ? entries
            : [.. entries.Where(entry => best.Contains(entry) || entry.Chosen.Count > 0 || entry.Name is SelectionCandidates.Raw or SelectionCandidates.Center).OrderByDescending(entry => entry.RecallGain.Value)];
        var hasTwoSided = entries[0].HasTwoSided;
        var rows = input.IsPaired ? string.Create(CultureInfo.InvariantCulture, $"{input.RowCount:N0} rows of each") : string.Join(" and ", input.Names.Select(name => string.Create(CultureInfo.InvariantCulture, $"{input.GetRowCount(name):N0} {name}")));
        return new TextTable(
            string.Create(CultureInfo.InvariantCulture, $"{rows}, fitted on one half and measured on the other, {splits} {(splits == 1 ? "split" : "splits")}: means; ± is the standard error of the gain"),
            [
                "method", "gap", $"{input.Names[0]} -> {input.Names[1]} R@1", $"{input.Names[1]} -> {input.Names[0]} R@1", "mean against raw", "±", "mixed NDCG@10", "other share",
                .. hasTwoSided ? (string[])["two-sided NDCG@10", "R@1", "share"] : [],
            ])
        {
            Rows = [.. shown.Select(entry => (string[])
            [
                entry.Name, Format(entry.Gap), Format(entry.FirstToSecond), Format(entry.SecondToFirst), FormatGain(entry.RecallGain), entry.RecallGain.Error.ToString("F4", CultureInfo.InvariantCulture), Format(entry.MixedNdcg), Format(entry.OtherShare),
                .. hasTwoSided ? (string[])[Format(entry.TwoSidedNdcg), Format(entry.TwoSidedRecall), Format(entry.TwoSidedShare)] : [],
            ])],
            Note = (shown.Count < entries.Count ? $"{entries.Count - shown.Count} more methods were compared; --all prints them, --json all figures with their errors.\n" : "") + string.Join("; ", entries.Where(entry => entry.Chosen.Count > 0).Select(entry => $"{entry.Name} took {string.Join(", ", entry.Chosen.Select(chosen => $"{chosen.Name} ({chosen.Count})"))}")),
        };
    }
}
