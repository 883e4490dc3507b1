using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What <c>classify</c> found, as JSON, as tables, and as lines.</summary>
internal sealed class ClassifyReport
{
    private const int ConfusionCount = 10;

    private readonly string _path;
    private readonly ClassifyZeroShotTransformer _classifier;
    private readonly IReadOnlyList<ClassPrediction> _predictions;
    private readonly IReadOnlyList<string>? _items;
    private readonly IReadOnlyList<string>? _labels;
    private readonly ClassEvaluation? _evaluation;

    internal ClassifyReport(
        string path, ClassifyZeroShotTransformer classifier, IReadOnlyList<ClassPrediction> predictions, IReadOnlyList<string>? items, IReadOnlyList<string>? labels, ClassEvaluation? evaluation) =>
        (_path, _classifier, _predictions, _items, _labels, _evaluation) = (path, classifier, predictions, items, labels, evaluation);

    internal JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["file"] = _path,
            ["rows"] = _predictions.Count,
            ["classes"] = new JsonArray([.. _classifier.Classes.Names.Select(name => (JsonNode?)name)]),
            ["logitScale"] = _classifier.LogitScale,
        };
        if (_evaluation is { } evaluation)
            json["evaluation"] = ToJson(evaluation);
        json["predictions"] = new JsonArray([.. _predictions.Select((prediction, row) => (JsonNode?)ToJson(prediction, row))]);
        return json;
    }

    internal IReadOnlyList<TextTable> ToTables(int show)
    {
        var tables = new List<TextTable>();
        var headers = new List<string> { "row", "class", "probability", "next", "probability" };
        if (_items is not null)
            headers.Insert(1, "item");
        if (_labels is not null)
            headers.Add("true class");
        var shown = Math.Min(show, _predictions.Count);
        if (shown > 0)
        {
            var title = string.Create(
                CultureInfo.InvariantCulture, $"{_path}: {_predictions.Count:N0} rows, {_classifier.Classes.Count:N0} classes, logit scale {_classifier.LogitScale:G4}");
            tables.Add(new TextTable(title, headers)
            {
                Rows = [.. Enumerable.Range(0, shown).Select(ToCells)],
                Note = shown < _predictions.Count ? string.Create(CultureInfo.InvariantCulture, $"{_predictions.Count - shown:N0} more rows; --show, --out or --json give them") : null,
            });
        }

        if (_evaluation is { } evaluation)
            tables.AddRange(ToTables(evaluation));
        return tables;
    }

    /// <summary>A line for each row: its number, its item where that is known, then class and probability by turns.</summary>
    internal void WriteLines(Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        for (var row = 0; row < _predictions.Count; row++)
        {
            writer.Write(row.ToString(CultureInfo.InvariantCulture));
            if (_items is not null)
                writer.Write($"\t{TextLines.ToCell(_items[row])}");
            foreach (var (label, score) in _predictions[row].TopLabels.Zip(_predictions[row].TopScores))
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"\t{label}\t{score:G6}"));
            writer.WriteLine();
        }
    }

    private JsonObject ToJson(ClassPrediction prediction, int row)
    {
        var json = new JsonObject { ["row"] = row };
        if (_items is not null)
            json["item"] = _items[row];
        var isUsable = !float.IsNaN(prediction.Probability);
        json["class"] = isUsable ? prediction.TopLabels[0] : null;
        json["probability"] = isUsable ? prediction.Probability : null;
        json["top"] = isUsable
            ? new JsonArray([.. prediction.TopLabels.Zip(prediction.TopScores, (label, score) => (JsonNode?)new JsonObject { ["class"] = label, ["probability"] = score })])
            : new JsonArray();
        if (_labels is not null)
            json["trueClass"] = _labels[row];
        return json;
    }

    private static JsonObject ToJson(ClassEvaluation evaluation)
    {
        var json = new JsonObject
        {
            ["accuracy"] = evaluation.Metrics.MicroAccuracy,
            ["meanClassAccuracy"] = evaluation.Metrics.MacroAccuracy,
            [string.Create(CultureInfo.InvariantCulture, $"top{evaluation.TopCount}Accuracy")] = evaluation.Metrics.TopKAccuracy,
            ["negativeLogLikelihood"] = evaluation.Calibration.NegativeLogLikelihood,
            ["expectedCalibrationError"] = evaluation.Calibration.ExpectedCalibrationError,
            ["reliability"] = new JsonArray([.. evaluation.Calibration.Bins.Select(bin => (JsonNode?)new JsonObject
            {
                ["from"] = bin.Lower, ["to"] = bin.Upper, ["rows"] = bin.Count, ["confidence"] = bin.MeanConfidence, ["accuracy"] = bin.Accuracy,
            })]),
            ["confusion"] = new JsonArray([.. evaluation.Metrics.ConfusionMatrix.Counts.Select(counts => (JsonNode?)new JsonArray([.. counts.Select(count => (JsonNode?)(int)count)]))]),
        };
        if (evaluation.Fitted is { } fitted)
        {
            json["calibration"] = new JsonObject
            {
                ["logitScale"] = fitted.LogitScale,
                ["isAtBound"] = fitted.IsAtBound,
                ["negativeLogLikelihoodBefore"] = fitted.Before.NegativeLogLikelihood,
                ["expectedCalibrationErrorBefore"] = fitted.Before.ExpectedCalibrationError,
            };
        }

        return json;
    }

    private IEnumerable<TextTable> ToTables(ClassEvaluation evaluation)
    {
        var before = evaluation.Fitted?.Before;
        string[] Row(string name, double? first, double? second) =>
            before is null ? [name, Format(second)] : [name, Format(first), Format(second)];
        yield return new TextTable("Against the true classes", before is null ? ["measure", "value"] : ["measure", "before calibration", "after"])
        {
            Rows =
            [
                Row("accuracy", evaluation.Metrics.MicroAccuracy, evaluation.Metrics.MicroAccuracy),
                Row("mean accuracy of a class", evaluation.Metrics.MacroAccuracy, evaluation.Metrics.MacroAccuracy),
                Row(string.Create(CultureInfo.InvariantCulture, $"in the first {evaluation.TopCount}"), evaluation.Metrics.TopKAccuracy, evaluation.Metrics.TopKAccuracy),
                Row("negative log-likelihood", before?.NegativeLogLikelihood, evaluation.Calibration.NegativeLogLikelihood),
                Row("expected calibration error", before?.ExpectedCalibrationError, evaluation.Calibration.ExpectedCalibrationError),
            ],
        };

        var confusions = evaluation.GetConfusions(_classifier.Classes.Names).Take(ConfusionCount).ToArray();
        if (confusions.Length > 0)
        {
            yield return new TextTable("Mistaken most", ["true class", "taken for", "rows"])
            {
                Rows = [.. confusions.Select(entry => (IReadOnlyList<string>)[entry.Truth, entry.Predicted, entry.Count.ToString("N0", CultureInfo.InvariantCulture)])],
            };
        }
    }

    private List<string> ToCells(int row)
    {
        var prediction = _predictions[row];
        var isUsable = !float.IsNaN(prediction.Probability);
        var cells = new List<string> { row.ToString("N0", CultureInfo.InvariantCulture) };
        if (_items is not null)
            cells.Add(_items[row]);
        cells.AddRange([isUsable ? prediction.TopLabels[0] : "", isUsable ? Format(prediction.Probability) : ""]);
        var hasNext = isUsable && prediction.TopLabels.Length > 1;
        cells.AddRange([hasNext ? prediction.TopLabels[1] : "", hasNext ? Format(prediction.TopScores[1]) : ""]);
        if (_labels is not null)
            cells.Add(_labels[row]);
        return cells;
    }

    private static string Format(double? value) => value?.ToString("F4", CultureInfo.InvariantCulture) ?? "";
}
