using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Puts a figure's drawings beside each other, with title and legend, as one SVG document.</summary>
internal static class FigureSvg
{
    private const int Columns = 2;
    private const double Margin = 16;
    private const double Gap = 24;

    // A little above the mean of the usual fonts, so that entries do not touch.
    private const double LetterWidth = 6.8;
    private const double TitleLetterWidth = 9.4;

    internal static string Write(ReportFigure figure)
    {
        var columns = Math.Min(Columns, figure.Panels.Count);
        var width = 2 * Margin + columns * FigurePanel.Width + (columns - 1) * Gap;
        var body = new StringBuilder();
        var y = 10.0;
        foreach (var line in Wrap(figure.Title, (int)((width - 2 * Margin) / TitleLetterWidth)))
        {
            y += 20;
            body.AppendInvariant($"<text x=\"{Margin}\" y=\"{y}\" font-size=\"16\" font-weight=\"600\" class=\"{FigureStyle.Fill(FigureRole.Text)}\">{Markup.Escape(line)}</text>");
        }

        y = AddLegend(body, figure.Legend, width, y + 12) + 8;
        for (var row = 0; row < figure.Panels.Count; row += columns)
        {
            var panels = figure.Panels.Skip(row).Take(columns).ToArray();
            for (var column = 0; column < panels.Length; column++)
                body.AppendInvariant($"<g transform=\"translate({Margin + column * (FigurePanel.Width + Gap)} {y})\">{panels[column].Markup}</g>");
            y += panels.Max(panel => panel.Height) + Gap / 2;
        }

        var height = y + Margin - Gap / 2;
        var description = string.Join(" ", figure.Panels.Select(panel => $"{panel.Title}: {panel.Description}").Prepend(figure.Explanation));
        return new StringBuilder()
            .AppendInvariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" class=\"mg-figure\" role=\"img\" style=\"max-width:100%;height:auto\">")
            .AppendInvariant($"<title>{Markup.Escape(figure.Title)}</title><desc>{Markup.Escape(description)}</desc><style>{FigureStyle.CreateRules()}</style>")
            .AppendInvariant($"<rect width=\"100%\" height=\"100%\" rx=\"8\" class=\"{FigureStyle.Fill(FigureRole.Background)}\"/>")
            .Append(body)
            .Append("</svg>")
            .ToString();
    }

    /// <summary>Lines of so many letters at the most, broken between words.</summary>
    private static List<string> Wrap(string text, int length)
    {
        var lines = new List<string>();
        foreach (var word in text.Split(' '))
        {
            if (lines.Count > 0 && lines[^1].Length + 1 + word.Length <= length)
                lines[^1] += $" {word}";
            else
                lines.Add(word);
        }

        return lines;
    }

    private static double AddLegend(StringBuilder body, IReadOnlyList<LegendEntry> legend, double width, double top)
    {
        var (x, y) = (Margin, top);
        foreach (var entry in legend)
        {
            var needed = LegendEntry.MarkWidth + 6 + entry.Label.Length * LetterWidth;
            if (x > Margin && x + needed > width - Margin)
                (x, y) = (Margin, y + 20);
            body.AppendInvariant($"<g transform=\"translate({x} {y})\">{entry.DrawMark()}</g><text x=\"{x + LegendEntry.MarkWidth + 6}\" y=\"{y + 12}\" class=\"{FigureStyle.Fill(FigureRole.Text)}\">{Markup.Escape(entry.Label)}</text>");
            x += needed + 18;
        }

        return legend.Count > 0 ? y + 16 : top;
    }
}
