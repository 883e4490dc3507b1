using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Writes marks as SVG elements; coordinates are those of the panel.</summary>
internal sealed class SvgBuilder
{
    private readonly StringBuilder _markup = new();

    /// <summary>What points and long lines are drawn in: tenths, so that coordinates are whole numbers.</summary>
    internal const int Fine = 10;

    internal SvgBuilder AddLine(double x1, double y1, double x2, double y2, FigureRole role, double width = 1, string? dashes = null)
    {
        _markup.AppendInvariant($"<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" class=\"{FigureStyle.Stroke(role)}\" stroke-width=\"{width}\"{Dashes(dashes)}/>");
        return this;
    }

    internal SvgBuilder AddText(double x, double y, string text, FigureRole role = FigureRole.Text, string anchor = "start", bool isBold = false)
    {
        _markup.AppendInvariant($"<text x=\"{x}\" y=\"{y}\" class=\"{FigureStyle.Fill(role)}\"");
        if (anchor != "start")
            _markup.Append(" text-anchor=\"").Append(anchor).Append('"');
        if (isBold)
            _markup.Append(" font-weight=\"600\"");
        _markup.Append('>').Append(Markup.Escape(text)).Append("</text>");
        return this;
    }

    /// <summary>Text that stays legible over marks: the background shows around its letters.</summary>
    internal SvgBuilder AddLabel(double x, double y, string text, FigureRole role, string anchor = "start")
    {
        var position = $"x=\"{Markup.Number(x)}\" y=\"{Markup.Number(y)}\" text-anchor=\"{anchor}\" font-weight=\"600\"";
        var content = Markup.Escape(text);
        _markup.AppendInvariant($"<text {position} class=\"{FigureStyle.Stroke(FigureRole.Background)}\" stroke-width=\"4\" stroke-linejoin=\"round\" stroke-opacity=\"0.85\" aria-hidden=\"true\">{content}</text>")
            .AppendInvariant($"<text {position} class=\"{FigureStyle.Fill(role)}\">{content}</text>");
        return this;
    }

    internal SvgBuilder AddVerticalText(double x, double y, string text, FigureRole role)
    {
        _markup.AppendInvariant($"<text transform=\"translate({x} {y})rotate(-90)\" text-anchor=\"middle\" class=\"{FigureStyle.Fill(role)}\">{Markup.Escape(text)}</text>");
        return this;
    }

    /// <summary>A bar: filled, or outlined with a light fill, or that with a filled core.</summary>
    internal SvgBuilder AddBar(double x, double y, double width, double height, FigureRole role, LegendMark mark)
    {
        if (mark == LegendMark.CoredBar)
            AddBar(x, y + height / 3, width, height / 3, role, LegendMark.SolidBar);
        var isSolid = mark == LegendMark.SolidBar;
        var inset = isSolid ? 0 : 0.75;
        var look = isSolid ? "" : $" {FigureStyle.Stroke(role)}\" fill-opacity=\"0.18\" stroke-width=\"1.5";
        _markup.AppendInvariant($"<rect x=\"{x + inset}\" y=\"{y + inset}\" width=\"{Math.Max(0, width - 2 * inset)}\" height=\"{Math.Max(0, height - 2 * inset)}\" class=\"{FigureStyle.Fill(role)}{look}\"/>");
        return this;
    }

    internal SvgBuilder AddPath(string data, FigureRole role, double width, string? dashes = null, double opacity = 1)
    {
        _markup.AppendInvariant($"<path d=\"{data}\" class=\"{FigureStyle.Stroke(role)}\" stroke-width=\"{width}\"{Dashes(dashes)}{Opacity("stroke", opacity)}/>");
        return this;
    }

    /// <summary>Many points as one path: a point is a line of no length, and its end caps make it round or square.</summary>
    /// <param name="points">In panel coordinates.</param>
    /// <param name="role">Their colour.</param>
    /// <param name="isRound">Discs, else squares.</param>
    /// <param name="size">Their diameter.</param>
    /// <param name="opacity">Below 1, so that crowds show.</param>
    internal SvgBuilder AddPoints(IEnumerable<(double X, double Y)> points, FigureRole role, bool isRound, double size, double opacity)
    {
        var data = new StringBuilder();
        var (lastX, lastY) = (0, 0);
        foreach (var (pointX, pointY) in points)
        {
            var (x, y) = ((int)Math.Round(pointX * Fine), (int)Math.Round(pointY * Fine));
            data.Append('m').Append(x - lastX).Append(' ').Append(y - lastY).Append("h0");
            (lastX, lastY) = (x, y);
        }

        if (data.Length > 0)
            AppendFine(data, role, size, opacity, $" stroke-linecap=\"{(isRound ? "round" : "square")}\"");
        return this;
    }

    /// <summary>Many separate lines as one path.</summary>
    internal SvgBuilder AddSegments(IEnumerable<(double X1, double Y1, double X2, double Y2)> segments, FigureRole role, double width, double opacity)
    {
        var data = new StringBuilder();
        foreach (var (x1, y1, x2, y2) in segments)
        {
            var (x, y) = ((int)Math.Round(x1 * Fine), (int)Math.Round(y1 * Fine));
            data.Append('M').Append(x).Append(' ').Append(y).Append('l').Append((int)Math.Round(x2 * Fine) - x).Append(' ').Append((int)Math.Round(y2 * Fine) - y);
        }

        if (data.Length > 0)
            AppendFine(data, role, width, opacity, "");
        return this;
    }

    public override string ToString() => _markup.ToString();

    private void AppendFine(StringBuilder data, FigureRole role, double width, double opacity, string caps) =>
        _markup.AppendInvariant($"<path transform=\"scale({1.0 / Fine})\" d=\"{data.ToString()}\" class=\"{FigureStyle.Stroke(role)}\" stroke-width=\"{width * Fine}\"{caps}{Opacity("stroke", opacity)}/>");

    private static string Dashes(string? dashes) => dashes is null ? "" : $" stroke-dasharray=\"{dashes}\"";

    private static string Opacity(string what, double opacity) => opacity < 1 ? $" {what}-opacity=\"{Markup.Number(opacity)}\"" : "";
}
