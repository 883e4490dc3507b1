using System.Globalization;
using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>The tables that stand for values in a notebook.</summary>
internal static class NotebookTables
{
    private static readonly int[] _cutoffs = [1, 5, 10];

    internal static ReportTable Create(PairRetrievalMetrics metrics) => CreateList(
        $"{metrics.Direction}: {Markup.Count(metrics.Ranks.Count)} queries", [.. _cutoffs.Select(k => ($"recall@{k}", (double?)metrics.RecallAt(k)))]);

    internal static ReportTable Create(RetrievalMetrics metrics) => CreateList(
        $"{metrics.Direction}: {Markup.Count(metrics.QueryCount)} queries, {Markup.Count(metrics.DocumentCount)} documents",
        [
            .. _cutoffs.Select(k => ($"recall@{k}", (double?)metrics.RecallAt(k))),
            ("NDCG@10", metrics.NdcgAt(10)),
            ("mean reciprocal rank", metrics.MeanReciprocalRank),
            ("mean average precision", metrics.MeanAveragePrecision),
            ("median rank", metrics.MedianRank),
        ]);

    internal static ReportTable Create(MixedRetrievalMetrics metrics) => new(
        string.Create(CultureInfo.InvariantCulture, $"One gallery of several modalities: NDCG@{metrics.Cutoff} {metrics.Ndcg:0.0000} over {metrics.Retrieval.QueryCount} queries"),
        ["modality", "documents", "share of the gallery", $"share of the first {metrics.Cutoff}", "relevant", "rank bias"],
        [
            .. metrics.Modalities.Select(entry => (IReadOnlyList<string>)
            [
                entry.Modality,
                Markup.Count(entry.DocumentCount),
                Markup.Percent(entry.GalleryShare),
                Markup.Percent(entry.TopShare),
                Markup.Count(entry.RelevantCount),
                Markup.Value(entry.RankBias),
            ]),
        ]);

    internal static ReportTable Create(CalibrationMetrics metrics) => CreateList(
        $"{Markup.Count(metrics.Count)} rows",
        [
            ("accuracy", metrics.Accuracy),
            ("negative log-likelihood", metrics.NegativeLogLikelihood),
            ("expected calibration error", metrics.ExpectedCalibrationError),
            ("maximum calibration error", metrics.MaximumCalibrationError),
            ("Brier score", metrics.BrierScore),
        ]);

    internal static ReportTable Create(PromptFreeControl control) => new(
        $"{Markup.Count(control.Count)} pairs",
        ["", $"mean {control.Kind}", "preferred to the own partner"],
        [
            ["image with its own text", Markup.Value(control.MatchedImageText), ""],
            ["image with another's text", Markup.Value(control.MismatchedImageText), Markup.Percent(control.OtherTextPreferredToOwn)],
            ["image with another image", Markup.Value(control.MismatchedImageImage), Markup.Percent(control.ImagePreferredToOwnText)],
            ["text with another text", Markup.Value(control.MismatchedTextText), Markup.Percent(control.TextPreferredToOwnImage)],
        ]);

    internal static ReportTable Create(CaptionMetricCorrelation metrics) => CreateList(
        $"{Markup.Count(metrics.Count)} ratings", [("Kendall τ_b", metrics.KendallTauB), ("Kendall τ_c", metrics.KendallTauC), ("Spearman", metrics.Spearman), ("Pearson", metrics.Pearson)]);

    internal static ReportTable Create(ScoreExplanation explanation) => CreateList(
        explanation.Count > 1 ? $"Mean of {Markup.Count(explanation.Count)} pairs" : "One pair",
        [
            ("cosine", explanation.Cosine),
            ("… any image with any text", explanation.MeansPart),
            ("… this text with images in general", explanation.ImageMeanPart),
            ("… this image with texts in general", explanation.TextMeanPart),
            ("… this image with this text", explanation.ContentPart),
            ("cosine with the gap closed", explanation.ClosedCosine),
        ]);

    internal static ReportTable Create(string caption, IReadOnlyList<(string Name, EmbeddingMap Map, ModalityStatistics? Statistics)> maps) => new(
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

    internal static ReportTable Create(ModalityStatistics statistics) => CreateList(
        statistics.ToString(),
        [
            ("‖μ‖, the length of the mean", GetMeanNorm(statistics)),
            ("total variance", statistics.TotalVariance),
            .. GapMeasures.FindPeaks(statistics, 5).Select((peak, i) =>
                (string.Create(CultureInfo.InvariantCulture, $"peak {i + 1}: mean of dimension {peak.Dimension}"), (double?)peak.Mean)),
        ]);

    private static ReportTable CreateList(string caption, IReadOnlyList<(string Name, double? Value)> values) =>
        new(caption, ["measure", "value"], [.. values.Select(entry => (IReadOnlyList<string>)[entry.Name, Markup.Value(entry.Value)])]);

    private static double GetMeanNorm(ModalityStatistics statistics) => Math.Sqrt(TensorPrimitives.SumOfSquares(statistics.Mean));
}
