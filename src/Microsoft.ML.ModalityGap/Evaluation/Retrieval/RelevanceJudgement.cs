namespace Microsoft.ML.ModalityGap;

/// <summary>How relevant a document is to a query.</summary>
/// <param name="QueryId">The query's id, as text.</param>
/// <param name="DocumentId">The document's id, as text.</param>
/// <param name="Grade">0 for not relevant; more for more relevant.</param>
public readonly record struct RelevanceJudgement(string QueryId, string DocumentId, float Grade = 1);
