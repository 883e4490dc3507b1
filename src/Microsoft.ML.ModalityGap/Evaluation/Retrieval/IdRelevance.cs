namespace Microsoft.ML.ModalityGap;

/// <summary>Documents are relevant to queries of the same id.</summary>
internal sealed class IdRelevance(IdSource queryIds, IdSource documentIds) : Relevance
{
    internal override IdSource? QueryIds => queryIds;

    internal override IdSource? DocumentIds => documentIds;

    internal override string Description => "by id";

    internal override (RelevanceLists Lists, long UnknownJudgements) Resolve(EvaluationRows queries, EvaluationRows documents) => (Match(queries, documents), 0);

    /// <summary>The documents of each query's id.</summary>
    internal static RelevanceLists Match(EvaluationRows queries, EvaluationRows documents)
    {
        var places = IdIndex.Create(documents.Ids!);
        var entries = new List<(int, int, float)>();
        for (var query = 0; query < queries.Count; query++)
        {
            if (places.TryGetValue(queries.Ids![query], out var found))
                entries.AddRange(found.Select(document => (query, document, 1f)));
        }

        return RelevanceLists.FromEntries(entries, queries.Count, documents.Count);
    }
}
