namespace Microsoft.ML.ModalityGap;

/// <summary>Measures as a table, and the few that sum them up.</summary>
internal static class MetricsTable
{
    private static readonly int[] _cutoffs = [1, 5, 10];

    /// <summary>All measures of one or several states of the same pairs; of the last also retrieval by corrected scores, where there is any.</summary>
    internal static ReportTable Create(IReadOnlyList<(string Name, ModalityGapMetrics Metrics)> states, TwoWayRetrievalMetrics? corrected = null)
    {
        var first = states[0].Metrics;
        IReadOnlyList<string> Row(string name, Func<ModalityGapMetrics, double?> measure, string aim, Func<double?, string>? format = null) =>
            [name, .. states.Select(state => (format ?? Markup.Value)(measure(state.Metrics))), aim];

        var rows = new List<IReadOnlyList<string>>
        {
            Row("centroid distance", metrics => metrics.CentroidDistance, "0"),
            (string[])["severity", .. states.Select(state => state.Metrics.Severity.ToString().ToLowerInvariant()), "low"],
            Row("minimum cosine distance", metrics => metrics.MinimumCosineDistance, "low"),
            Row("linear separability (accuracy)", metrics => metrics.LinearSeparability, "0.5"),
            Row("linear separability (1 − MSE)", metrics => metrics.RegressionSeparability, "0.75 or less"),
            Row("relative modality gap", metrics => metrics.RelativeModalityGap, "low"),
            Row("mean pair distance", metrics => metrics.MeanPairDistance, "low"),
            Row("mean pair cosine", metrics => metrics.MeanPairCosine, "high"),
            Row("alignment", metrics => metrics.Alignment, "low"),
            Row($"uniformity of {first.First}", metrics => metrics.FirstUniformity, "low"),
            Row($"uniformity of {first.Second}", metrics => metrics.SecondUniformity, "low"),
            Row("uniformity across", metrics => metrics.CrossModalUniformity, "low"),
            Row($"effective rank of {first.First}", metrics => metrics.FirstEffectiveRank, "high", Tenths),
            Row($"effective rank of {first.Second}", metrics => metrics.SecondEffectiveRank, "high", Tenths),
            Row($"hubness of {first.First}", metrics => metrics.FirstHubness, "0"),
            Row($"hubness of {first.Second}", metrics => metrics.SecondHubness, "0"),
        };
        foreach (var direction in new Func<ModalityGapMetrics, PairRetrievalMetrics>[] { metrics => metrics.FirstToSecond, metrics => metrics.SecondToFirst })
            rows.AddRange(_cutoffs.Select(k => Row($"recall@{k} {direction(first).Queries} → {direction(first).Gallery}", metrics => direction(metrics).RecallAt(k), "high")));
        foreach (var direction in corrected is null ? [] : new[] { corrected.FirstToSecond, corrected.SecondToFirst })
        {
            rows.AddRange(_cutoffs.Select(k => (IReadOnlyList<string>)
                [$"recall@{k} {direction.Queries} → {direction.Gallery}, corrected scores", .. states.Skip(1).Select(_ => Markup.Value(null)), Markup.Value(direction.RecallAt(k)), "high"]));
        }

        return new ReportTable(
            $"{first.First} and {first.Second}: {Markup.Count(first.Count)} pairs of {first.Dimension} dimensions",
            ["measure", .. states.Select(state => state.Name), "to aim at"],
            rows);
    }

    /// <summary>The measures at the top of a report.</summary>
    internal static IEnumerable<(string Name, string? Before, string Value, string Hint)> CreateTiles(ModalityGapReport report)
    {
        (string, string?, string, string) Tile(string name, Func<ModalityGapMetrics, string> measure, string hint) =>
            report.After is null ? (name, null, measure(report.Before), hint) : (name, measure(report.Before), measure(report.After), hint);

        yield return Tile("Centroid distance", metrics => Short(metrics.CentroidDistance), "0 is closed");
        yield return Tile("Linear separability", metrics => metrics.LinearSeparability is { } share ? Short(share) : "–", "1 apart, 0.5 mixed");
        yield return Recall(report.Before.FirstToSecond, report.After?.FirstToSecond, report.Corrected?.FirstToSecond);
        yield return Recall(report.Before.SecondToFirst, report.After?.SecondToFirst, report.Corrected?.SecondToFirst);
        yield return ($"One gallery, {report.Before.Second} asks", report.After is null ? null : Short(report.Mixed[0].Ndcg), Short(report.Mixed[^1].Ndcg), $"NDCG@{report.Mixed[0].Cutoff}, 1 is best{(report.Corrected is null ? "" : "; corrected scores")}");

        static (string, string?, string, string) Recall(PairRetrievalMetrics before, PairRetrievalMetrics? after, RetrievalMetrics? corrected)
        {
            var name = $"Recall@1 {before.Queries} → {before.Gallery}";
            var was = Markup.Percent(before.RecallAt(1));
            return corrected is not null ? (name, was, Markup.Percent(corrected.RecallAt(1)), "partner found first; corrected scores")
                : after is not null ? (name, was, Markup.Percent(after.RecallAt(1)), "partner found first")
                : (name, null, was, "partner found first");
        }
    }

    private static string Tenths(double? value) => $"{value:0.0}";

    private static string Short(double value) => value.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture);
}
