namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What a gap does to one gallery of both modalities, measured on pairs alone: half of the pairs ask, and the gallery holds their partners and, of the queries' own
/// modality, the rows of the other half. So half of the gallery is of each modality, no query is in it, and what a query looks for is of the other modality.
/// </summary>
internal static class PairedGallery
{
    /// <param name="pairs">At least 2.</param>
    /// <param name="names">The modalities: the first, the second.</param>
    /// <param name="bySecond">Whether the second modality asks, else the first.</param>
    /// <param name="seed">Of the halves.</param>
    /// <param name="correction">What is made of similarities, if anything.</param>
    internal static MixedRetrievalMetrics Evaluate(EmbeddingPairs pairs, IReadOnlyList<string> names, bool bySecond, int seed, SimilarityCorrection? correction = null)
    {
        var order = Enumerable.Range(0, pairs.Count).ToArray();
        new Random(seed).Shuffle(order);
        var asking = order.AsSpan(0, pairs.Count / 2);
        var (own, other) = bySecond ? (pairs.Second, pairs.First) : (pairs.First, pairs.Second);

        var gallery = new float[pairs.Count * pairs.Dimension];
        var modalities = new int[pairs.Count];
        var (ownNumber, otherNumber) = bySecond ? (1, 0) : (0, 1);
        for (var i = 0; i < order.Length; i++)
        {
            var isPartner = i < asking.Length;
            (isPartner ? other : own).AsSpan(order[i] * pairs.Dimension, pairs.Dimension).CopyTo(gallery.AsSpan(i * pairs.Dimension));
            modalities[i] = isPartner ? otherNumber : ownNumber;
        }

        var queries = new float[asking.Length * pairs.Dimension];
        for (var i = 0; i < asking.Length; i++)
            own.AsSpan(asking[i] * pairs.Dimension, pairs.Dimension).CopyTo(queries.AsSpan(i * pairs.Dimension));
        var rows = CorrectedRows.Create(correction, names, queries, [.. Enumerable.Repeat(ownNumber, asking.Length)], gallery, modalities, pairs.Dimension);
        return MixedRetrieval.Evaluate(rows.Queries, rows.Documents, rows.Dimension, modalities, names, RelevanceLists.FromOne([.. Enumerable.Range(0, asking.Length)], pairs.Count));
    }
}
