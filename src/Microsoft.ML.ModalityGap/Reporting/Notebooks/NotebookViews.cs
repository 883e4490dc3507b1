using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Which tables and figures stand for a value. A new type needs a case in <see cref="GetTables"/> and the attribute on itself.</summary>
internal static class NotebookViews
{
    private static readonly int[] _cutoffs = [1, 5, 10];

    internal static bool WriteHtml(object value, TextWriter writer)
    {
        var html = new StringBuilder("<div>");
        switch (value)
        {
            case ReportFigure figure:
                html.Append(figure.ToSvg());
                break;
            case ModalityGapReport report:
                html.Append("<h3>").Append(Markup.Escape(report.Title)).Append("</h3>");
                foreach (var sentence in report.Summary)
                    html.Append("<p>").Append(Markup.Escape(sentence)).Append("</p>");
                ReportPage.AppendTable(html, MetricsTable.Create(report.GetStates()));
                break;
            default:
                foreach (var table in GetTables(value))
                    ReportPage.AppendTable(html, table);
                break;
        }

        writer.Write(html.Append("</div>").ToString());
        return true;
    }

    internal static bool WriteSvg(object value, TextWriter writer)
    {
        if (value is not ReportFigure figure)
            return false;
        writer.Write(figure.ToSvg());
        return true;
    }

    private static IEnumerable<ReportTable> GetTables(object value) => value switch
    {
        ReportTable table => [table],
        ModalityGapMetrics metrics => [MetricsTable.Create([("value", metrics)])],
        PairRetrievalMetrics retrieval =>
        [
            new ReportTable(
                $"{retrieval.Direction}: {Markup.Count(retrieval.Ranks.Count)} queries",
                ["measure", "value"],
                [.. _cutoffs.Select(k => (IReadOnlyList<string>)[$"recall@{k}", Markup.Value(retrieval.RecallAt(k))])]),
        ],
        EmbeddingMap map => [CreateMapTable("A map of embeddings", [("map", map, null)])],
        ModalityMap map => [CreateMapTable($"The map of {map.Modality}", [(map.Modality, map.Map, map.Statistics)])],
        EmbeddingMapTransformer transformer => [CreateMapTable("Maps of embeddings", [.. transformer.Modalities.Select(entry => (entry.Modality, entry.Map, entry.Statistics))])],
        ModalityStatistics statistics => [CreateStatisticsTable(statistics)],
        _ => throw new NotSupportedException($"There is no view of {value.GetType()}."),
    };

    private static ReportTable CreateMapTable(string caption, IReadOnlyList<(string Name, EmbeddingMap Map, ModalityStatistics? Statistics)> maps) => new(
        caption,
        ["modality", "steps", "dimensions", "fitted on", "‖μ‖", "fingerprint"],
        [
            .. maps.Select(entry => (IReadOnlyList<string>)
            [
                entry.Name,
                entry.Map.Steps.Count == 0 ? "none" : string.Join(" · ", entry.Map.Steps),
                string.Create(CultureInfo.InvariantCulture, $"{entry.Map.InputDimension} → {entry.Map.OutputDimension}"),
                entry.Statistics is { } statistics ? $"{Markup.Count(statistics.Count)} rows" : "–",
                entry.Statistics is null ? "–" : Markup.Value(GetMeanNorm(entry.Statistics)),
                entry.Map.Fingerprint,
            ]),
        ]);

    private static ReportTable CreateStatisticsTable(ModalityStatistics statistics) => new(
        statistics.ToString(),
        ["", "value"],
        [
            ["‖μ‖, the length of the mean", Markup.Value(GetMeanNorm(statistics))],
            ["total variance", Markup.Value(statistics.TotalVariance)],
            .. GapMeasures.FindPeaks(statistics, 5).Select((peak, i) => (IReadOnlyList<string>)
                [string.Create(CultureInfo.InvariantCulture, $"peak {i + 1}: mean of dimension {peak.Dimension}"), Markup.Value(peak.Mean)]),
        ]);

    private static double GetMeanNorm(ModalityStatistics statistics) => Math.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares(statistics.Mean));
}
