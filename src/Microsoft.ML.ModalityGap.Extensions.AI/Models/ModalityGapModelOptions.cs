namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ModalityGapModel.Load(string, ModalityGapModelOptions?)"/>: what the saved model does not hold itself.</summary>
public sealed record ModalityGapModelOptions
{
    /// <summary>The defaults: the saved model holds all that is asked of it.</summary>
    public static ModalityGapModelOptions Default { get; } = new();

    /// <summary>
    /// The folder of a CLIP export, for a model that holds maps only, such as one that <c>modality-gap fit</c> wrote: its encoders come before the maps. <see langword="null"/> (the default) where the model holds its encoders.
    /// </summary>
    public string? EncoderFolder { get; init; }

    /// <summary>How images are encoded by <see cref="EncoderFolder"/>; <see langword="null"/> for the defaults.</summary>
    public EmbedClipImagesOptions? ImageEncoder { get; init; }

    /// <summary>How texts are encoded by <see cref="EncoderFolder"/>; <see langword="null"/> for the defaults.</summary>
    public EmbedClipTextOptions? TextEncoder { get; init; }

    /// <summary>
    /// The file of an index to search (<see cref="EmbeddingIndex.Save(string)"/>, <c>modality-gap search --save-index</c>); <see langword="null"/> (the default) for the one inside the model (<c>RetrieveNearest</c>), where there is one.
    /// </summary>
    public string? IndexPath { get; init; }

    /// <summary>The modality of images, as the maps spell it; <see langword="null"/> (the default) for what the model says, or with <see cref="EncoderFolder"/> the one called <c>image</c>, in any case.</summary>
    public string? ImageModality { get; init; }

    /// <summary>The modality of texts, as the maps spell it; <see langword="null"/> (the default) for what the model says, or with <see cref="EncoderFolder"/> the one called <c>text</c>, in any case.</summary>
    public string? TextModality { get; init; }
}
