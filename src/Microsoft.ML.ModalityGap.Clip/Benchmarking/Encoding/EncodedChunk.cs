namespace Microsoft.ML.ModalityGap;

/// <summary>Some hundred rows of embeddings.</summary>
/// <param name="Dimension">Of each.</param>
/// <param name="Values">All of them, one behind the other; zeros where there is none.</param>
/// <param name="Defects">The rows that have none, and why.</param>
internal sealed record EncodedChunk(int Dimension, float[] Values, IReadOnlyList<(int Row, string Reason)> Defects);
