namespace Microsoft.ML.ModalityGap;

/// <summary>Relevance by judgements with grades. An id that several rows share stands for all of them.</summary>
internal sealed class JudgedRelevance : Relevance
{
    private readonly IReadOnlyList<RelevanceJudgement> _judgements;

    internal JudgedRelevance(IdSource queryIds, IdSource documentIds, IReadOnlyList<RelevanceJudgement> judgements)
    {
        QueryIds = queryIds;
        DocumentIds = documentIds;
        _judgements = judgements;
        var seen = new HashSet<(string, string)>();
        foreach (var judgement in judgements)
        {
            if (!(judgement.Grade >= 0) || !float.IsFinite(judgement.Grade))
                throw new ArgumentException($"The grade of query '{judgement.QueryId}' and document '{judgement.DocumentId}' is {judgement.Grade}; grades are numbers from 0.", nameof(judgements));
            if (!seen.Add((judgement.QueryId, judgement.DocumentId)))
                throw new ArgumentException($"Query '{judgement.QueryId}' and document '{judgement.DocumentId}' are judged twice.", nameof(judgements));
        }
    }

    internal override IdSource? QueryIds { get; }

    internal override IdSource? DocumentIds { get; }

    internal override string Description => "by judgements";

    internal override (RelevanceLists Lists, long UnknownJudgements) Resolve(EvaluationRows queries, EvaluationRows documents)
    {
        var queryPlaces = IdIndex.Create(queries.Ids!);
        var documentPlaces = IdIndex.Create(documents.Ids!);
        var entries = new List<(int, int, float)>();
        long unknown = 0;
        foreach (var judgement in _judgements)
        {
            if (!queryPlaces.TryGetValue(judgement.QueryId, out var queryRows) || !documentPlaces.TryGetValue(judgement.DocumentId, out var documentRows))
            {
                unknown++;
                continue;
            }

            entries.AddRange(from query in queryRows from document in documentRows select (query, document, judgement.Grade));
        }

        return (RelevanceLists.FromEntries(entries, queries.Count, documents.Count), unknown);
    }
}
