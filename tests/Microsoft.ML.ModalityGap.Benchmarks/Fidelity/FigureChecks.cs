using Microsoft.ML.Data;
using static Microsoft.ML.ModalityGap.Benchmarks.FidelityData;

namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>Figures that the I0T paper reports, on the pairs at hand: other pairs and, where it trained, other encoders than the paper's, so near at best.</summary>
internal static class FigureChecks
{
    internal static IEnumerable<FidelityRow> Run(FidelityData data)
    {
        var before = data.Context.ModalityGap().Evaluate(data.View, "Image", "Text");
        var after = data.Context.ModalityGap().Evaluate(data.Closed, "Image", "Text");
        yield return new FidelityRow(
            "severity of the raw gap", "severe (0.63 or more)", $"{before.Severity.ToString().ToLowerInvariant()}, centroid distance {Format(before.CentroidDistance)}", before.Severity == GapSeverity.Severe ? "the same word" : "another word");
        foreach (var row in Table3(data))
            yield return row;
        yield return Scores(data);
        yield return Ties(data);
        yield return Ratings(data);
        yield return new FidelityRow(
            "LS (1 − MSE), raw and behind I0T_post fitted on the rows measured", "1 and −1.85", $"{Format(before.RegressionSeparability!.Value)} and {Format(after.RegressionSeparability!.Value)}",
            after.RegressionSeparability < -1 && before.RegressionSeparability > 0.95 ? "1 and far below 0, as there" : "differs");
        foreach (var row in Training(data))
            yield return row;
    }

    private static IEnumerable<FidelityRow> Table3(FidelityData data)
    {
        double[] paper = [0.188, 0.139, 0.099, 0.071, 0.010];
        var curve = data.Context.ModalityGap().ComputeLearningCurve(
            data.View, "Image", "Text", options: new() { PairCounts = [32, 64, 128, 256], HeldOutFraction = 0, Draws = 20, Measures = [LearningCurveMeasure.CentroidDistance] });
        return curve.Points.Zip(paper, (point, value) => new FidelityRow(
            point.PairCount == data.Count ? "Table 3: gap, means fitted on all" : $"Table 3: gap, means fitted on {point.PairCount}", Format(value), $"{Format(point.Means[0])} ± {Format(point.StandardDeviations[0])}", Compare(value, point.Means[0], 0.02)));
    }

    private static FidelityRow Scores(FidelityData data)
    {
        var summary = data.Context.ModalityGap().EvaluateCaptions(data.Closed, "Image", "Text");
        var strangers = Strangers(data).ToArray();
        return new FidelityRow(
            "I0T-S: what scores range over", "−0.349 to 0.660", $"{Format(Math.Min(summary.Minimum, strangers.Min()))} to {Format(summary.Maximum)} ({summary.Kind}; pairs and strangers)",
            strangers.Min() < 0 && summary.Kind == CaptionScoreKind.I0TS ? "plain cosines, negative ones kept" : "differs");
    }

    private static FidelityRow Ties(FidelityData data)
    {
        var strangers = Strangers(data).ToArray();
        var tied = strangers.Count(cosine => CaptionScoring.Score(CaptionScoreKind.ClipS, cosine) == 0) / (double)strangers.Length;
        var still = strangers.Count(cosine => CaptionScoring.Score(CaptionScoreKind.I0TS, cosine) == 0) / (double)strangers.Length;
        return new FidelityRow("I0T-S: strangers that share the score 0", "0 (ω = 1, no clamp)", $"{Format(still, "0.0 %")}; with 2.5·max(cos, 0) {Format(tied, "0.0 %")}", still == 0 ? "none" : "some");
    }

