using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Writes a benchmark's results as one HTML file in the look of a report: no script, nothing loaded.</summary>
internal static class BenchmarkPage
{
    private const string Title = "Benchmark";

    internal static string Write(BenchmarkResult result)
    {
        var html = ReportPage.Begin(Title).Append("<header>\n<h1>").Append(Title).Append("</h1>\n<p>")
            .Append(Markup.Escape($"{result}.")).Append(" Each row says what its method was fitted on: rows fitted on themselves look better than they are on new ones.</p>\n");
        var tables = CreateTables(result);
        html.Append("<nav aria-label=\"Contents\"><ul>");
        foreach (var data in tables.Select(table => table.Data).Distinct())
            html.Append("<li><a href=\"#").Append(GetId(data)).Append("\">").Append(Markup.Escape(data)).Append("</a></li>");
        html.Append("<li><a href=\"#left-out\">Left out</a></li><li><a href=\"#provenance\">Provenance</a></li></ul></nav>\n</header>\n<main>\n");
        foreach (var group in tables.GroupBy(table => table.Data, StringComparer.Ordinal))
        {
            html.Append("<section id=\"").Append(GetId(group.Key)).Append("\">\n<h2>").Append(Markup.Escape(group.Key)).Append("</h2>\n");
            foreach (var (_, table) in group)
                ReportPage.AppendTable(html, table);
            html.Append("</section>\n");
        }

        AppendLeftOut(html, result);
        ReportPage.AppendProvenance(html, result.Provenance);
        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    /// <summary>A table per data set and task: rows are methods, columns measures.</summary>
    internal static IReadOnlyList<(string Data, ReportTable Table)> CreateTables(BenchmarkResult result)
    {
        var culture = CultureInfo.InvariantCulture;
        var tables = new List<(string, ReportTable)>();
        foreach (var group in result.Measurements.GroupBy(entry => (entry.Data, entry.Part, entry.Task)))
        {
            string[] measures = [.. group.Select(entry => entry.Measure).Distinct(StringComparer.Ordinal)];
            var rows = group.GroupBy(entry => (entry.Model, entry.Method, entry.Took, entry.FittedOn, entry.FitCount)).Select(row => (IReadOnlyList<string>)
            [
                $"{row.Key.Model}, {(row.Key.Took == row.Key.Method ? row.Key.Method : $"{row.Key.Method}: {row.Key.Took}")}",
                row.Key.FittedOn.Length == 0 ? "nothing" : string.Create(culture, $"{row.Key.FittedOn} ({row.Key.FitCount:N0} pairs)"),
                .. measures.Select(measure => row.FirstOrDefault(entry => entry.Measure == measure) is { } found ? Format(found.Value) : ""),
            ]);
            tables.Add((group.Key.Data, new ReportTable(string.Create(culture, $"{group.Key.Task}, part {group.Key.Part}, {group.First().Count:N0} measured"), ["model, method", "fitted on", .. measures], [.. rows])));
        }

        return tables;
    }

    private static string Format(double value) => value is not 0 && Math.Abs(value) < 1e-3 ? value.ToString("G3", CultureInfo.InvariantCulture) : (Math.Round(value, 4) + 0.0).ToString("F4", CultureInfo.InvariantCulture);

    private static string GetId(string data) => "data-" + string.Concat(data.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));

    private static void AppendLeftOut(StringBuilder html, BenchmarkResult result)
    {
        html.Append("<section id=\"left-out\">\n<h2>Left out</h2>\n");
        if (result.Findings.Count == 0 && result.NotMeasured.Count == 0)
            html.Append("<p>Nothing.</p>\n");
        if (result.Findings.Count > 0)
        {
            html.Append("<dl class=\"terms\">\n");
            foreach (var finding in result.Findings)
            {
                html.Append("<dt>").Append(Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{finding.Data}: {finding.Count} × {finding.Kind}"))).Append("</dt><dd>")
                    .Append(Markup.Escape(string.Join(", ", finding.Examples) + (finding.Count > finding.Examples.Count ? ", …" : ""))).Append("</dd>\n");
            }

            html.Append("</dl>\n");
        }

        foreach (var reason in result.NotMeasured)
            html.Append("<p>").Append(Markup.Escape(reason)).Append("</p>\n");
        html.Append("</section>\n");
    }
}
