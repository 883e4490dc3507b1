namespace Microsoft.ML.ModalityGap;

/// <summary>Horizontal bars with their values behind them; a group of bars per name.</summary>
internal static class BarPanel
{
    private const double LetterWidth = 6.9;
    private const int MaximumLetters = 24;
    private const double ValueWidth = 60;
    private const double Thickness = 15;
    private const double Gap = 12;
    private const double Top = 30;

    /// <param name="title">Above the bars.</param>
    /// <param name="description">In words.</param>
    /// <param name="series">The look of the bars of each group.</param>
    /// <param name="groups">A name and a value per series; missing values leave their place empty.</param>
    /// <param name="maximum">What a bar of full length stands for.</param>
    /// <param name="format">How values are written.</param>
    /// <param name="reference">A value to mark with a dashed line, and what it means.</param>
    /// <param name="getLook">The look of a group of its own, by its name.</param>
    internal static FigurePanel Create(
        string title,
        string description,
        IReadOnlyList<LegendEntry> series,
        IReadOnlyList<(string Name, IReadOnlyList<double?> Values)> groups,
        double maximum,
        Func<double, string> format,
        (double Value, string Name)? reference = null,
        Func<string, LegendEntry>? getLook = null)
    {
        var svg = new SvgBuilder().AddText(0, 16, Markup.Shorten(title, FigurePanel.MaximumTitle), isBold: true);
        var labels = groups.Select(group => Markup.Shorten(group.Name, MaximumLetters)).ToArray();
        var left = 12 + LetterWidth * labels.Max(label => label.Length);
        var available = FigurePanel.Width - left - ValueWidth;
        double? referenceAt = reference is { } shown ? left + Math.Clamp(shown.Value / maximum, 0, 1) * available : null;
        var y = Top;
        foreach (var ((name, values), label) in groups.Zip(labels))
        {
            svg.AddText(left - 8, y + values.Count * Thickness / 2 + 4, label, FigureRole.Text, "end");
            for (var i = 0; i < values.Count; i++, y += Thickness)
            {
                if (values[i] is not { } value)
                    continue;
                var width = Math.Clamp(value / maximum, 0, 1) * available;
                var look = getLook?.Invoke(name) ?? series[i];
                svg.AddBar(left, y + 1, width, Thickness - 2, look.Role, look.Mark);

                // No value is struck through by the line of the reference.
                var end = left + width + 5;
                svg.AddText(referenceAt > end - 3 && referenceAt < end + ValueWidth ? referenceAt.Value + 5 : end, y + Thickness - 3.5, format(value), FigureRole.Text);
            }

            y += Gap;
        }

        var bottom = y - Gap + 4;
        svg.AddLine(left, Top - 4, left, bottom, FigureRole.Muted);
        if (reference is { } mark && referenceAt is { } x)
        {
            svg.AddLine(x, Top - 4, x, bottom, FigureRole.Text, width: 1.5, dashes: "4 3");
            svg.AddText(x, bottom + 15, mark.Name, FigureRole.Muted, "middle");
            bottom += 18;
        }

        return new FigurePanel(title, description, svg.ToString(), bottom + 6);
    }
}
