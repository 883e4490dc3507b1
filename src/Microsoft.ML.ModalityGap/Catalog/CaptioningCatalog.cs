using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>Caption scores on <c>mlContext.Transforms</c>.</summary>
public static class CaptioningCatalog
{
    /// <summary>Creates a <see cref="ScoreCaptionsEstimator"/>: CLIP-S, RefCLIP-S, I0T-S.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="imageColumnName">The embeddings of the images.</param>
    /// <param name="textColumnName">The embeddings of the captions.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">Options contradict each other.</exception>
    /// <example>
    /// I0T-S, since the columns came through maps:
    /// <code>
    /// var pipeline = mlContext.Transforms.CenterModalities("Image", "Text").Append(mlContext.Transforms.ScoreCaptions("Image", "Text"));
    /// </code>
    /// </example>
    public static ScoreCaptionsEstimator ScoreCaptions(
        this TransformsCatalog catalog, string imageColumnName, string textColumnName, ScoreCaptionsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ScoreCaptionsEstimator(catalog.GetEnvironment(), imageColumnName, textColumnName, options);
    }
}
