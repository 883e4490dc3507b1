namespace Microsoft.ML.ModalityGap;

/// <summary>A piece of a unigram vocabulary.</summary>
/// <param name="Text">The piece in UTF-8.</param>
/// <param name="Id">Its id.</param>
/// <param name="Score">Its log probability.</param>
/// <param name="IsUserDefined">Whether it is taken wherever it stands.</param>
internal readonly record struct UnigramPiece(byte[] Text, int Id, double Score, bool IsUserDefined = false);
