namespace Microsoft.ML.ModalityGap;

/// <summary>A row that a search of one shard, or of all, found.</summary>
/// <param name="Row">Its number among the rows of all shards.</param>
/// <param name="Id">Its id.</param>
/// <param name="Score">Its score; larger is nearer.</param>
/// <param name="Modality">Its modality, where it has one.</param>
/// <param name="Probability">How probable a match is, where that is calibrated.</param>
internal readonly record struct ShardHit(long Row, EmbeddingId Id, float Score, string? Modality, double? Probability)
{
    internal static ShardHit Of(Neighbor neighbor, long firstRow) => new(firstRow + neighbor.Position, neighbor.Id, neighbor.Score, neighbor.Modality, neighbor.Probability);
}
