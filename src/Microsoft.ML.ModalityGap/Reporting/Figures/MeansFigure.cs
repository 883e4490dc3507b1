using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>The mean of every dimension per modality; its peaks are what sets the modalities apart.</summary>
internal static class MeansFigure
{
    private const int LabelledPeaks = 3;
    private const int TabledPeaks = 5;

    internal static ReportFigure Create(IReadOnlyList<ReportState> states)
    {
        var (first, second) = (states[0].Metrics.First, states[0].Metrics.Second);
        var series = states.SelectMany(state => new[]
        {
            new Series(state, first, state.First, FigureRole.First),
            new Series(state, second, state.Second, FigureRole.Second),
        }).ToArray();
        var scale = CreateScale(Math.Min(0, series.Min(entry => entry.Lowest)), Math.Max(1e-6, series.Max(entry => entry.Highest)));
        var reach = series.Max(entry => Math.Abs(entry.Peaks[0].Mean));
        return new ReportFigure(
            "means",
            "What the rows of a modality have in common",
            "The mean of every dimension over all rows of a modality. A few tall peaks are shared by (nearly) all rows of that modality whatever they show: they tell images from texts, not one image from another. "
            + "The I0T paper calls them modality-specific activations; centring takes them away. The tallest are named by their dimension.",
            new ReportTable(
                $"The {TabledPeaks} dimensions with the largest mean per modality, and the length of the mean ‖μ‖ (0: rows have nothing in common, 1: all rows are the same)",
                ["modality", "‖μ‖", .. Enumerable.Range(1, TabledPeaks).Select(rank => $"peak {rank}")],
                [.. series.Select(Describe)]),
            [],
            [.. series.Select(entry => Draw(entry, scale, reach))]);
    }

    /// <summary>With room for the names of peaks at both ends.</summary>
    private static AxisScale CreateScale(double lowest, double highest) =>
        AxisScale.Linear(lowest - 0.15 * (highest - lowest), highest + 0.1 * (highest - lowest), tickCount: 4);

    private static IReadOnlyList<string> Describe(Series series) =>
    [
        $"{series.State.Name}: {series.Modality}",
        Markup.Value(Math.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares(series.Statistics.Mean))),
        .. series.Peaks.Take(TabledPeaks).Select(peak => string.Create(CultureInfo.InvariantCulture, $"{peak.Mean:+0.000;−0.000} at {peak.Dimension}")),
        .. Enumerable.Repeat("", Math.Max(0, TabledPeaks - series.Peaks.Count)),
    ];

    private static FigurePanel Draw(Series series, AxisScale scale, double reach)
    {
        var mean = series.Statistics.Mean.ToArray();
        var title = series.State.Name == ReportBuilder.OnlyName ? series.Modality : $"{series.State.Name}: {series.Modality}";
        var plot = new PlotPanel(title, AxisScale.Linear(0, Math.Max(1, mean.Length - 1)), scale, "dimension", "mean", height: 220);
        var width = Math.Clamp(PlotPanel.InnerWidth / mean.Length * 0.7, 1.2, 3);
        plot.Svg.AddLine(plot.X(0), plot.Y(0), plot.X(mean.Length), plot.Y(0), FigureRole.Muted);
        plot.Svg.AddSegments(
            mean.Select((value, dimension) => (plot.X(dimension), plot.Y(0), plot.X(dimension), plot.Y(value))).Where(needle => Math.Abs(needle.Item2 - needle.Item4) >= 0.05),
            series.Role,
            width,
            opacity: 1);

        // Only what stands out is worth a name; names that would meet are left out.
        var typical = Math.Sqrt(mean.Average(value => value * value));
        var placed = new List<(double X, double Y)>();
        foreach (var peak in series.Peaks.Take(LabelledPeaks).Where(peak => Math.Abs(peak.Mean) > Math.Max(3 * typical, 0.1 * reach)))
        {
            var (x, y) = (plot.X(peak.Dimension), plot.Y(peak.Mean) + (peak.Mean > 0 ? -4 : 13));
            if (placed.Any(other => Math.Abs(other.X - x) < 28 && Math.Abs(other.Y - y) < 14))
                continue;
            plot.Svg.AddLabel(x, y, peak.Dimension.ToString(CultureInfo.InvariantCulture), FigureRole.Text, "middle");
            placed.Add((x, y));
        }

        var tallest = series.Peaks[0];
        return plot.ToPanel(string.Create(CultureInfo.InvariantCulture, $"the tallest of {mean.Length} dimensions is {tallest.Dimension} with a mean of {tallest.Mean:0.000}."));
    }

    private sealed record Series(ReportState State, string Modality, ModalityStatistics Statistics, FigureRole Role)
    {
        internal IReadOnlyList<PeakDimension> Peaks { get; } = GapMeasures.FindPeaks(Statistics, TabledPeaks);

        internal double Lowest => System.Numerics.Tensors.TensorPrimitives.Min(Statistics.Mean);

        internal double Highest => System.Numerics.Tensors.TensorPrimitives.Max(Statistics.Mean);
    }
}
