using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>How the cosines of partners, of strangers, and within each modality are distributed.</summary>
internal static class SimilaritiesFigure
{
    internal static ReportFigure Create(IReadOnlyList<ReportState> states)
    {
        var first = states[0].Metrics;
        Series[] series =
        [
            new(new("partners", FigureRole.Matched, LegendMark.Line), 2.5, metrics => metrics.MatchedSimilarities),
            new(new($"{first.First} and {first.Second} that are strangers", FigureRole.Mismatched, LegendMark.Line, "2 3"), 2.5, metrics => metrics.MismatchedSimilarities),
            new(new($"{first.First} and {first.First}", FigureRole.First, LegendMark.Line, "9 3"), 1.8, metrics => metrics.FirstSimilarities),
            new(new($"{first.Second} and {first.Second}", FigureRole.Second, LegendMark.Line, "9 3 2 3"), 1.8, metrics => metrics.SecondSimilarities),
        ];
        var histograms = states.SelectMany(state => series.Select(entry => entry.Get(state.Metrics))).ToArray();
        var used = Enumerable.Range(0, histograms[0].Counts.Count).Where(bin => histograms.Any(histogram => histogram.Counts[bin] > 0)).ToArray();
        var x = AxisScale.Rounded(histograms[0].GetLowerEdge(used[0]), histograms[0].GetLowerEdge(used[^1] + 1));
        var y = AxisScale.Linear(0, histograms.Max(histogram => histogram.Counts.Max(count => GetShare(histogram, count))) * 1.05, tickCount: 4);
        return new ReportFigure(
            "similarities",
            "How alike partners and strangers are",
            $"The distribution of cosines. With a gap, {first.First} and {first.Second} are all about equally unlike, and any two of one kind are more alike than partners are: the dashed curves of one kind lie right of "
            + "the solid curve of partners. Without one, the curves of strangers lie over each other, whatever their kind, and a threshold means the same for all.",
            new ReportTable(
                "Cosines: mean and standard deviation, and how much of the curves of partners and strangers lies over each other (0: one threshold parts them, 1: the same curve)",
                ["", .. series.Select(entry => entry.Look.Label), "partners over strangers"],
                [.. states.Select(state => (IReadOnlyList<string>)
                [
                    state.Name,
                    .. series.Select(entry => $"{Markup.Value(entry.Get(state.Metrics).Mean)} ± {Markup.Value(entry.Get(state.Metrics).StandardDeviation)}"),
                    Markup.Value(state.Metrics.MatchedSimilarities.GetOverlap(state.Metrics.MismatchedSimilarities)),
                ])]),
            [.. series.Select(entry => entry.Look)],
            [.. states.Select(state => Draw(state, series, x, y))]);
    }

    private static FigurePanel Draw(ReportState state, Series[] series, AxisScale x, AxisScale y)
    {
        var plot = new PlotPanel(state.Name, x, y, "cosine", "share of pairs", height: 260);
        foreach (var entry in series)
            plot.Svg.AddPath(Trace(entry.Get(state.Metrics), plot), entry.Look.Role, entry.Width, entry.Look.Dashes);
        var metrics = state.Metrics;
        return plot.ToPanel(string.Create(
            CultureInfo.InvariantCulture,
            $"the mean cosine is {metrics.MatchedSimilarities.Mean:0.00} of partners, {metrics.MismatchedSimilarities.Mean:0.00} of strangers across, {metrics.FirstSimilarities.Mean:0.00} within {metrics.First} and {metrics.SecondSimilarities.Mean:0.00} within {metrics.Second}."));
    }

    /// <summary>The outline of the bins that hold something.</summary>
    private static string Trace(SimilarityHistogram histogram, PlotPanel plot)
    {
        var bins = Enumerable.Range(0, histogram.Counts.Count).Where(bin => histogram.Counts[bin] > 0).ToArray();
        if (bins.Length == 0)
            return "";
        var path = new StringBuilder().AppendInvariant($"M{plot.X(histogram.GetLowerEdge(bins[0]))} {plot.Y(0)}");
        for (var bin = bins[0]; bin <= bins[^1]; bin++)
            path.AppendInvariant($"V{plot.Y(GetShare(histogram, histogram.Counts[bin]))}H{plot.X(histogram.GetLowerEdge(bin + 1))}");
        return path.AppendInvariant($"V{plot.Y(0)}").ToString();
    }

    private static double GetShare(SimilarityHistogram histogram, long count) => histogram.PairCount > 0 ? (double)count / histogram.PairCount : 0;

    private sealed record Series(LegendEntry Look, double Width, Func<ModalityGapMetrics, SimilarityHistogram> Get);
}
