using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>How well queries retrieve what is relevant to them from a gallery: every measure, at any k, with confidence intervals over the queries.</summary>
/// <remarks>
/// The rank of a document is 1 + the number of documents with a higher score + the number of documents with the same score that stand before it in the gallery, all in float.
/// </remarks>
[TypeFormatterSource]
public sealed class RetrievalMetrics
{
    internal const string TieRule = "rank = 1 + documents with a higher score + documents with the same score that stand before";

    private readonly RankedRelevance _ranked;
    private readonly RetrievalEvaluationOptions _options;
    private readonly int[] _measured;

    private readonly string _relevance;

    internal RetrievalMetrics(
        RankedRelevance ranked, int documentCount, RetrievalEvaluationOptions options, string queries = "queries", string gallery = "gallery", string relevance = "as given")
    {
        _relevance = relevance;
        _ranked = ranked;
        _options = options;
        Queries = queries;
        Gallery = gallery;
        DocumentCount = documentCount;
        _measured = [.. Enumerable.Range(0, ranked.QueryCount).Where(query => ranked.GetRanks(query).Length > 0)];
        if (_measured.Length == 0)
            throw new InvalidDataException($"No document of '{gallery}' is relevant to any of the {ranked.QueryCount} queries of '{queries}', so there is nothing to measure. Check the ids.");
    }

    /// <summary>What the queries are: the name of their column.</summary>
    public string Queries { get; }

    /// <summary>What the documents are: the name of their column.</summary>
    public string Gallery { get; }

    /// <summary>The direction by name, such as <c>Image->Text</c>.</summary>
    public string Direction => $"{Queries}->{Gallery}";

    /// <summary>The number of queries, with and without a relevant document.</summary>
    public int QueryCount => _ranked.QueryCount;

    /// <summary>The number of queries to which no document is relevant.</summary>
    public int QueriesWithoutRelevantCount => QueryCount - _measured.Length;

    /// <summary>The number of documents in the gallery.</summary>
    public int DocumentCount { get; }

    /// <summary>The number of pairs of a query and a document relevant to it.</summary>
    public int RelevantCount => _ranked.Count;

    /// <summary>The number of queries left out because their row could not be used.</summary>
    public long SkippedQueryCount { get; internal init; }

    /// <summary>The number of documents left out because their row could not be used.</summary>
    public long SkippedDocumentCount { get; internal init; }

    /// <summary>The number of judgements left out because their query or document is not among the data.</summary>
    public long UnknownJudgementCount { get; internal init; }

    /// <summary>The rank of each query's first relevant document, from 1; 0 where there is none.</summary>
    public IReadOnlyList<int> FirstRelevantRanks => [.. Enumerable.Range(0, QueryCount).Select(query => _ranked.GetRanks(query) is { Length: > 0 } ranks ? ranks[0] : 0)];

    /// <summary>MRR; see <see cref="RetrievalMeasure.MeanReciprocalRank"/>.</summary>
    public double MeanReciprocalRank => GetValue(RetrievalMeasure.MeanReciprocalRank);

    /// <summary>MAP; see <see cref="RetrievalMeasure.MeanAveragePrecision"/>.</summary>
    public double MeanAveragePrecision => GetValue(RetrievalMeasure.MeanAveragePrecision);

    /// <summary>See <see cref="RetrievalMeasure.MedianRank"/>.</summary>
    public double MedianRank => GetValue(RetrievalMeasure.MedianRank);

    /// <summary>See <see cref="RetrievalMeasure.MeanRank"/>.</summary>
    public double MeanRank => GetValue(RetrievalMeasure.MeanRank);

    /// <summary>The share of queries with any relevant document among the first k; see <see cref="RetrievalMeasure.Recall"/>.</summary>
    public double RecallAt(int k) => GetValue(RetrievalMeasure.Recall, k);

    /// <summary>The mean share of a query's relevant documents among the first k; see <see cref="RetrievalMeasure.TextbookRecall"/>.</summary>
    public double TextbookRecallAt(int k) => GetValue(RetrievalMeasure.TextbookRecall, k);

    /// <summary>See <see cref="RetrievalMeasure.Precision"/>.</summary>
    public double PrecisionAt(int k) => GetValue(RetrievalMeasure.Precision, k);

    /// <summary>See <see cref="RetrievalMeasure.Ndcg"/>.</summary>
    public double NdcgAt(int k) => GetValue(RetrievalMeasure.Ndcg, k);

