using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Writes a report as one HTML file: no script, nothing loaded.</summary>
internal static class ReportPage
{
    internal static string Write(ModalityGapReport report)
    {
        var html = Begin(report.Title)
            .Append("<a class=\"skip\" href=\"#summary\">Skip to the summary</a>\n<header>\n<h1>").Append(Markup.Escape(report.Title)).Append("</h1>\n");
        AppendContents(html, report);
        html.Append("</header>\n<main>\n");
        AppendSummary(html, report);
        foreach (var figure in report.Figures)
            AppendFigure(html, figure);
        AppendDefinitions(html);
        AppendProvenance(html, report.Provenance);
        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    /// <summary>A page up to its body.</summary>
    internal static StringBuilder Begin(string title) => new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
        .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
        .Append("<title>").Append(Markup.Escape(title)).Append("</title>\n<style>").Append(PageStyle.CreateRules()).Append("</style>\n</head>\n<body>\n");

    /// <summary>A table of a figure or of measures, in a box that scrolls where the page is narrow.</summary>
    /// <param name="html">Where to write.</param>
    /// <param name="table">The table.</param>
    /// <param name="cellStyle">For pages without rules of ours: the look of every cell.</param>
    internal static void AppendTable(StringBuilder html, ReportTable table, string? cellStyle = null)
    {
        var style = cellStyle is null ? "" : $" style=\"{cellStyle}\"";
        html.Append("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"").Append(Markup.Escape($"Table: {table.Caption}")).Append("\"><table><caption>").Append(Markup.Escape(table.Caption))
            .Append("</caption><thead><tr>");
        foreach (var header in table.Headers)
            html.Append("<th scope=\"col\"").Append(style).Append('>').Append(Markup.Escape(header)).Append("</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var row in table.Rows)
        {
            html.Append("<tr><th scope=\"row\"").Append(style).Append('>').Append(Markup.Escape(row[0])).Append("</th>");
            foreach (var cell in row.Skip(1))
                html.Append("<td").Append(style).Append('>').Append(Markup.Escape(cell)).Append("</td>");
            html.Append("</tr>");
        }

        html.Append("</tbody></table></div>\n");
    }

    private static void AppendContents(StringBuilder html, ModalityGapReport report)
    {
        html.Append("<nav aria-label=\"Contents\"><ul><li><a href=\"#summary\">Summary</a></li>");
        foreach (var figure in report.Figures)
            html.Append("<li><a href=\"#").Append(figure.Id).Append("\">").Append(Markup.Escape(figure.Title)).Append("</a></li>");
        html.Append("<li><a href=\"#definitions\">Definitions</a></li><li><a href=\"#provenance\">Provenance</a></li></ul></nav>\n");
    }

    private static void AppendSummary(StringBuilder html, ModalityGapReport report)
    {
        html.Append("<section id=\"summary\" aria-labelledby=\"summary-title\">\n<h2 id=\"summary-title\">Summary</h2>\n<dl class=\"tiles\">");
        foreach (var tile in MetricsTable.CreateTiles(report))
        {
            html.Append("<div><dt>").Append(Markup.Escape(tile.Name)).Append("</dt><dd>");
            if (tile.Before is not null)
                html.Append("<span class=\"was\"><span class=\"hidden\">before </span>").Append(Markup.Escape(tile.Before)).Append("</span><span class=\"arrow\" aria-hidden=\"true\">→</span><span class=\"hidden\"> after </span>");
            html.Append("<strong>").Append(Markup.Escape(tile.Value)).Append("</strong><small>").Append(Markup.Escape(tile.Hint)).Append("</small></dd></div>");
        }

        html.Append("</dl>\n");
        foreach (var sentence in report.Summary)
            html.Append("<p>").Append(Markup.Escape(sentence)).Append("</p>\n");
        html.Append("<h3>All measures</h3>\n");
        AppendTable(html, MetricsTable.Create(report.GetStates(), report.Corrected));
        html.Append("</section>\n");
    }

    private static void AppendFigure(StringBuilder html, ReportFigure figure)
    {
        html.Append("<section id=\"").Append(figure.Id).Append("\" aria-labelledby=\"").Append(figure.Id).Append("-title\">\n<h2 id=\"").Append(figure.Id).Append("-title\">")
            .Append(Markup.Escape(figure.Title)).Append("</h2>\n<figure aria-labelledby=\"").Append(figure.Id).Append("-caption\">\n");
        if (figure.Legend.Count > 0)
        {
            html.Append("<ul class=\"legend\" aria-label=\"Legend\">");
            foreach (var entry in figure.Legend)
            {
                html.AppendInvariant($"<li><svg class=\"mg-figure\" viewBox=\"0 0 {LegendEntry.MarkWidth} 16\" width=\"{LegendEntry.MarkWidth}\" height=\"16\" aria-hidden=\"true\">{entry.DrawMark()}</svg>")
                    .Append(Markup.Escape(entry.Label)).Append("</li>");
            }

            html.Append("</ul>\n");
        }

        html.Append("<div class=\"panels\">\n");
        for (var i = 0; i < figure.Panels.Count; i++)
        {
            var panel = figure.Panels[i];
            html.AppendInvariant($"<svg class=\"mg-figure\" viewBox=\"0 0 {FigurePanel.Width} {panel.Height}\" role=\"img\" aria-labelledby=\"{figure.Id}-{i}-t {figure.Id}-{i}-d\">")
                .AppendInvariant($"<title id=\"{figure.Id}-{i}-t\">{Markup.Escape(panel.Title)}</title><desc id=\"{figure.Id}-{i}-d\">{Markup.Escape(panel.Description)}</desc>")
                .Append(panel.Markup).Append("</svg>\n");
        }

        html.Append("</div>\n<figcaption id=\"").Append(figure.Id).Append("-caption\">").Append(Markup.Escape(figure.Explanation)).Append("</figcaption>\n</figure>\n")
            .Append("<details><summary>The numbers behind «").Append(Markup.Escape(figure.Title)).Append("»</summary>\n");
        AppendTable(html, figure.Table);
        html.Append("</details>\n</section>\n");
    }

    private static void AppendDefinitions(StringBuilder html)
    {
        html.Append("<section id=\"definitions\" aria-labelledby=\"definitions-title\">\n<h2 id=\"definitions-title\">Definitions</h2>\n")
            .Append("<p>All over unit vectors x̂ = x/‖x‖ of one modality and ŷ of the other; row i of both is a pair. μ is a modality's mean.</p>\n<dl class=\"terms\">\n");
        foreach (var (term, definition) in ReportDefinitions.All)
            html.Append("<dt>").Append(Markup.Escape(term)).Append("</dt><dd>").Append(Markup.Escape(definition)).Append("</dd>\n");
        html.Append("</dl>\n</section>\n");
    }

    /// <summary>Where it all comes from: names and values.</summary>
    internal static void AppendProvenance(StringBuilder html, IEnumerable<(string Name, string Value)> provenance)
    {
        html.Append("<section id=\"provenance\" aria-labelledby=\"provenance-title\">\n<h2 id=\"provenance-title\">Provenance</h2>\n<dl class=\"terms\">\n");
        foreach (var (name, value) in provenance)
            html.Append("<dt>").Append(Markup.Escape(name)).Append("</dt><dd>").Append(Markup.Escape(value)).Append("</dd>\n");
        html.Append("</dl>\n</section>\n");
    }
}
