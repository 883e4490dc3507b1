using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Figures of anybody's numbers, in the look of the report's.</summary>
internal static class CustomFigures
{
    private static readonly (FigureRole Role, string? Dashes)[] _lines =
    [
        (FigureRole.First, null), (FigureRole.Second, "9 3"), (FigureRole.Matched, "9 3 2 3"), (FigureRole.Mismatched, "2 3"),
    ];

    private static readonly (FigureRole Role, LegendMark Mark)[] _bars =
    [
        (FigureRole.Before, LegendMark.OpenBar), (FigureRole.After, LegendMark.SolidBar), (FigureRole.Second, LegendMark.OpenBar), (FigureRole.Matched, LegendMark.SolidBar),
    ];

    /// <summary>How many series can be told apart.</summary>
    internal static int MaximumSeries => _lines.Length;

    internal static ReportFigure CreateBars(
        string title, string explanation, IReadOnlyList<string> series, IReadOnlyList<(string Name, IReadOnlyList<double?> Values)> groups, double? maximum)
    {
        var largest = groups.SelectMany(group => group.Values).Max() ?? 1;
        var looks = series.Count == 1
            ? [new LegendEntry(series[0], FigureRole.After, LegendMark.SolidBar)]
            : series.Select((name, i) => new LegendEntry(name, _bars[i].Role, _bars[i].Mark)).ToArray();
        var table = new ReportTable(
            title,
            ["", .. series],
            [.. groups.Select(group => (IReadOnlyList<string>)[group.Name, .. group.Values.Select(value => Markup.Value(value))])]);
        var description = string.Join("; ", groups.Select(group => $"{group.Name}: {string.Join(", ", series.Zip(group.Values, (name, value) => $"{name} {Markup.Value(value)}"))}")) + ".";
        return new ReportFigure(
            "bars", title, explanation, table, series.Count == 1 ? [] : looks, [BarPanel.Create("", description, looks, groups, maximum ?? (largest > 0 ? largest : 1), FormatShort)]);
    }

    internal static ReportFigure CreateLines(
        string title, string explanation, string xLabel, string yLabel, IReadOnlyList<(string Name, IReadOnlyList<(double X, double Y)> Points)> series)
    {
        var points = series.SelectMany(entry => entry.Points).ToArray();
        var plot = new PlotPanel(
            "", AxisScale.Rounded(points.Min(point => point.X), points.Max(point => point.X)), AxisScale.Rounded(points.Min(point => point.Y), points.Max(point => point.Y)), xLabel, yLabel);
        var looks = series.Select((entry, i) => new LegendEntry(entry.Name, _lines[i].Role, LegendMark.Line, _lines[i].Dashes)).ToArray();
        foreach (var (entry, look) in series.Zip(looks))
        {
            var path = new StringBuilder();
            foreach (var (x, y) in entry.Points)
                path.AppendInvariant($"{(path.Length == 0 ? "M" : "L")}{plot.X(x)} {plot.Y(y)}");
            plot.Svg.AddPath(path.ToString(), look.Role, width: 2.2, look.Dashes);
            if (entry.Points.Count <= 30)
                plot.Svg.AddPoints(entry.Points.Select(point => (plot.X(point.X), plot.Y(point.Y))), look.Role, isRound: true, size: 6, opacity: 1);
        }

        var description = string.Join("; ", series.Select(entry => string.Create(
            CultureInfo.InvariantCulture, $"{entry.Name} goes from {entry.Points[0].Y:0.###} at {entry.Points[0].X:0.###} to {entry.Points[^1].Y:0.###} at {entry.Points[^1].X:0.###}"))) + ".";
        var table = new ReportTable(
            title,
            ["series", xLabel, yLabel],
            [.. series.SelectMany(entry => entry.Points.Select(point => (IReadOnlyList<string>)[entry.Name, FormatShort(point.X), FormatShort(point.Y)]))]);
        return new ReportFigure("lines", title, explanation, table, looks, [plot.ToPanel(description)]);
    }

    private static string FormatShort(double value) => value.ToString(Math.Abs(value) >= 100 ? "N0" : "0.###", CultureInfo.InvariantCulture).Replace('-', '−');
}
