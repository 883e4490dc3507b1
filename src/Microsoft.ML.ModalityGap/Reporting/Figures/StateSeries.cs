namespace Microsoft.ML.ModalityGap;

/// <summary>A way of searching that is drawn beside others: embeddings before or after a map by their cosines, or by corrected scores.</summary>
/// <param name="Look">Its name and look.</param>
/// <param name="Recall">Recall@k of the first modality's queries (0) or the second's (1).</param>
/// <param name="MixedByFirst">One gallery of both modalities, asked by the first.</param>
/// <param name="MixedBySecond">The same, asked by the second.</param>
internal sealed record StateSeries(LegendEntry Look, Func<int, int, double> Recall, MixedRetrievalMetrics MixedByFirst, MixedRetrievalMetrics MixedBySecond)
{
    /// <summary>The look of corrected scores.</summary>
    internal static LegendEntry Corrected { get; } = new(ReportBuilder.CorrectedName, FigureRole.Matched, LegendMark.CoredBar);

    /// <summary>The look of what was there before.</summary>
    internal static LegendEntry Before(string name) => new(name, FigureRole.Before, LegendMark.OpenBar);

    /// <summary>The look of what came of it, or is alone.</summary>
    internal static LegendEntry After(string name) => new(name, FigureRole.After, LegendMark.SolidBar);

    /// <summary>Before stands open, after filled, corrected scores with a core.</summary>
    internal static IReadOnlyList<StateSeries> Create(IReadOnlyList<ReportState> states)
    {
        var series = new List<StateSeries>();
        foreach (var state in states)
        {
            var look = series.Count == 0 && states.Count > 1 ? Before(state.Name) : After(state.Name);
            series.Add(new StateSeries(look, (side, k) => (side == 0 ? state.Metrics.FirstToSecond : state.Metrics.SecondToFirst).RecallAt(k), state.MixedByFirst, state.MixedBySecond));
            if (state.Corrected is { } corrected)
            {
                series.Add(new StateSeries(
                    Corrected,
                    (side, k) => (side == 0 ? corrected.Recall.FirstToSecond : corrected.Recall.SecondToFirst).RecallAt(k),
                    corrected.MixedByFirst,
                    corrected.MixedBySecond));
            }
        }

        return series;
    }

    /// <summary>What a figure says of corrected scores, where there are any.</summary>
    internal static string Explain(IReadOnlyList<StateSeries> series) => series.Any(entry => entry.Look.Label == ReportBuilder.CorrectedName)
        ? $" «{ReportBuilder.CorrectedName}» ranks the mapped rows by the model's scores instead of by cosines: hubs are held back, and scores of both kinds put on one scale."
        : "";
}
