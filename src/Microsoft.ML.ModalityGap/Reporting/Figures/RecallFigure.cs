namespace Microsoft.ML.ModalityGap;

/// <summary>Whether the partner is found, in both directions.</summary>
internal static class RecallFigure
{
    private static readonly int[] _cutoffs = [1, 5, 10];

    internal static ReportFigure Create(IReadOnlyList<ReportState> states)
    {
        var (metrics, series) = (states[0].Metrics, StateSeries.Create(states));
        string[] directions = [NameDirection(metrics.FirstToSecond), NameDirection(metrics.SecondToFirst)];
        IReadOnlyList<LegendEntry> looks = [.. series.Select(entry => entry.Look)];
        return new ReportFigure(
            "recall",
            "Finding the partner in the other modality",
            $"Every row of one modality is a query, all {Markup.Count(metrics.Count)} rows of the other are the gallery, ranked by cosine. Recall@k is the share of queries whose partner is among the first k. "
            + "A gap does not spoil this by itself, since all of the gallery is on the other side of it; a good map should not cost recall." + StateSeries.Explain(series),
            new ReportTable(
                "Recall",
                ["direction", "k", .. looks.Select(look => look.Label)],
                [.. directions.SelectMany((direction, side) => _cutoffs.Select(k => (IReadOnlyList<string>)[direction, $"{k}", .. series.Select(entry => Markup.Value(entry.Recall(side, k)))]))]),
            looks,
            [
                .. directions.Select((direction, side) => BarPanel.Create(
                    direction,
                    string.Join("; ", series.Select(entry => $"{entry.Look.Label} recall@1 {Markup.Percent(entry.Recall(side, 1))}")) + ".",
                    looks,
                    [.. _cutoffs.Select(k => ($"recall@{k}", (IReadOnlyList<double?>)[.. series.Select(entry => (double?)entry.Recall(side, k))]))],
                    maximum: 1,
                    Markup.Percent)),
            ]);
    }

    private static string NameDirection(PairRetrievalMetrics direction) => $"{direction.Queries} → {direction.Gallery}";
}
