namespace Microsoft.ML.ModalityGap;

/// <summary>Finds the documents that are left out of the gallery for each query.</summary>
internal static class OwnDocumentLists
{
    /// <summary>Per query the documents left out; <see langword="null"/> where there are none to be.</summary>
    /// <exception cref="InvalidOperationException">The policy would leave out all that is relevant.</exception>
    /// <exception cref="InvalidDataException">Rows decide, and there are not as many queries as documents.</exception>
    internal static RelevanceLists? Find(OwnDocuments policy, Relevance relevance, EvaluationRows queries, EvaluationRows documents)
    {
        if (policy == OwnDocuments.Keep)
            return null;
        if (relevance is RowRelevance)
            throw Contradict(policy, $"by row, each query's own document is the one it looks for. Say what is relevant with {nameof(Relevance)}.{nameof(Relevance.ByJudgements)} or {nameof(Relevance.ById)}");
        if (policy == OwnDocuments.LeaveOutSameRow)
        {
            var (queryRows, documentRows) = RowRelevance.CountRows(queries, documents);
            return queryRows == documentRows ? RowRelevance.Match(queries, documents) : throw new InvalidDataException(
                $"With {nameof(OwnDocuments)}.{policy} the queries are the gallery, but there are {queryRows} queries and {documentRows} documents.");
        }

        return relevance is IdRelevance
            ? throw Contradict(policy, $"by id, documents of a query's id are those it looks for. Take {nameof(OwnDocuments.LeaveOutSameRow)}, or {nameof(Relevance)}.{nameof(Relevance.ByJudgements)}")
            : IdRelevance.Match(queries, documents);
    }

    private static InvalidOperationException Contradict(OwnDocuments policy, string reason) =>
        new($"With {nameof(RetrievalEvaluationOptions.OwnDocuments)} = {policy} nothing would be left to find: {reason}.");
}
