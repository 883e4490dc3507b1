using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>The methods that <see cref="ModalityGapCatalog.Select(IDataView, string, string, SelectionOptions?)"/> has compared.</summary>
internal static class MethodsFigure
{
    // More bars than this say nothing at a glance; the table has all.
    private const int Drawn = 8;

    private static readonly LegendEntry _recommended = new("recommended", FigureRole.After, LegendMark.SolidBar);
    private static readonly LegendEntry _other = new("other", FigureRole.Before, LegendMark.OpenBar);

    internal static ReportFigure Create(SelectionResult selection)
    {
        var drawn = selection.Entries.Take(Drawn)
            .Union(selection.Entries.Where(entry => entry == selection.Raw || entry == selection.Recommended || entry.Name == SelectionCandidates.Center))
            .ToArray();
        return new ReportFigure(
            "methods",
            "Which method",
            $"{Markup.Count(selection.Entries.Count)} candidates compared by cross-validation on {Markup.Count(selection.Count)} pairs, dealt in {selection.Folds} parts {selection.Repeats} times, each measured on pairs it was not fitted on; "
            + $"the best are drawn, with raw embeddings and plain centring (I0T_post). Recommended is {selection.Recommended.Name}: {selection.Reason} "
            + "The mixed gallery here holds all rows of both modalities but the query.",
            CreateTable(selection),
            [_recommended, _other],
            [
                Draw("Recall@1, mean of both directions", selection, drawn, entry => entry.MeanRecall.Value, maximum: 1, (selection.Raw.MeanRecall.Value, "raw")),
                Draw("Gap (centroid distance), less is better", selection, drawn, entry => entry.Gap, Math.Max(1e-3, drawn.Max(entry => entry.Gap)), reference: null),
                Draw("NDCG@10 in one gallery of both", selection, drawn, entry => entry.MixedNdcg.Value, maximum: 1, reference: null),
            ]);
    }

    internal static ReportTable CreateTable(SelectionResult selection) => new(
        "All candidates, best first; with 95 % intervals",
        ["method", "gap", "closed", "recall@1", "against raw", "mixed NDCG@10", "fit, ms"],
        [
            .. selection.Entries.Select(entry => (IReadOnlyList<string>)
            [
                entry == selection.Recommended ? $"{entry.Name} (recommended)" : entry.Name,
                Short(entry.Gap),
                entry.ClosesGap ? "yes" : "no",
                Format(entry.MeanRecall),
                Format(entry.RecallGain),
                Format(entry.MixedNdcg),
                entry.FitTime.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture),
            ]),
        ]);

    private static FigurePanel Draw(
        string title, SelectionResult selection, SelectionEntry[] entries, Func<SelectionEntry, double> value, double maximum, (double Value, string Name)? reference) => BarPanel.Create(
        title,
        string.Join(", ", entries.Select(entry => $"{entry.Name} {Short(value(entry))}")) + ".",
        [_other],
        [.. entries.Select(entry => (entry.Name, (IReadOnlyList<double?>)[value(entry)]))],
        maximum,
        Short,
        reference,
        group => group == selection.Recommended.Name ? _recommended : _other);

    private static string Format(ConfidenceInterval interval) => $"{Short(interval.Value)} ({Short(interval.Lower)} to {Short(interval.Upper)})";

    private static string Short(double value) => value.ToString("0.000;−0.000", CultureInfo.InvariantCulture);
}
