namespace Microsoft.ML.ModalityGap;

/// <summary>What is best.</summary>
public enum SelectionObjective
{
    /// <summary>
    /// Recall@1 and reciprocal rank, both ways, of candidates that rank a mixed gallery evenly (<see cref="SelectionOptions.MinimumOtherShare"/>). With ids, also NDCG@10 in two-sided mixed galleries. Of pairs alone, NDCG in a mixed
    /// gallery counts one modality only and can be bought by putting it first, so it has no part.
    /// </summary>
    Balanced,

    /// <summary>Recall@1 and reciprocal rank, both ways, whatever a mixed gallery's shares.</summary>
    Retrieval,

    /// <summary>NDCG@10 in a mixed gallery, two-sided with ids, of candidates that rank it evenly.</summary>
    MixedRetrieval,
}
