namespace Microsoft.ML.ModalityGap;

/// <summary>Retrieval behind the maps by the scores that a model's correction makes of cosines; the gap is that of the maps.</summary>
/// <param name="Recall">Both ways between the modalities.</param>
/// <param name="MixedByFirst">One gallery of both modalities, asked by the first.</param>
/// <param name="MixedBySecond">The same, asked by the second.</param>
internal sealed record CorrectedState(TwoWayRetrievalMetrics Recall, MixedRetrievalMetrics MixedByFirst, MixedRetrievalMetrics MixedBySecond)
{
    internal static CorrectedState Measure(EmbeddingPairs pairs, IReadOnlyList<string> names, SimilarityCorrection correction, int seed)
    {
        RetrievalMetrics Rank(int asking)
        {
            var (queries, documents) = asking == 0 ? (pairs.First, pairs.Second) : (pairs.Second, pairs.First);
            var rows = CorrectedRows.Create(correction, names[asking], queries, names[1 - asking], documents, pairs.Dimension);
            var ranked = RelevanceRanks.Compute(rows.Queries, rows.Documents, rows.Dimension, RelevanceLists.ByRow(pairs.Count));
            return new RetrievalMetrics(ranked, pairs.Count, RetrievalEvaluationOptions.Default, names[asking], names[1 - asking], "by row");
        }

        return new CorrectedState(
            new TwoWayRetrievalMetrics(Rank(0), Rank(1)),
            PairedGallery.Evaluate(pairs, names, bySecond: false, seed, correction),
            PairedGallery.Evaluate(pairs, names, bySecond: true, seed, correction));
    }
}
