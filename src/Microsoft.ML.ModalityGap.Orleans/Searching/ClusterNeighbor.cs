namespace Microsoft.ML.ModalityGap;

/// <summary>A row that a search of a cluster found.</summary>
/// <param name="Row">Its number among the rows of all shards, in the order in which these were named.</param>
/// <param name="Id">Its id.</param>
/// <param name="Score">Its score, the same bit for bit as of one index over all rows.</param>
/// <param name="Modality">Its modality, where it has one.</param>
/// <param name="Probability">How probable a match is, where the index's correction is calibrated.</param>
public readonly record struct ClusterNeighbor(long Row, EmbeddingId Id, float Score, string? Modality, double? Probability);
