using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>The image part of the CLIP front end on <c>mlContext.Transforms</c>.</summary>
public static class ClipImagesCatalog
{
    /// <summary>Creates a <see cref="PreprocessClipImagesEstimator"/>: images to the pixels an encoder takes.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column of pixels to make: a vector of Single with 3 × height × width values.</param>
    /// <param name="inputColumnName">The column of images, paths or encoded bytes; <see langword="null"/> for the output's name.</param>
    /// <param name="preprocessing">What happens to an image; <see langword="null"/> for <see cref="ClipImagePreprocessing.OpenAIClip"/>.</param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.PreprocessClipImages("Pixels", "Path", ClipImagePreprocessing.SigLip);
    /// </code>
    /// </example>
    public static PreprocessClipImagesEstimator PreprocessClipImages(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null, ClipImagePreprocessing? preprocessing = null) =>
        catalog.PreprocessClipImages(
            outputColumnName, inputColumnName, new PreprocessClipImagesOptions { Preprocessing = preprocessing ?? ClipImagePreprocessing.OpenAIClip });

    /// <summary>Creates a <see cref="PreprocessClipImagesEstimator"/> with options for reading, too.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column of pixels to make: a vector of Single with 3 × height × width values.</param>
    /// <param name="inputColumnName">The column of images, paths or encoded bytes; <see langword="null"/> for the output's name.</param>
    /// <param name="options">Preprocessing, image folder, and what to do with images that cannot be used.</param>
    /// <exception cref="ArgumentException">A name is empty, or both output columns have the same.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.PreprocessClipImages("Pixels", "Path", new PreprocessClipImagesOptions { UnusableRows = UnusableRows.Skip });
    /// </code>
    /// </example>
    public static PreprocessClipImagesEstimator PreprocessClipImages(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName, PreprocessClipImagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new PreprocessClipImagesEstimator(catalog.GetEnvironment(), outputColumnName, inputColumnName, options);
    }
}
