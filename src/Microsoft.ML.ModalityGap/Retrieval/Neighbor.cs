namespace Microsoft.ML.ModalityGap;

/// <summary>A row that a search found.</summary>
/// <param name="Id">The row's id.</param>
/// <param name="Score">The similarity, or what the index's <see cref="SimilarityCorrection"/> or a <see cref="Rescorer"/> made of it; larger is nearer.</param>
/// <param name="Modality">The row's modality, where it has one.</param>
/// <param name="Position">The row's place in the index, from 0, in the order of addition; it moves when rows before it are removed.</param>
/// <param name="Probability">How probable it is that the row is a match, where the index's correction is calibrated for such queries (<see cref="MatchCalibration"/>); <see langword="null"/> elsewhere.</param>
public readonly record struct Neighbor(EmbeddingId Id, float Score, string? Modality, int Position, double? Probability = null);
