namespace Microsoft.ML.ModalityGap;

/// <summary>What was measured for one λ.</summary>
/// <param name="Lambda">λ.</param>
/// <param name="Gap">The distance of the modalities' means, behind the shift.</param>
/// <param name="FirstToSecond">Recall@1 of the second modality by the first.</param>
/// <param name="SecondToFirst">Recall@1 of the first modality by the second.</param>
/// <param name="MixedNdcg">NDCG@10 of the partner in a gallery of both modalities without the query.</param>
public sealed record ShiftSweepPoint(double Lambda, double Gap, double FirstToSecond, double SecondToFirst, double MixedNdcg);
