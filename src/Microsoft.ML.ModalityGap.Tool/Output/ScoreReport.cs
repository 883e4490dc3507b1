using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What <c>score</c> found, as JSON, as tables, and as lines.</summary>
/// <param name="input">The image and the text.</param>
/// <param name="kinds">The scale of each run, as it is typed.</param>
/// <param name="runs">Raw, and with maps.</param>
/// <param name="explanation">With <c>--explain</c>.</param>
internal sealed class ScoreReport(ModalityInput input, IReadOnlyList<string> kinds, IReadOnlyList<ScoreRun> runs, ScoreExplanation? explanation)
{
    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["kind"] = kinds[0], ["raw"] = ToJson(runs[0]) };
        if (runs.Count > 1)
        {
            json["mappedKind"] = kinds[1];
            json["mapped"] = ToJson(runs[1]);
        }

        if (explanation is not null)
            json["explanation"] = ToJson(explanation);
        return json;
    }

    internal IReadOnlyList<TextTable> ToTables()
    {
        var title = string.Create(CultureInfo.InvariantCulture, $"{input.Names[0]} and {input.Names[1]}: {runs[0].Summary.Count:N0} captions, {string.Join(" and ", kinds.Distinct())}");
        var tables = new List<TextTable>
        {
            CreateTable(title, "score",
            [
                ("mean", run => run.Summary.Mean),
                ("standard deviation", run => run.Summary.StandardDeviation),
                ("lowest", run => run.Summary.Minimum),
                ("highest", run => run.Summary.Maximum),
                ("mean cosine", run => run.Summary.MeanCosine),
                .. runs[0].Summary.ReferenceMean is null ? [] : new (string, Func<ScoreRun, double?>)[] { ("mean with references", run => run.Summary.ReferenceMean) },
            ]),
        };
        if (runs[0].Control is not null)
        {
            tables.Add(CreateTable("Pairs that belong together, and others", "mean score",
            [
                ("image with its own text", run => run.Control!.MatchedImageText),
                ("image with another's text", run => run.Control!.MismatchedImageText),
                ("image with another image", run => run.Control!.MismatchedImageImage),
                ("text with another text", run => run.Control!.MismatchedTextText),
                ("share: another image preferred to its own text", run => run.Control!.ImagePreferredToOwnText),
                ("share: another text preferred to its own image", run => run.Control!.TextPreferredToOwnImage),
                ("share: another's text preferred to its own", run => run.Control!.OtherTextPreferredToOwn),
            ]));
        }

        AddCorrelations(tables, "Against the ratings", run => run.Correlation);
        AddCorrelations(tables, "With references, against the ratings", run => run.ReferenceCorrelation);
        if (explanation is not null)
            tables.AddRange(ToTables(explanation));
        return tables;
    }

    /// <summary>A line for each row: its number, what its image and its text are (nothing where that is not known), its scores, raw and with maps, each followed by that with references.</summary>
    internal void WriteLines(Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        var columns = runs.SelectMany(run => new[] { run.Scores, run.ReferenceScores }).OfType<float[]>().ToArray();
        var items = input.Paths.Select(path => TextLines.FindItems(path, input.RowCount)).ToArray();
        for (var row = 0; row < columns[0].Length; row++)
        {
            writer.WriteLine(string.Join('\t', [
                row.ToString(CultureInfo.InvariantCulture),
                .. items.Select(list => TextLines.ToCell(list?[row])),
                .. columns.Select(column => column[row].ToString("G9", CultureInfo.InvariantCulture))]));
        }
    }

    private void AddCorrelations(List<TextTable> tables, string title, Func<ScoreRun, CaptionMetricCorrelation?> get)
    {
        if (get(runs[0]) is null)
            return;
        tables.Add(CreateTable(title, "correlation",
        [
            ("Kendall tau-b", run => get(run)!.KendallTauB),
            ("Kendall tau-c", run => get(run)!.KendallTauC),
            ("Spearman", run => get(run)!.Spearman),
            ("Pearson", run => get(run)!.Pearson),
        ]));
    }

    private TextTable CreateTable(string title, string measure, IReadOnlyList<(string Name, Func<ScoreRun, double?> Get)> rows) =>
        new(title, [measure, .. runs.Select(run => run.Name)])
        {
            Rows = [.. rows.Select(row => (IReadOnlyList<string>)[row.Name, .. runs.Select(run => row.Get(run)?.ToString("F4", CultureInfo.InvariantCulture) ?? "")])],
        };

    private static IEnumerable<TextTable> ToTables(ScoreExplanation explanation)
    {
        static string Format(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
        yield return new TextTable("What the mean cosine is made of", ["part", "value"])
        {
            Rows =
            [
                ["any image with any text", Format(explanation.MeansPart)],
                ["the text with images in general", Format(explanation.ImageMeanPart)],
                ["the image with texts in general", Format(explanation.TextMeanPart)],
                ["this image with this text", Format(explanation.ContentPart)],
                ["cosine", Format(explanation.Cosine)],
                ["cosine with the gap closed", Format(explanation.ClosedCosine)],
            ],
        };
        yield return new TextTable("The dimensions that add most", ["dimension", "adds", "any pair", "this pair"])
        {
            Rows = [.. explanation.TopDimensions.Select(entry => (IReadOnlyList<string>)
                [entry.Dimension.ToString(CultureInfo.InvariantCulture), Format(entry.Total), Format(entry.Means), Format(entry.Content)])],
        };
    }

    private static JsonObject ToJson(ScoreRun run)
    {
        var json = new JsonObject
        {
            ["count"] = run.Summary.Count,
            ["skipped"] = run.Summary.SkippedCount,
            ["mean"] = run.Summary.Mean,
            ["standardDeviation"] = run.Summary.StandardDeviation,
            ["minimum"] = run.Summary.Minimum,
            ["maximum"] = run.Summary.Maximum,
            ["meanCosine"] = run.Summary.MeanCosine,
        };
        if (run.Summary.ReferenceMean is { } mean)
            json["referenceMean"] = mean;
        if (run.Control is { } control)
        {
            json["control"] = new JsonObject
            {
                ["matchedImageText"] = control.MatchedImageText,
                ["mismatchedImageText"] = control.MismatchedImageText,
                ["mismatchedImageImage"] = control.MismatchedImageImage,
                ["mismatchedTextText"] = control.MismatchedTextText,
                ["imagePreferredToOwnText"] = control.ImagePreferredToOwnText,
                ["textPreferredToOwnImage"] = control.TextPreferredToOwnImage,
                ["otherTextPreferredToOwn"] = control.OtherTextPreferredToOwn,
            };
        }

        if (run.Correlation is { } correlation)
            json["correlation"] = ToJson(correlation);
        if (run.ReferenceCorrelation is { } referenceCorrelation)
            json["referenceCorrelation"] = ToJson(referenceCorrelation);
        return json;
    }

    private static JsonObject ToJson(CaptionMetricCorrelation correlation) => new()
    {
        ["kendallTauB"] = correlation.KendallTauB,
        ["kendallTauC"] = correlation.KendallTauC,
        ["spearman"] = correlation.Spearman,
        ["pearson"] = correlation.Pearson,
    };

    private static JsonObject ToJson(ScoreExplanation explanation) => new()
    {
        ["cosine"] = explanation.Cosine,
        ["meansPart"] = explanation.MeansPart,
        ["imageMeanPart"] = explanation.ImageMeanPart,
        ["textMeanPart"] = explanation.TextMeanPart,
        ["contentPart"] = explanation.ContentPart,
        ["closedCosine"] = explanation.ClosedCosine,
        ["dimensions"] = new JsonArray([.. explanation.TopDimensions.Select(entry => (JsonNode?)new JsonObject
        {
            ["dimension"] = entry.Dimension, ["total"] = entry.Total, ["means"] = entry.Means, ["content"] = entry.Content,
        })]),
    };
}
