using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>merge</c>: one ranking of what searches of shards found.</summary>
internal sealed class MergeCommand : CommandBase
{
    private readonly Argument<string[]> _files = new("files") { Description = "Files that 'search --out part.hits' wrote of the shards, or a pattern in quotes.", Arity = ArgumentArity.OneOrMore };

    private readonly Option<int?> _k = new Option<int?>("--k") { Description = "How many neighbours of each query. Default: as many as all shards were searched for.", HelpName = "number" }.Within(1);

    private readonly Option<long?> _rows = new Option<long?>("--rows") { Description = "How many rows all shards have together, so that a missing last one is seen, too.", HelpName = "number" }.Within(0);

    private readonly Option<bool> _partial = new("--partial") { Description = "Merge though shards are missing; without it that is an error. Says which rows were not searched." };

    private readonly Option<string> _out = new("--out") { Description = "Write a line for each hit: tab-separated to hits.tsv, JSON objects to hits.jsonl. Or part.hits, to be merged further.", HelpName = "file" };

    internal MergeCommand(ToolConsole console)
        : base("merge", "Merge what searches of shards found, as if all had been searched at once.", console)
    {
        Arguments.Add(_files);
        foreach (var option in (Option[])[_k, _rows, _partial, _out])
            Options.Add(option);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var files = PartFiles.Find(result.GetRequiredValue(_files));
        if (result.GetValue(_out) is { } path)
        {
            HitsFile.CheckName(path, _out.Name);
            OutputFile.Check(session, path, files);
        }
        else
        {
            path = null;
        }

        var merged = HitsPart.Merge([.. files.Select(file => (file, HitsPartFormat.Load(file)))], result.GetValue(_k));
        var isPart = path is not null && HitsFile.IsPart(path);
        var gaps = RowRange.FindGaps(merged.Ranges, result.GetValue(_rows));
        if (gaps.Count > 0 && !isPart)
        {
            var missing = string.Join(", ", gaps);
            if (!result.GetValue(_partial))
                throw new InvalidDataException($"The rows {missing} were searched in none of the files. Add the hits of their shards, or give --partial.");
            session.AddWarning($"the rows {missing} were not searched.");
        }

        if (isPart)
            HitsPartFormat.Save(path!, merged);
        else if (path is not null)
            HitsFile.Write(path, merged.Items, merged.Queries);
        if (result.GetValue(Json))
        {
            session.Console.WriteJson(new JsonObject
            {
                ["rows"] = merged.RowCount,
                ["missing"] = new JsonArray([.. gaps.Select(gap => (JsonNode)new JsonObject { ["firstRow"] = gap.First, ["rows"] = gap.Count })]),
                ["k"] = merged.K,
                ["queries"] = SearchReport.ToJson(merged.Items, merged.Queries),
            });
            return;
        }

        var title = string.Create(CultureInfo.InvariantCulture, $"{merged.Queries.Count:N0} queries over {merged.RowCount:N0} rows of {files.Count:N0} shards");
        session.Console.WriteTables([SearchReport.ToTable(title, "score", merged.Items, merged.Queries)]);
    }
}
