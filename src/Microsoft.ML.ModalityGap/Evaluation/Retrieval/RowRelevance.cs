namespace Microsoft.ML.ModalityGap;

/// <summary>Document i is relevant to query i.</summary>
internal sealed class RowRelevance : Relevance
{
    internal override IdSource? QueryIds => null;

    internal override IdSource? DocumentIds => null;

    internal override string Description => "by row";

    internal override (RelevanceLists Lists, long UnknownJudgements) Resolve(EvaluationRows queries, EvaluationRows documents) => (Match(queries, documents), 0);

    /// <summary>The document of each query's own row.</summary>
    /// <exception cref="InvalidDataException">There are not as many queries as documents.</exception>
    internal static RelevanceLists Match(EvaluationRows queries, EvaluationRows documents)
    {
        var (queryRows, documentRows) = (queries.Count + queries.SkippedCount, documents.Count + documents.SkippedCount);
        if (queryRows != documentRows)
        {
            throw new InvalidDataException(
                $"By row there are as many queries as documents, but there are {queryRows} and {documentRows}. Say what belongs together by ids, with {nameof(Relevance)}.{nameof(ById)} or "
                + $"{nameof(ByJudgements)}.");
        }

        var places = new Dictionary<int, int>(documents.Count);
        for (var document = 0; document < documents.Count; document++)
            places[documents.Rows[document]] = document;
        var relevant = Array.ConvertAll(queries.Rows, row => places.TryGetValue(row, out var document) ? document : -1);
        return RelevanceLists.FromOne(relevant, documents.Count);
    }
}
