namespace Microsoft.ML.ModalityGap;

/// <summary>A drawing with two axes.</summary>
internal sealed class PlotPanel
{
    private const double Left = 54;
    private const double Right = FigurePanel.Width - 10;
    private const double Top = 26;

    private readonly string _title;
    private readonly AxisScale _x;
    private readonly AxisScale _y;
    private readonly double _bottom;
    private readonly double _height;

    /// <param name="title">Above the drawing.</param>
    /// <param name="x">The horizontal axis.</param>
    /// <param name="y">The vertical axis.</param>
    /// <param name="xLabel">What is on the horizontal axis.</param>
    /// <param name="yLabel">What is on the vertical axis.</param>
    /// <param name="height">Of the whole panel.</param>
    internal PlotPanel(string title, AxisScale x, AxisScale y, string xLabel, string yLabel, double height = 280)
    {
        (_title, _x, _y, _height) = (title, x, y, height);
        _bottom = height - 42;

        Svg.AddText(Left, 16, Markup.Shorten(title, FigurePanel.MaximumTitle), isBold: true);
        foreach (var tick in y.Ticks)
        {
            Svg.AddLine(Left, Y(tick), Right, Y(tick), FigureRole.Grid);
            Svg.AddText(Left - 6, Y(tick) + 4, y.Format(tick), FigureRole.Muted, "end");
        }

        foreach (var tick in x.Ticks)
        {
            Svg.AddLine(X(tick), _bottom, X(tick), _bottom + 4, FigureRole.Muted);
            Svg.AddText(X(tick), _bottom + 17, x.Format(tick), FigureRole.Muted, X(tick) > Right - 12 ? "end" : "middle");
        }

        Svg.AddLine(Left, _bottom, Right, _bottom, FigureRole.Muted);
        Svg.AddText((Left + Right) / 2, height - 8, xLabel, FigureRole.Muted, "middle");
        Svg.AddVerticalText(10, (Top + _bottom) / 2, yLabel, FigureRole.Muted);
    }

    internal SvgBuilder Svg { get; } = new();

    /// <summary>The width of the drawing inside the axes.</summary>
    internal static double InnerWidth => Right - Left;

    internal double X(double value) => Left + _x.GetShare(value) * (Right - Left);

    internal double Y(double value) => _bottom - _y.GetShare(value) * (_bottom - Top);

    internal FigurePanel ToPanel(string description) => new(_title, description, Svg.ToString(), _height);
}
