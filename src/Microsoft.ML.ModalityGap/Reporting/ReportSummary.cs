namespace Microsoft.ML.ModalityGap;

/// <summary>What a report has found, in sentences for readers who know nothing of gaps.</summary>
internal static class ReportSummary
{
    internal static IReadOnlyList<string> Write(IReadOnlyList<ReportState> states, ModalityGapReportOptions options)
    {
        var before = states[0].Metrics;
        var sentences = new List<string>
        {
            $"An encoder has put {Markup.Count(before.Count)} pairs of {before.First} and {before.Second} into one space of {before.Dimension} dimensions. "
            + $"Partners belong together there, yet {DescribeSeparation(before)}. The centres of the two are {Markup.Value(before.CentroidDistance)} apart (0 is no gap, 2 the most there can be), "
            + $"and partners have a mean cosine of {Markup.Value(before.MeanPairCosine)}.",
        };
        if (states.Count == 1)
        {
            sentences.Add($"Searching one modality with the other puts the partner first in {DescribeRecall(before.FirstToSecond)} and {DescribeRecall(before.SecondToFirst)}.");
            AddOptional(sentences, options);
            return sentences;
        }

        var after = states[1].Metrics;
        if (states[1].Pairs.AreFitted)
            sentences.Add($"Note: what follows is {FittedRows.Warning}, the map, which flatters it. Gains shown here are no evidence of gains on new data; hold rows out to see those.");
        sentences.Add(
            $"After the map the centres are {Markup.Value(after.CentroidDistance)} apart{DescribeChange(before.CentroidDistance, after.CentroidDistance)}; {DescribeSeparation(after)}. "
            + $"The mean cosine of partners is {Markup.Value(after.MeanPairCosine)}.");
        sentences.Add(CompareMixed(states));
        sentences.Add($"{CompareRecall(before.FirstToSecond, after.FirstToSecond)} {CompareRecall(before.SecondToFirst, after.SecondToFirst)}");
        if (states[1].Corrected is { } corrected)
            sentences.Add(DescribeCorrected(states[1], corrected));
        AddOptional(sentences, options);
        return sentences;
    }

    private static void AddOptional(List<string> sentences, ModalityGapReportOptions options)
    {
        if (options.TwoSided.Count > 0)
            sentences.Add(TwoSidedFigure.Summarize(options.TwoSided));
        if (options.Selection is { } selection)
            sentences.Add($"Of {Markup.Count(selection.Entries.Count)} methods compared by cross-validation, {selection.Recommended.Name} is recommended: {selection.Reason}");
    }

    private static string CompareMixed(IReadOnlyList<ReportState> states)
    {
        var (was, now, own) = (states[0].MixedBySecond, states[1].MixedBySecond, states[0].Metrics.Second);
        return $"In one gallery of both kinds, searched by {own}, {Markup.Percent(was[own].TopShare)} of the first {was.Cutoff} are {own} before and {Markup.Percent(now[own].TopShare)} after (half of the gallery is); "
            + $"NDCG@{was.Cutoff} of the partners goes from {Markup.Value(was.Ndcg)} to {Markup.Value(now.Ndcg)}.";
    }

    private static string DescribeCorrected(ReportState after, CorrectedState corrected)
    {
        var (recall, own) = (corrected.Recall, after.Metrics.Second);
        return $"By the model's corrected scores, which hold hubs back and put both kinds on one scale, the partner comes first in {Markup.Percent(recall.FirstToSecond.RecallAt(1))} of cases ({recall.FirstToSecond.Queries} → {recall.FirstToSecond.Gallery}) "
            + $"and {Markup.Percent(recall.SecondToFirst.RecallAt(1))} ({recall.SecondToFirst.Queries} → {recall.SecondToFirst.Gallery}); in the gallery of both kinds NDCG@{corrected.MixedBySecond.Cutoff} is {Markup.Value(corrected.MixedBySecond.Ndcg)}, "
            + $"and {Markup.Percent(corrected.MixedBySecond[own].TopShare)} of the first {corrected.MixedBySecond.Cutoff} are {own}.";
    }

    private static string DescribeSeparation(ModalityGapMetrics metrics) => metrics.LinearSeparability switch
    {
        null => $"how well {metrics.First} and {metrics.Second} can be told apart needs 4 pairs to say",
        >= 0.95 and var share => $"{metrics.First} and {metrics.Second} lie apart: a straight cut tells which is which in {Markup.Percent(share)} of new cases",
        >= 0.6 and var share => $"{metrics.First} and {metrics.Second} can still be told apart in part: a straight cut is right in {Markup.Percent(share)} of new cases (guessing: 50 %)",
        >= 0.4 and var share => $"{metrics.First} and {metrics.Second} lie in each other: a straight cut is right in {Markup.Percent(share)} of new cases, little better than guessing",
        var share => $"{metrics.First} and {metrics.Second} lie in each other: a straight cut is right in {Markup.Percent(share.Value)} of new cases (less than guessing means that the map was fitted on these very rows)",
    };

    private static string DescribeChange(double before, double after) => before > 0 && after < before
        ? $", {Markup.Percent((before - after) / before)} less"
        : ", which is no less than before";

    private static string DescribeRecall(PairRetrievalMetrics metrics) => $"{Markup.Percent(metrics.RecallAt(1))} of cases ({metrics.Queries} → {metrics.Gallery})";

    /// <summary>A change is called one only where it exceeds twice its standard error, taken as if the two runs were independent.</summary>
    private static string CompareRecall(PairRetrievalMetrics before, PairRetrievalMetrics after)
    {
        var (was, now, count) = (before.RecallAt(1), after.RecallAt(1), before.Ranks.Count);
        var error = Math.Sqrt((was * (1 - was) + now * (1 - now)) / count);
        var verdict = Math.Abs(now - was) <= 2 * error
            ? $"{(now == was ? "no change" : "a change within what so many pairs can tell")}"
            : now > was ? "a gain" : "a loss";
        return $"{before.Queries} → {before.Gallery}: the partner comes first in {Markup.Percent(was)} of cases before and {Markup.Percent(now)} after, {verdict}.";
    }
}