    /// <summary>A measure's value.</summary>
    /// <param name="measure">The measure.</param>
    /// <param name="k">How many documents of a ranking count; without meaning for measures that are not taken at a k.</param>
    /// <exception cref="ArgumentOutOfRangeException">The measure is unknown, or <paramref name="k"/> is not positive.</exception>
    public double GetValue(RetrievalMeasure measure, int k = 1)
    {
        var values = GetMeasured(measure, k);
        if (measure != RetrievalMeasure.MedianRank)
            return values.Average();
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    /// <summary>A measure's value of each query, in their order; <see langword="null"/> where the query plays no part in the measure.</summary>
    /// <param name="measure">The measure; of the ranks, the rank of the first relevant document.</param>
    /// <param name="k">How many documents of a ranking count; without meaning for measures that are not taken at a k.</param>
    /// <exception cref="ArgumentOutOfRangeException">The measure is unknown, or <paramref name="k"/> is not positive.</exception>
    public IReadOnlyList<double?> GetQueryValues(RetrievalMeasure measure, int k = 1)
    {
        Check(measure, k);
        return [.. Enumerable.Range(0, QueryCount).Select(query => Counts(measure, query) ? MeasureQuery(measure, query, k) : (double?)null)];
    }

    /// <summary>
    /// A measure's value with a percentile interval from resampling the queries with replacement. All measures see the same samples. The gallery is taken as given.
    /// </summary>
    /// <param name="measure">The measure.</param>
    /// <param name="k">How many documents of a ranking count; without meaning for measures that are not taken at a k.</param>
    /// <exception cref="ArgumentOutOfRangeException">The measure is unknown, or <paramref name="k"/> is not positive.</exception>
    public ConfidenceInterval GetInterval(RetrievalMeasure measure, int k = 1) =>
        measure == RetrievalMeasure.MedianRank ? CreateBootstrap().OfMedian(GetMeasured(measure, k)) : CreateBootstrap().OfMeans([GetMeasured(measure, k)])[0];

    /// <summary>The measures with their intervals, and how they are defined.</summary>
    public override string ToString()
    {
        var culture = CultureInfo.InvariantCulture;
        RetrievalMeasure[] atCutoffs = [RetrievalMeasure.Recall, RetrievalMeasure.TextbookRecall, RetrievalMeasure.Precision, RetrievalMeasure.Ndcg];
        (RetrievalMeasure Measure, int K)[] measures =
        [
            .. atCutoffs.SelectMany(measure => _options.Cutoffs.Select(k => (measure, k))),
            (RetrievalMeasure.MeanReciprocalRank, 1), (RetrievalMeasure.MeanAveragePrecision, 1),
        ];
        var bootstrap = CreateBootstrap();
        var intervals = bootstrap.OfMeans([.. measures.Select(entry => GetMeasured(entry.Measure, entry.K))]);
        string[] Row(string name, ConfidenceInterval interval) =>
            [name, interval.Value.ToString("F4", culture), string.Create(culture, $"{interval.Lower:F4} to {interval.Upper:F4}")];
        IEnumerable<string[]> rows =
        [
            .. measures.Select((entry, i) => Row(RetrievalMeasures.GetName(entry.Measure, entry.K), intervals[i])),
            Row(RetrievalMeasures.GetName(RetrievalMeasure.MedianRank), GetInterval(RetrievalMeasure.MedianRank)),
            Row(RetrievalMeasures.GetName(RetrievalMeasure.MeanRank), GetInterval(RetrievalMeasure.MeanRank)),
        ];
        var without = QueriesWithoutRelevantCount > 0
            ? $"; {QueriesWithoutRelevantCount} queries without a relevant one {(_options.QueriesWithoutRelevant == QueriesWithoutRelevant.LeaveOut ? "are left out" : "count as 0")}"
            : "";
        var skipped = SkippedQueryCount + SkippedDocumentCount > 0 ? $"; {SkippedQueryCount} queries and {SkippedDocumentCount} documents could not be used" : "";
        var unknown = UnknownJudgementCount > 0 ? $"; {UnknownJudgementCount} judgements of unknown ids" : "";
        return string.Join(
            Environment.NewLine,
            string.Create(culture, $"{Direction}: {QueryCount} queries, {DocumentCount} documents, {RelevantCount} relevant pairs {_relevance}{without}{skipped}{unknown}"),
            PlainTable.Format(["measure", "value", string.Create(culture, $"{_options.ConfidenceLevel:P0} interval")], rows),
            "recall: share of queries with any relevant document among the first k (CLIP's convention); textbook recall: mean share of a query's relevant documents found there",
            $"precision: relevant among the first k, over k; NDCG: gain {(_options.Gain == NdcgGain.Linear ? "grade" : "2^grade - 1")}, discount 1/log2(rank + 1), ideal over all relevant; MAP: over the whole ranking",
            $"score: {(_options.Normalize ? "cosine" : "dot product")} in float; {TieRule}",
            string.Create(culture, $"intervals: {_options.BootstrapSamples} bootstrap samples of the queries, seed {_options.Seed}"));
    }

    private double[] GetMeasured(RetrievalMeasure measure, int k)
    {
        Check(measure, k);
        IEnumerable<int> queries = IsRank(measure) || _options.QueriesWithoutRelevant == QueriesWithoutRelevant.LeaveOut ? _measured : Enumerable.Range(0, QueryCount);
        return [.. queries.Select(query => MeasureQuery(measure, query, k))];
    }

    private bool Counts(RetrievalMeasure measure, int query) =>
        _ranked.GetRanks(query).Length > 0 || (!IsRank(measure) && _options.QueriesWithoutRelevant == QueriesWithoutRelevant.CountAsZero);

    private double MeasureQuery(RetrievalMeasure measure, int query, int k)
    {
        var ranks = _ranked.GetRanks(query);
        return measure switch
        {
            RetrievalMeasure.Recall => RankingMeasures.AnyFound(ranks, k),
            RetrievalMeasure.TextbookRecall => RankingMeasures.Recall(ranks, k),
            RetrievalMeasure.Precision => RankingMeasures.Precision(ranks, k),
            RetrievalMeasure.Ndcg => RankingMeasures.Ndcg(ranks, _ranked.GetGrades(query), k, _options.Gain),
            RetrievalMeasure.MeanReciprocalRank => RankingMeasures.ReciprocalRank(ranks),
            RetrievalMeasure.MeanAveragePrecision => RankingMeasures.AveragePrecision(ranks),
            _ => ranks[0],
        };
    }

    private Bootstrap CreateBootstrap() => new(_options.BootstrapSamples, _options.ConfidenceLevel, _options.Seed);

    private static bool IsRank(RetrievalMeasure measure) => measure is RetrievalMeasure.MedianRank or RetrievalMeasure.MeanRank;

    private static void Check(RetrievalMeasure measure, int k)
    {
        if (!Enum.IsDefined(measure))
            throw new ArgumentOutOfRangeException(nameof(measure), measure, "Unknown measure.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
    }
}
