using System.Globalization;
using Spectre.Console;

namespace QuickStart;

/// <summary>What the sample prints.</summary>
internal static class Tables
{
    public static void WriteMeasures(IReadOnlyList<Measured> ways)
    {
        var table = CreateTable("On pairs that nothing was fitted on", ["", .. ways.Select(way => way.Name)]);
        AddRow("centroid distance", way => way.CentroidDistance);
        AddRow("recall@1 text->image", way => way.TextToImage);
        AddRow("recall@1 image->text", way => way.ImageToText);
        if (ways[0].TwoSided is { } gallery)
        {
            AddRow("one gallery of both: NDCG@10", way => way.TwoSided!.Ndcg);
            AddRow("one gallery of both: recall@1", way => way.TwoSided!.Retrieval.RecallAt(1));
            AddRow(string.Create(CultureInfo.InvariantCulture, $"images in the first ten ({gallery["Image"].GalleryShare:F1} fair)"), way => way.TwoSided!["Image"].TopShare);
            AddRow("items shown by their image, found", way => way.TwoSided!["Image"].TopRecall);
        }

        table.Caption = new TableTitle("aligned: whitened, then half the way to each other; corrected: the same, hubs held back and all scores on one scale");
        AnsiConsole.Write(table);

        void AddRow(string name, Func<Measured, double?> measure) => table.AddRow([new Text(name), .. ways.Select(way => new Text(measure(way)?.ToString("F3", CultureInfo.InvariantCulture) ?? "none"))]);
    }

    public static void WriteAnswers(string query, IReadOnlyList<Pair> pairs, IReadOnlyList<Answer> before, IReadOnlyList<Answer> after)
    {
        AnsiConsole.MarkupLineInterpolated($"[bold]«{query}»[/]");
        foreach (var (title, answers) in new[] { ("raw", before), ("with the reloaded model", after) })
        {
            var hasProbability = answers.Any(answer => answer.Probability is not null);
            var table = CreateTable(title, ["score", .. hasProbability ? (string[])["match"] : [], "kind", "found"]);
            foreach (var answer in answers)
            {
                var match = answer.Probability?.ToString("P0", CultureInfo.InvariantCulture) ?? "";
                table.AddRow([new Text(answer.Score.ToString("F3", CultureInfo.InvariantCulture)), .. hasProbability ? (Text[])[new Text(match)] : [], new Text(answer.Kind), new Text(Describe(answer, pairs[answer.Row]))]);
            }

            AnsiConsole.Write(table);
        }
    }

    private static string Describe(Answer answer, Pair pair) =>
        answer.Kind == "image" ? $"{Path.GetFileName(pair.ImagePath)} · {pair.Caption}" : pair.Caption;

    private static Table CreateTable(string title, params string[] columns)
    {
        var table = new Table { Title = new TableTitle(title), Border = TableBorder.Rounded };
        foreach (var column in columns)
            table.AddColumn(column);
        return table;
    }
}
