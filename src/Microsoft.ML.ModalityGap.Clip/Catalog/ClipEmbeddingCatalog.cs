using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>Embeddings of images and texts in one step on <c>mlContext.Transforms</c>.</summary>
public static class ClipEmbeddingCatalog
{
    /// <summary>Creates an <see cref="EmbedClipImagesEstimator"/>: images to embeddings, with the model of a folder.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column of the embeddings.</param>
    /// <param name="inputColumnName">The column of images, paths or encoded bytes; <see langword="null"/> for the output's name.</param>
    /// <param name="modelFolder">The folder with <c>vision_model.onnx</c> and <c>preprocessor_config.json</c>.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder holds no image encoder, or no preprocessing while the options state none.</exception>
    /// <exception cref="InvalidDataException">The preprocessing cannot be read.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.EmbedClipImages("Image", "Path", "clip-vit-base-patch32");
    /// </code>
    /// </example>
    public static EmbedClipImagesEstimator EmbedClipImages(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName, string modelFolder, EmbedClipImagesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new EmbedClipImagesEstimator(catalog.GetEnvironment(), outputColumnName, inputColumnName, modelFolder, options ?? EmbedClipImagesOptions.Default);
    }

    /// <summary>Creates an <see cref="EmbedClipTextEstimator"/>: texts to embeddings, with the model of a folder.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column of the embeddings.</param>
    /// <param name="inputColumnName">The column of texts; <see langword="null"/> for the output's name.</param>
    /// <param name="modelFolder">The folder with <c>text_model.onnx</c> and a tokenizer.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder holds no text encoder or no tokenizer.</exception>
    /// <exception cref="InvalidDataException">The tokenizer cannot be read.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.EmbedClipText("Text", "Caption", "clip-vit-base-patch32");
    /// </code>
    /// </example>
    public static EmbedClipTextEstimator EmbedClipText(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName, string modelFolder, EmbedClipTextOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new EmbedClipTextEstimator(catalog.GetEnvironment(), outputColumnName, inputColumnName, modelFolder, options ?? EmbedClipTextOptions.Default);
    }
}
