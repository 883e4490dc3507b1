namespace Microsoft.ML.ModalityGap;

/// <summary>The look of before and after where they stand beside each other.</summary>
internal static class StateSeries
{
    internal static IReadOnlyList<LegendEntry> CreateLegend(IReadOnlyList<ReportState> states) =>
    [
        .. states.Select((state, i) => i == 0 && states.Count > 1
            ? new LegendEntry(state.Name, FigureRole.Before, LegendMark.OpenBar)
            : new LegendEntry(state.Name, FigureRole.After, LegendMark.SolidBar)),
    ];
}