    /// <summary>Each image with its own caption and the five that follow it in the file, rated by how much they are like its own.</summary>
    private static FidelityRow Ratings(FidelityData data)
    {
        const int Others = 5;
        var rated = Enumerable.Range(0, data.Count).SelectMany(i => Enumerable.Range(i, Others + 1).Select(j => j % data.Count).Select(j =>
            (Cosine: Dot(data.ClosedRows[0][i], data.ClosedRows[1][j]), Rating: Dot(data.ClosedRows[1][i], data.ClosedRows[1][j])))).ToArray();
        double Correlate(CaptionScoreKind kind) => data.Context.ModalityGap().EvaluateCaptionMetric(
            data.Context.Data.LoadFromEnumerable(rated.Select(row => new RatedScore { Score = (float)CaptionScoring.Score(kind, row.Cosine), Rating = (float)row.Rating })), "Score", "Rating").KendallTauC;
        var (clamped, plain) = (Correlate(CaptionScoreKind.ClipS), Correlate(CaptionScoreKind.I0TS));
        return new FidelityRow(
            "I0T-S: τ_c with graded proxy ratings, clamped and plain", "0.555 → 0.636 (whose ratings were not to be had)",
            $"{Format(clamped)} → {Format(plain)} (rating: how much a caption is like the image's own, behind I0T_post; {Others} others an image)", plain > clamped + 0.05 ? "rises as much" : "differs");
    }

    private static IEnumerable<double> Strangers(FidelityData data) =>
        data.ClosedRows[0].SelectMany((x, i) => data.ClosedRows[1].Where((_, j) => j != i).Select(y => Dot(x, y)));

    /// <summary>Fitted on one half and measured on the other: halves drawn at random, and halves below and above the median along the captions' first principal direction.</summary>
    private static IEnumerable<FidelityRow> Training(FidelityData data)
    {
        int[] shuffled = [.. Enumerable.Range(0, data.Count)];
        new Random(1).Shuffle(shuffled);
        var text = ModalityStatistics.FromRows([.. data.Rows[1].SelectMany(row => row.Select(value => (float)value))], data.Rows[1][0].Length, new() { Moments = ModalityMoments.Covariance });
        var direction = SymmetricSpectrum.Compute(text.GetCovariances(), text.Dimension).GetVector(0).ToArray();
        int[] sorted = [.. Enumerable.Range(0, data.Count).OrderBy(i => Dot(data.Rows[1][i], direction))];
        foreach (var (name, create) in new (string, Func<IEstimator<EmbeddingMapTransformer>>)[]
        {
            ("I0T_post", () => data.Context.Transforms.CenterModalities("Image", "Text")),
            ("I0T_async, `Paper`", () => data.Context.Transforms.TrainModalityNormalization("Image", "Text", TrainModalityNormalizationOptions.Paper)),
            ("I0T_async, `Default`", () => data.Context.Transforms.TrainModalityNormalization("Image", "Text")),
        })
        {
            var (same, other) = (Measure(data, create(), shuffled), Measure(data, create(), sorted));
            var isPaper = name.Contains("async", StringComparison.Ordinal);
            yield return new FidelityRow(
                $"{name}: gap on pairs not fitted on", isPaper ? "0.48 (means of another distribution than the test's)" : "not reported",
                $"{Format(same)} in distribution; {Format(other)} fitted below and measured above the median of the captions' first principal direction",
                other > same ? "wider out of distribution, as there; how wide depends on how far" : "no wider");
        }
    }

    private static double Measure(FidelityData data, IEstimator<EmbeddingMapTransformer> estimator, int[] order)
    {
        var half = data.Count / 2;
        var model = estimator.Fit(Take(data, order[..half]));
        var mapped = model.Transform(Take(data, order[half..]));
        var means = new[] { "Image", "Text" }.Select(name => Mean([.. mapped.GetColumn<float[]>(name).Select(row => Normalize(Array.ConvertAll(row, value => (double)value)))])).ToArray();
        var gap = means[0].Zip(means[1], (a, b) => a - b).ToArray();
        return Math.Sqrt(Dot(gap, gap));
    }

    private static IDataView Take(FidelityData data, int[] rows)
    {
        var definition = SchemaDefinition.Create(typeof(Pair));
        definition[nameof(Pair.Image)].ColumnType = definition[nameof(Pair.Text)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, data.Rows[0][0].Length);
        return data.Context.Data.LoadFromEnumerable(
            rows.Select(i => new Pair { Image = Array.ConvertAll(data.Rows[0][i], value => (float)value), Text = Array.ConvertAll(data.Rows[1][i], value => (float)value) }).ToList(), definition);
    }

    private sealed class Pair
    {
        public float[] Image { get; set; } = [];

        public float[] Text { get; set; } = [];
    }

    private sealed class RatedScore
    {
        public float Score { get; set; }

        public float Rating { get; set; }
    }
}
