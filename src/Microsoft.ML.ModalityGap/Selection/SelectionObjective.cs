namespace Microsoft.ML.ModalityGap;

/// <summary>What is best.</summary>
public enum SelectionObjective
{
    /// <summary>The mean of recall@1 and reciprocal rank, both ways, and of NDCG@10 in a mixed gallery.</summary>
    Balanced,

    /// <summary>Recall@1 and reciprocal rank, both ways.</summary>
    Retrieval,

    /// <summary>NDCG@10 in a mixed gallery.</summary>
    MixedRetrieval,
}
