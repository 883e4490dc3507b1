using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>What a method makes of pairs, by how many it was fitted on.</summary>
internal static class LearningCurveFigure
{
    // More drawings than this stand too small beside each other; the table has all.
    private const int Drawn = 4;

    internal static ReportFigure Create(LearningCurve curve) => new(
        "learning-curve",
        "How many pairs it needs",
        $"{curve.DescribePairs()}. Bars are one standard deviation up and down. Where the line is flat more pairs would not help; where it still moves they would."
        + (curve.MeasuresFittedPairs ? " Pairs fitted on are measured, too, so that the end of the line shows less of a gap than new pairs would have." : ""),
        new ReportTable(
            "Measures by the number of pairs fitted on, mean ± standard deviation",
            ["pairs", "draws", .. curve.Measures],
            [
                ["0 (raw)", "", .. curve.Raw.Select(value => Markup.Value(value))],
                .. curve.Points.Select(point => (IReadOnlyList<string>)
                [
                    Markup.Count(point.PairCount),
                    Markup.Count(point.Draws),
                    .. point.Means.Zip(point.StandardDeviations, (mean, deviation) => point.Draws > 1 ? $"{Markup.Value(mean)} ± {Markup.Value(deviation)}" : Markup.Value(mean)),
                ]),
            ]),
        [],
        [.. curve.Measures.Take(Drawn).Select((measure, i) => Draw(curve, measure, i))]);

    private static FigurePanel Draw(LearningCurve curve, string measure, int index)
    {
        var points = curve.Points.Select(point => (Count: (double)point.PairCount, Mean: point.Means[index], Deviation: point.StandardDeviations[index])).ToArray();
        var plot = new PlotPanel(
            measure,
            AxisScale.Logarithmic(points[0].Count, points[^1].Count),
            AxisScale.Rounded(points.Min(point => point.Mean - point.Deviation), points.Max(point => point.Mean + point.Deviation)),
            "pairs fitted on",
            measure);
        var path = new StringBuilder();
        foreach (var (count, mean, deviation) in points)
        {
            path.AppendInvariant($"{(path.Length == 0 ? "M" : "L")}{plot.X(count)} {plot.Y(mean)}");
            plot.Svg.AddLine(plot.X(count), plot.Y(mean - deviation), plot.X(count), plot.Y(mean + deviation), FigureRole.Muted);
        }

        plot.Svg.AddPath(path.ToString(), FigureRole.First, width: 2.2);
        plot.Svg.AddPoints(points.Select(point => (plot.X(point.Count), plot.Y(point.Mean))), FigureRole.First, isRound: true, size: 6, opacity: 1);
        return plot.ToPanel(string.Create(
            CultureInfo.InvariantCulture,
            $"{measure}: {string.Join(", ", points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.Mean:0.###} on {point.Count:0} pairs")))}; {curve.Raw[index]:0.###} without a map."));
    }
}
