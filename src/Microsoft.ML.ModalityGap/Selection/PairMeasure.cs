namespace Microsoft.ML.ModalityGap;

/// <summary>What <see cref="PairMeasures"/> holds of an item.</summary>
internal enum PairMeasure
{
    /// <summary>Whether a row of the same item comes first among the second modality's, for a row of the first.</summary>
    FirstHit,

    /// <summary>The same with the modalities exchanged.</summary>
    SecondHit,

    /// <summary>One over the rank of the first row of the same item, both ways.</summary>
    ReciprocalRank,

    /// <summary>NDCG@10 of the first row of the same item and the other modality, in a gallery of all other rows of both.</summary>
    MixedNdcg,

    /// <summary>The other modality's share of the first ten in that gallery.</summary>
    OtherShare,

    /// <summary>NDCG@10 in two-sided mixed galleries.</summary>
    TwoSidedNdcg,

    /// <summary>Recall@1 in them.</summary>
    TwoSidedRecall,

    /// <summary>The share of the modality that does not ask of the first ten in them.</summary>
    TwoSidedShare,
}
