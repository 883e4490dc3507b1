namespace Microsoft.ML.ModalityGap;

/// <summary>What becomes of a query's own document, where queries are searched for among themselves, as within one modality.</summary>
public enum OwnDocuments
{
    /// <summary>It counts like any other.</summary>
    Keep,

    /// <summary>
    /// For the query in row i the document in row i is not in the gallery, whatever is said of its relevance: the queries are the gallery. There are as many of both.
    /// </summary>
    LeaveOutSameRow,

    /// <summary>
    /// For a query the documents of the same id are not in the gallery, whatever is judged of them: BEIR's rule. With <see cref="Relevance.ByJudgements(string, string, IEnumerable{RelevanceJudgement})"/>
    /// only: by id, those are the relevant ones.
    /// </summary>
    LeaveOutSameId,
}
