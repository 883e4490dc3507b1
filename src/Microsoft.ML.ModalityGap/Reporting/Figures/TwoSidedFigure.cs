using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>What is found in galleries where what is relevant lies in both modalities.</summary>
internal static class TwoSidedFigure
{
    internal static ReportFigure Create(IReadOnlyList<ReportedGallery> galleries)
    {
        var first = galleries[0].Metrics;
        var other = FindOther(first);
        var asking = first.Retrieval.Queries;
        var k = first.Cutoff;
        return new ReportFigure(
            "two-sided",
            "Searching a gallery in which either kind may be right",
            $"Each of {Markup.Count(first.Retrieval.DocumentCount)} items is shown once: {Markup.Count(first[other].DocumentCount)} of them by {other}, the others by a row of {asking}; each is asked for by another row of {asking}, which is not shown. "
            + $"What a query looks for is of either kind, so ranking one kind first gains on one side what it loses on the other. NDCG@{k} and recall@1 count the item's own document; the share of {other} in the first {k} would be "
            + $"{Markup.Percent(first[other].GalleryShare)} if the kind did not matter.",
            new ReportTable(
                "Two-sided gallery",
                ["gallery", $"NDCG@{k}", "recall@1", $"share of {other}", .. first.Modalities.Select(modality => $"{modality.Modality} shown: found in the first {k}")],
                [.. galleries.Select(gallery => (IReadOnlyList<string>)
                [
                    gallery.Name, Markup.Value(gallery.Metrics.Ndcg), Markup.Value(gallery.Metrics.Retrieval.RecallAt(1)), Markup.Value(gallery.Metrics[other].TopShare),
                    .. first.Modalities.Select(modality => Markup.Value(gallery.Metrics[modality.Modality].TopRecall)),
                ])]),
            [],
            [
                Draw($"NDCG@{k}, more is better", galleries, gallery => gallery.Metrics.Ndcg),
                Draw("Recall@1, more is better", galleries, gallery => gallery.Metrics.Retrieval.RecallAt(1)),
                Draw($"{other} in the first {k}", galleries, gallery => gallery.Metrics[other].TopShare, (first[other].GalleryShare, "fair")),
            ]);
    }

    /// <summary>What was found, in a sentence.</summary>
    internal static string Summarize(IReadOnlyList<ReportedGallery> galleries)
    {
        var other = FindOther(galleries[0].Metrics);
        return $"In a gallery where {galleries[0].Metrics.Retrieval.Queries} may be looking for either kind, "
            + string.Join("; ", galleries.Select(gallery =>
                $"{gallery.Name}: NDCG@{gallery.Metrics.Cutoff} {Markup.Value(gallery.Metrics.Ndcg)}, the right item first in {Markup.Percent(gallery.Metrics.Retrieval.RecallAt(1))}, {Markup.Percent(gallery.Metrics[other].TopShare)} of the first {gallery.Metrics.Cutoff} are {other}"))
            + ".";
    }

    private static FigurePanel Draw(string title, IReadOnlyList<ReportedGallery> galleries, Func<ReportedGallery, double> value, (double Value, string Name)? reference = null) => BarPanel.Create(
        title,
        string.Join(", ", galleries.Select(gallery => $"{gallery.Name} {Short(value(gallery))}")) + ".",
        [],
        [.. galleries.Select(gallery => (gallery.Name, (IReadOnlyList<double?>)[value(gallery)]))],
        maximum: 1,
        Short,
        reference,
        name => name == ReportBuilder.CorrectedName ? StateSeries.Corrected : name == galleries[0].Name && galleries.Count > 1 ? StateSeries.Before(name) : StateSeries.After(name));

    /// <summary>The modality that does not ask.</summary>
    private static string FindOther(MixedRetrievalMetrics metrics) => metrics.Modalities.First(entry => entry.Modality != metrics.Retrieval.Queries).Modality;

    private static string Short(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
