using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What <c>classify --multi-label</c> found, as JSON, as tables, and as lines.</summary>
/// <param name="path">The file.</param>
/// <param name="classifier">With its thresholds.</param>
/// <param name="predictions">Of each row.</param>
/// <param name="items">What the rows are, where that is known.</param>
/// <param name="labels">Their true classes, where they are given.</param>
/// <param name="metrics">How well they are told, where they are given.</param>
internal sealed class MultiLabelReport(
    string path, ClassifyZeroShotTransformer classifier, IReadOnlyList<MultiLabelPrediction> predictions, IReadOnlyList<string>? items, IReadOnlyList<string[]>? labels, MultiLabelMetrics? metrics)
{
    private const int ClassCount = 20;

    internal JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["file"] = path,
            ["rows"] = predictions.Count,
            ["classes"] = new JsonArray([.. classifier.Classes.Names.Select((name, i) => (JsonNode?)new JsonObject { ["class"] = name, ["threshold"] = classifier.Thresholds[i] })]),
            ["logitScale"] = classifier.LogitScale,
        };
        if (metrics is not null)
        {
            json["evaluation"] = new JsonObject
            {
                ["meanAveragePrecision"] = metrics.MeanAveragePrecision,
                ["microAveragePrecision"] = metrics.MicroAveragePrecision,
                ["macroF1"] = metrics.MacroF1,
                ["microF1"] = metrics.MicroF1,
                ["exactMatchRatio"] = metrics.ExactMatchRatio,
                ["hammingLoss"] = metrics.HammingLoss,
            };
        }

        json["predictions"] = new JsonArray([.. predictions.Select((_, row) => (JsonNode?)ToJson(row))]);
        return json;
    }

    internal IReadOnlyList<TextTable> ToTables(int show)
    {
        var tables = new List<TextTable>();
        var shown = Math.Min(show, predictions.Count);
        if (shown > 0)
        {
            tables.Add(new TextTable(
                string.Create(CultureInfo.InvariantCulture, $"{path}: {predictions.Count:N0} rows, {classifier.Classes.Count:N0} classes, any number a row"),
                ["row", .. items is null ? (string[])[] : ["item"], "classes", .. labels is null ? (string[])[] : ["true classes"]])
            {
                Rows = [.. Enumerable.Range(0, shown).Select(row => (string[])
                [
                    row.ToString("N0", CultureInfo.InvariantCulture), .. items is null ? (string[])[] : [items[row]],
                    string.Join(", ", GetClasses(row).Select(entry => entry.Name)), .. labels is null ? (string[])[] : [string.Join(", ", labels[row])],
                ])],
                Note = shown < predictions.Count ? string.Create(CultureInfo.InvariantCulture, $"{predictions.Count - shown:N0} more rows; --show, --out or --json give them") : null,
            });
        }

        if (metrics is null)
            return tables;
        tables.Add(new TextTable("Against the true classes", ["measure", "value"])
        {
            Rows =
            [
                ["mean average precision", Format(metrics.MeanAveragePrecision)],
                ["F1, mean of the classes", Format(metrics.MacroF1)],
                ["F1 of all decisions", Format(metrics.MicroF1)],
                ["rows whose every class is right", Format(metrics.ExactMatchRatio)],
                ["decisions that are wrong", Format(metrics.HammingLoss)],
            ],
        });
        tables.Add(new TextTable("Classes", ["class", "threshold", "rows", "average precision", "F1"])
        {
            Rows = [.. metrics.Classes.Take(ClassCount).Select((entry, i) => (string[])
                [classifier.Classes.Names[i], Format(classifier.Thresholds[i]), entry.PositiveCount.ToString("N0", CultureInfo.InvariantCulture), entry.AveragePrecision is { } precision ? Format(precision) : "", Format(entry.F1)])],
            Note = metrics.Classes.Count > ClassCount ? string.Create(CultureInfo.InvariantCulture, $"{metrics.Classes.Count - ClassCount:N0} more classes") : null,
        });
        return tables;
    }

    /// <summary>A line for each row: its number, its item where that is known, then the classes it has and their probabilities by turns.</summary>
    internal void WriteLines(Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        for (var row = 0; row < predictions.Count; row++)
        {
            writer.Write(row.ToString(CultureInfo.InvariantCulture));
            if (items is not null)
                writer.Write($"\t{TextLines.ToCell(items[row])}");
            foreach (var (name, probability) in GetClasses(row))
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"\t{name}\t{probability:G6}"));
            writer.WriteLine();
        }
    }

    private JsonObject ToJson(int row)
    {
        var json = new JsonObject { ["row"] = row };
        if (items is not null)
            json["item"] = items[row];
        json["classes"] = new JsonArray([.. GetClasses(row).Select(entry => (JsonNode?)new JsonObject { ["class"] = entry.Name, ["probability"] = entry.Probability })]);
        if (labels is not null)
            json["trueClasses"] = new JsonArray([.. labels[row].Select(label => (JsonNode?)label)]);
        return json;
    }

    /// <summary>The classes a row has, the likeliest first.</summary>
    private IEnumerable<(string Name, float Probability)> GetClasses(int row) => predictions[row].Score
        .Select((score, i) => (Name: classifier.Classes.Names[i], Probability: score, IsPredicted: predictions[row].PredictedLabel[i]))
        .Where(entry => entry.IsPredicted)
        .OrderByDescending(entry => entry.Probability)
        .Select(entry => (entry.Name, entry.Probability));

    private static string Format(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
