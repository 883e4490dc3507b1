namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What a search found, for its report.</summary>
/// <param name="Index">The index searched.</param>
/// <param name="K">How many neighbours were asked for.</param>
/// <param name="Rescoring">The name of the correction, or <see langword="null"/>.</param>
/// <param name="Items">What the queries are, where that is known.</param>
/// <param name="Neighbors">Per query.</param>
internal sealed record SearchRun(EmbeddingIndex Index, int K, string? Rescoring, IReadOnlyList<string>? Items, IReadOnlyList<IReadOnlyList<Neighbor>> Neighbors);
