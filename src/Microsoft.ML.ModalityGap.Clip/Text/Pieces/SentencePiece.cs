namespace Microsoft.ML.ModalityGap;

/// <summary>A piece of a SentencePiece model; its id is its place in the model.</summary>
/// <param name="Text">The piece in UTF-8.</param>
/// <param name="Score">Its log probability; in a byte-pair encoding, what its merge is ordered by.</param>
/// <param name="Kind">What it is for.</param>
internal readonly record struct SentencePiece(byte[] Text, float Score, SentencePieceKind Kind);
