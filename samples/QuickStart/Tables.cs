using System.Globalization;
using Microsoft.ML.ModalityGap;
using Spectre.Console;

namespace QuickStart;

/// <summary>What the sample prints.</summary>
internal static class Tables
{
    public static void WriteGap(ModalityGapMetrics before, ModalityGapMetrics after)
    {
        var table = CreateTable("The gap, on pairs it was not fitted on", "", "before", "after");
        AddRow(table, "centroid distance", before.CentroidDistance, after.CentroidDistance);
        AddRow(table, "mean cosine of pairs", before.MeanPairCosine, after.MeanPairCosine);
        AddRow(table, "linear separability", before.LinearSeparability, after.LinearSeparability);
        foreach (var (first, second) in new[] { (before.SecondToFirst, after.SecondToFirst), (before.FirstToSecond, after.FirstToSecond) })
        {
            AddRow(table, $"recall@1 {first.Direction}", first.RecallAt(1), second.RecallAt(1));
            AddRow(table, $"recall@10 {first.Direction}", first.RecallAt(10), second.RecallAt(10));
        }

        AnsiConsole.Write(table);
    }

    public static void WriteMixedSearch(MixedRetrievalMetrics before, MixedRetrievalMetrics after)
    {
        var table = CreateTable("Texts and images in one gallery, searched by text", "", "before", "after");
        AddRow(table, "NDCG@10", before.Ndcg, after.Ndcg);
        AddRow(table, "images among the first ten (0.5 is fair)", before["image"].TopShare, after["image"].TopShare);
        AddRow(table, "queries that find their image in the first ten", before["image"].TopRecall, after["image"].TopRecall);
        AddRow(table, "rank bias of images (0 is fair, -1 is last)", before["image"].RankBias, after["image"].RankBias);
        AnsiConsole.Write(table);
    }

    public static void WriteAnswers(string query, IReadOnlyList<Pair> pairs, IReadOnlyList<Answer> before, IReadOnlyList<Answer> after)
    {
        AnsiConsole.MarkupLineInterpolated($"[bold]«{query}»[/]");
        foreach (var (title, answers) in new[] { ("before", before), ("after, with the reloaded model", after) })
        {
            var table = CreateTable(title, "score", "kind", "found");
            foreach (var answer in answers)
                table.AddRow(new Text(Format(answer.Score, "F3")), new Text(answer.Kind), new Text(Describe(answer, pairs[answer.Row])));
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

    private static void AddRow(Table table, string name, double? before, double? after) =>
        table.AddRow(new Text(name), new Text(Format(before, "F4")), new Text(Format(after, "F4")));

    private static string Format(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "too few pairs";
}
