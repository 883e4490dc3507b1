namespace Microsoft.ML.ModalityGap;

/// <summary>How a series looks and what it is.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Role">Its colour.</param>
/// <param name="Mark">Its shape.</param>
/// <param name="Dashes">For lines.</param>
internal sealed record LegendEntry(string Label, FigureRole Role, LegendMark Mark, string? Dashes = null)
{
    internal const double MarkWidth = 22;
    private const double Middle = 8;

    /// <summary>The mark alone, in a box of <see cref="MarkWidth"/> by 16.</summary>
    internal string DrawMark()
    {
        var svg = new SvgBuilder();
        return (Mark switch
        {
            LegendMark.Disc => svg.AddPoints([(MarkWidth / 2, Middle)], Role, isRound: true, size: 9, opacity: 1),
            LegendMark.Square => svg.AddPoints([(MarkWidth / 2, Middle)], Role, isRound: false, size: 8, opacity: 1),
            LegendMark.Line => svg.AddLine(1, Middle, MarkWidth - 1, Middle, Role, width: 2.5, Dashes),
            _ => svg.AddBar(2, 3, MarkWidth - 4, 10, Role, Mark),
        }).ToString();
    }
}
