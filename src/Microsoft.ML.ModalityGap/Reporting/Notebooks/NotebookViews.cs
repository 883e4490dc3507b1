using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>What stands for a value in a notebook. A new type needs the attribute on itself, and a case here where its text is not enough.</summary>
internal static class NotebookViews
{
    private const string CellStyle = "padding:2px 10px;text-align:left";

    internal static bool WriteHtml(object value, TextWriter writer)
    {
        var html = new StringBuilder("<div>");
        foreach (var part in GetParts(value))
        {
            switch (part)
            {
                case ReportTable table:
                    ReportPage.AppendTable(html, table, CellStyle);
                    break;
                case ReportFigure figure:
                    html.Append(figure.ToSvg());
                    break;
                default:
                    html.Append("<p>").Append(Markup.Escape(part.ToString() ?? "").ReplaceLineEndings("<br>")).Append("</p>");
                    break;
            }
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

    /// <summary>Tables, figures and paragraphs.</summary>
    private static IEnumerable<object> GetParts(object value) => value switch
    {
        ModalityGapReport report => [.. report.Summary.Prepend(report.Title), MetricsTable.Create(report.GetStates(), report.Corrected)],
        ModalityGapMetrics metrics => [MetricsTable.Create([("value", metrics)])],
        PairRetrievalMetrics metrics => [NotebookTables.Create(metrics)],
        RetrievalMetrics metrics => [NotebookTables.Create(metrics)],
        MixedRetrievalMetrics metrics => [NotebookTables.Create(metrics), NotebookTables.Create(metrics.Retrieval)],
        CalibrationMetrics metrics => [NotebookTables.Create(metrics), ReliabilityFigure.Create(metrics)],
        PromptFreeControl control => [NotebookTables.Create(control)],
        CaptionMetricCorrelation metrics => [NotebookTables.Create(metrics)],
        ScoreExplanation explanation => [NotebookTables.Create(explanation)],
        SelectionResult selection => [$"{selection.Recommended.Name}: {selection.Reason}", MethodsFigure.CreateTable(selection)],
        EmbeddingMap map => [NotebookTables.Create("A map of embeddings", [("map", map, null)])],
        ModalityMap map => [NotebookTables.Create($"The map of {map.Modality}", [(map.Modality, map.Map, map.Statistics)])],
        EmbeddingMapTransformer transformer => [NotebookTables.Create("Maps of embeddings", [.. transformer.Modalities.Select(entry => (entry.Modality, entry.Map, entry.Statistics))])],
        ModalityStatistics statistics => [NotebookTables.Create(statistics)],
        _ => [value],
    };
}
