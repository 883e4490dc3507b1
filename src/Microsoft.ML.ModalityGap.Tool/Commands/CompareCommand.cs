using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>compare</c>: every method, and what select recommends, on halves of the pairs that neither has seen; the table of docs/methods.md.</summary>
internal sealed class CompareCommand : CommandBase
{
    private readonly ModalityOptions _modalities = new();

    private readonly Option<int?> _splits = new Option<int?>("--splits") { Description = "How often the pairs are halved at random. Default 20.", HelpName = "number" }.Within(1);

    internal CompareCommand(ToolConsole console)
        : base("compare", "Measure all methods, and what select recommends, on halves of the pairs they were not fitted on.", console)
    {
        _modalities.AddTo(this);
        Options.Add(_splits);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var splits = result.GetValue(_splits) ?? 20;
        if (splits < 1)
            throw new UsageException($"--splits takes a positive number, but {splits} was given.");
        var input = _modalities.Open(session.ML, result);
        if (input.Names.Count != 2)
            throw new UsageException($"compare takes two modalities, but {input.Names.Count} {(input.Names.Count == 1 ? "is" : "are")} given: {string.Join(", ", input.Names)}.");

        // A fit asks only now and then whether to stop; nothing is written meanwhile, so it is left to itself.
        var entries = session.Track("Comparing", total: null, _ => Task.Run(() => session.ML.ModalityGap().CompareOnSplits(
            input.View,
            input.Names[0],
            input.Names[1],
            [("select", SelectionOptions.Default), ("select retrieval", new SelectionOptions { Objective = SelectionObjective.Retrieval })],
            splits,
            session.CancellationToken)).WaitAsync(session.CancellationToken).GetAwaiter().GetResult());
        if (result.GetValue(Json))
            session.Console.WriteJson(ToJson(entries, splits));
        else
            session.Console.WriteTables([ToTable(entries, input, splits)]);
    }

    private static JsonObject ToJson(IReadOnlyList<SplitEntry> entries, int splits) => new()
    {
        ["splits"] = splits,
        ["methods"] = new JsonArray([.. entries.Select(entry => (JsonNode)new JsonObject
        {
            ["name"] = entry.Name,
            ["gap"] = ToJson(entry.Gap),
            ["recallFirstToSecond"] = ToJson(entry.FirstToSecond),
            ["recallSecondToFirst"] = ToJson(entry.SecondToFirst),
            ["meanRecall"] = ToJson(entry.MeanRecall),
            ["recallGain"] = ToJson(entry.RecallGain),
            ["mixedNdcg"] = ToJson(entry.MixedNdcg),
            ["chosen"] = new JsonObject(entry.Chosen.Select(chosen => KeyValuePair.Create<string, JsonNode?>(chosen.Name, chosen.Count))),
        })]),
    };

    private static JsonObject ToJson(SplitMean mean) => new() { ["mean"] = mean.Value, ["standardError"] = mean.Error };

    private static TextTable ToTable(IReadOnlyList<SplitEntry> entries, ModalityInput input, int splits)
    {
        static string Format(SplitMean mean) => string.Create(CultureInfo.InvariantCulture, $"{mean.Value:F3} ± {mean.Error:F3}");
        static string FormatGain(SplitMean mean) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(mean.Value, 4) + 0.0:+0.0000;-0.0000;0.0000} ± {mean.Error:F4}");
        return new TextTable(
            string.Create(CultureInfo.InvariantCulture, $"{input.RowCount:N0} pairs, fitted on one half and measured on the other, {splits} splits: mean ± standard error"),
            ["method", "gap", $"{input.Names[0]}->{input.Names[1]} R@1", $"{input.Names[1]}->{input.Names[0]} R@1", "mean against raw", "mixed NDCG@10"])
        {
            Rows = [.. entries.Select(entry => (string[])
            [
                entry.Name, Format(entry.Gap), Format(entry.FirstToSecond), Format(entry.SecondToFirst), FormatGain(entry.RecallGain), Format(entry.MixedNdcg),
            ])],
            Note = string.Join("; ", entries.Where(entry => entry.Chosen.Count > 0).Select(entry => $"{entry.Name} took {string.Join(", ", entry.Chosen.Select(chosen => $"{chosen.Name} ({chosen.Count})"))}")),
        };
    }
}
