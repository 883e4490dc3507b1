namespace Microsoft.ML.ModalityGap;

/// <summary>How near one image or text came to its golden values.</summary>
/// <param name="Name">The image's file name, or the text.</param>
/// <param name="Cosine">The cosine of the embedding and the golden one.</param>
/// <param name="LargestDifference">The largest absolute difference of the two embeddings in one dimension.</param>
/// <param name="LargestPixelDifference">
/// Of an image whose golden pixels are known: the largest absolute difference of a preprocessed pixel of the grid, in normalised units; otherwise
/// <see langword="null"/>.
/// </param>
/// <param name="LargestPixelMeanDifference">
/// Of an image whose golden means are known: the largest absolute difference of a channel's mean or standard deviation over all pixels, in normalised units;
/// otherwise <see langword="null"/>.
/// </param>
/// <param name="SameIds">Of a text whose golden ids are known: whether the ids are the same; otherwise <see langword="null"/>.</param>
public sealed record EncoderVerificationItem(
    string Name, double Cosine, double LargestDifference, double? LargestPixelDifference, double? LargestPixelMeanDifference, bool? SameIds);
