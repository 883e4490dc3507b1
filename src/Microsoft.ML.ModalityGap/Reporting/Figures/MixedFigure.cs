namespace Microsoft.ML.ModalityGap;

/// <summary>What is found where both modalities lie in one gallery.</summary>
internal static class MixedFigure
{
    internal static ReportFigure Create(IReadOnlyList<ReportState> states)
    {
        var (first, second) = (states[0].Metrics.First, states[0].Metrics.Second);
        var series = StateSeries.Create(states);
        IReadOnlyList<LegendEntry> looks = [.. series.Select(entry => entry.Look)];
        (string Own, string Other, Func<StateSeries, MixedRetrievalMetrics> Get)[] queries = [(second, first, state => state.MixedBySecond), (first, second, state => state.MixedByFirst)];
        var cutoff = states[0].MixedByFirst.Cutoff;
        return new ReportFigure(
            "mixed",
            "Searching one gallery of both modalities",
            $"Half of the pairs ask, with one modality; the gallery holds their partners of the other modality and, of the queries' own, the rows of the other half of the pairs: as many of each. "
            + $"NDCG@{cutoff} is 1 where the partner comes first of all, less the further down it is, 0 beyond {cutoff}. With a gap, strangers of the queries' own kind stand before the partner, and fill the first {cutoff}; "
            + "their share there would be a half if the kind did not matter." + StateSeries.Explain(series),
            new ReportTable(
                "One gallery of both modalities. Rank bias: 0 when the kind does not matter, −1 when all of the other kind stands in front",
                ["queries", "measure", .. looks.Select(look => look.Label)],
                [.. queries.SelectMany(query => new[]
                {
                    Row(query.Own, $"NDCG@{cutoff}", state => query.Get(state).Ndcg),
                    Row(query.Own, $"share of {query.Own} in the first {cutoff}", state => query.Get(state)[query.Own].TopShare),
                    Row(query.Own, $"share of {query.Own} in the gallery", state => query.Get(state)[query.Own].GalleryShare),
                    Row(query.Own, $"rank bias of {query.Other}", state => query.Get(state)[query.Other].RankBias),
                })]),
            looks,
            [
                BarPanel.Create(
                    $"NDCG@{cutoff}, more is better",
                    Describe(query => query.Metrics.Ndcg),
                    looks,
                    [.. queries.Select(query => ($"{query.Own} asks", (IReadOnlyList<double?>)[.. series.Select(state => (double?)query.Get(state).Ndcg)]))],
                    maximum: 1,
                    value => Markup.Value(value)),
                BarPanel.Create(
                    $"The queries' own kind in the first {cutoff}",
                    Describe(query => query.Metrics[query.Own].TopShare),
                    looks,
                    [.. queries.Select(query => ($"{query.Own} asks", (IReadOnlyList<double?>)[.. series.Select(state => (double?)query.Get(state)[query.Own].TopShare)]))],
                    maximum: 1,
                    Markup.Percent,
                    reference: (0.5, "fair")),
            ]);

        IReadOnlyList<string> Row(string own, string measure, Func<StateSeries, double?> value) => [own, measure, .. series.Select(state => Markup.Value(value(state)))];

        string Describe(Func<(string Own, MixedRetrievalMetrics Metrics), double> value) => string.Join(
            "; ",
            queries.Select(query => $"{query.Own} asks: {string.Join(", ", series.Select(state => $"{state.Look.Label} {Markup.Value(value((query.Own, query.Get(state))))}"))}")) + ".";
    }
}
