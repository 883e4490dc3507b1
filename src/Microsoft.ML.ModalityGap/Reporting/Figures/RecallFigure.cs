namespace Microsoft.ML.ModalityGap;

/// <summary>Whether the partner is found, in both directions.</summary>
internal static class RecallFigure
{
    private static readonly int[] _cutoffs = [1, 5, 10];

    internal static ReportFigure Create(IReadOnlyList<ReportState> states)
    {
        var count = states[0].Metrics.Count;
        var directions = new Func<ModalityGapMetrics, PairRetrievalMetrics>[] { metrics => metrics.FirstToSecond, metrics => metrics.SecondToFirst };
        return new ReportFigure(
            "recall",
            "Finding the partner in the other modality",
            $"Every row of one modality is a query, all {Markup.Count(count)} rows of the other are the gallery, ranked by cosine. Recall@k is the share of queries whose partner is among the first k. "
            + "A gap does not spoil this by itself, since all of the gallery is on the other side of it; a good map should not cost recall.",
            new ReportTable(
                "Recall",
                ["direction", "k", .. states.Select(state => state.Name)],
                [.. directions.SelectMany(direction => _cutoffs.Select(k => (IReadOnlyList<string>)
                    [NameDirection(direction(states[0].Metrics)), $"{k}", .. states.Select(state => Markup.Value(direction(state.Metrics).RecallAt(k)))]))]),
            StateSeries.CreateLegend(states),
            [
                .. directions.Select(direction => BarPanel.Create(
                    NameDirection(direction(states[0].Metrics)),
                    string.Join("; ", states.Select(state => $"{state.Name} recall@1 {Markup.Percent(direction(state.Metrics).RecallAt(1))}")) + ".",
                    StateSeries.CreateLegend(states),
                    [.. _cutoffs.Select(k => ($"recall@{k}", (IReadOnlyList<double?>)[.. states.Select(state => (double?)direction(state.Metrics).RecallAt(k))]))],
                    maximum: 1,
                    Markup.Percent)),
            ]);
    }

    private static string NameDirection(PairRetrievalMetrics direction) => $"{direction.Queries} → {direction.Gallery}";
}
