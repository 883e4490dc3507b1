using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>Zero-shot classification with the text encoder of a model folder.</summary>
public static class ClipZeroShotCatalog
{
    /// <summary>Creates a <see cref="ClassifyZeroShotEstimator"/> whose prompts are encoded with the text encoder of a model folder.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="inputColumnName">The embeddings to classify.</param>
    /// <param name="classNames">The classes; at least two unless multi-label.</param>
    /// <param name="textEncoder">Encodes the prompts; its input and output columns are not in the data.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">There is no class, one alone, or an empty name; or options contradict each other.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.EmbedClipImages("Image", "Path", folder)
    ///     .Append(mlContext.Transforms.ClassifyZeroShot("Image", ["a cat", "a dog"], mlContext.Transforms.EmbedClipText("Text", "Prompt", folder)));
    /// </code>
    /// </example>
    public static ClassifyZeroShotEstimator ClassifyZeroShot(
        this TransformsCatalog catalog, string inputColumnName, IReadOnlyList<string> classNames, EmbedClipTextEstimator textEncoder, ClassifyZeroShotOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(textEncoder);
        var env = catalog.GetEnvironment();
        return new ClassifyZeroShotEstimator(
            env, inputColumnName, classNames, PromptEncoder.FromPipeline(env, textEncoder, textEncoder.InputColumnName, textEncoder.OutputColumnName), options);
    }

    /// <summary>Makes a prompt encoder of the text encoder of a model folder. The encoder is opened for each call and closed after it.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="textEncoder">What <c>mlContext.Transforms.EmbedClipText</c> makes; its columns may have any names.</param>
    public static PromptEncoder CreatePromptEncoder(this ModalityGapCatalog catalog, EmbedClipTextEstimator textEncoder)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(textEncoder);
        return PromptEncoder.FromPipeline(catalog.Host, textEncoder, textEncoder.InputColumnName, textEncoder.OutputColumnName);
    }
}
