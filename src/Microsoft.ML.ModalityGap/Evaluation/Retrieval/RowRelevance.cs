namespace Microsoft.ML.ModalityGap;

/// <summary>Document i is relevant to query i.</summary>
internal sealed class RowRelevance : Relevance
{
    internal override IdSource? QueryIds => null;

    internal override IdSource? DocumentIds => null;

    internal override string Description => "by row";

    internal override (RelevanceLists Lists, long UnknownJudgements) Resolve(EvaluationRows queries, EvaluationRows documents)
    {
        var (queryRows, documentRows) = CountRows(queries, documents);
        return queryRows == documentRows ? (Match(queries, documents), 0) : throw new InvalidDataException(
            $"With relevance by row there are as many queries as documents, but there are {queryRows} and {documentRows}. Say what is relevant with {nameof(Relevance)}.{nameof(ById)}.");
    }

    /// <summary>The rows of both, those that could not be used included.</summary>
    internal static (long Queries, long Documents) CountRows(EvaluationRows queries, EvaluationRows documents) => (queries.Count + queries.SkippedCount, documents.Count + documents.SkippedCount);

    /// <summary>The document of each query's own row.</summary>
    internal static RelevanceLists Match(EvaluationRows queries, EvaluationRows documents)
    {
        var places = new Dictionary<int, int>(documents.Count);
        for (var document = 0; document < documents.Count; document++)
            places[documents.Rows[document]] = document;
        var relevant = Array.ConvertAll(queries.Rows, row => places.TryGetValue(row, out var document) ? document : -1);
        return RelevanceLists.FromOne(relevant, documents.Count);
    }
}
