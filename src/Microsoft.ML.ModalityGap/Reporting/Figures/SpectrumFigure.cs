using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Over how many directions each modality spreads: its variance along each, largest first.</summary>
internal static class SpectrumFigure
{
    // Below this share of all variance a direction holds rounding, not rows.
    private const double SmallestShare = 1e-6;

    private static readonly int[] _tabled = [1, 2, 3, 5, 10, 20, 50, 100];

    internal static ReportFigure Create(IReadOnlyList<ReportState> states)
    {
        var first = states[0].Metrics;
        LegendEntry[] looks = [new(first.First, FigureRole.First, LegendMark.Line), new(first.Second, FigureRole.Second, LegendMark.Line, "7 3")];
        var series = states.SelectMany(state => new[]
        {
            new Series(state.Name, looks[0], Normalize(state.Metrics.FirstSpectrum), state.Metrics.FirstEffectiveRank),
            new Series(state.Name, looks[1], Normalize(state.Metrics.SecondSpectrum), state.Metrics.SecondEffectiveRank),
        }).ToArray();
        var shares = series.SelectMany(entry => entry.Shares).Where(share => share > SmallestShare).DefaultIfEmpty(1).ToArray();
        var dimensions = series.Max(entry => entry.Shares.Length);
        var x = AxisScale.Linear(1, Math.Max(2, dimensions));
        var y = AxisScale.Logarithmic(shares.Min(), shares.Max());
        var tabled = _tabled.Where(rank => rank <= dimensions).ToArray();
        return new ReportFigure(
            "spectrum",
            "Over how many directions a modality spreads",
            "The share of a modality's variance along each direction (the eigenvalues of its covariance, largest first; logarithmic). A curve that falls at once means that rows differ in few directions only; a flat one, in many. "
            + "The effective rank puts it into one number, from 1 (all on a line) to the number of dimensions.",
            new ReportTable(
                "Share of the variance along the k-th direction, and the effective rank",
                ["", "effective rank", .. tabled.Select(rank => string.Create(CultureInfo.InvariantCulture, $"k = {rank}"))],
                [.. series.Select(entry => (IReadOnlyList<string>)
                [
                    $"{entry.State}: {entry.Look.Label}",
                    entry.EffectiveRank.ToString("0.0", CultureInfo.InvariantCulture),
                    .. tabled.Select(rank => rank <= entry.Shares.Length ? entry.Shares[rank - 1].ToString("0.00000", CultureInfo.InvariantCulture) : ""),
                ])]),
            looks,
            [.. series.Chunk(looks.Length).Select(pair => Draw(pair, x, y))]);
    }

    private static FigurePanel Draw(Series[] series, AxisScale x, AxisScale y)
    {
        var plot = new PlotPanel(series[0].State, x, y, "direction, by variance", "share of the variance", height: 240);
        foreach (var entry in series)
        {
            var path = new StringBuilder();
            for (var i = 0; i < entry.Shares.Length && entry.Shares[i] > SmallestShare; i++)
                path.AppendInvariant($"{(i == 0 ? "M" : "L")}{plot.X(i + 1)} {plot.Y(entry.Shares[i])}");
            plot.Svg.AddPath(path.ToString(), entry.Look.Role, width: 2, entry.Look.Dashes);
        }

        return plot.ToPanel(string.Join(" and ", series.Select(entry => string.Create(CultureInfo.InvariantCulture, $"the effective rank of {entry.Look.Label} is {entry.EffectiveRank:0.0}"))) + ".");
    }

    private static double[] Normalize(IReadOnlyList<double> eigenvalues)
    {
        var total = eigenvalues.Sum();
        return [.. eigenvalues.Select(value => total > 0 ? value / total : 0)];
    }

    private sealed record Series(string State, LegendEntry Look, double[] Shares, double EffectiveRank);
}
