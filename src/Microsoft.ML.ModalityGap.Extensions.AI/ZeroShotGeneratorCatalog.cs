using Microsoft.Extensions.AI;
using Microsoft.ML.ModalityGap;

namespace Microsoft.ML;

/// <summary>Zero-shot classification with prompts encoded by any embedding generator.</summary>
public static class ZeroShotGeneratorCatalog
{
    /// <summary>Creates a <see cref="ClassifyZeroShotEstimator"/> whose prompts are encoded by an embedding generator, when it is fitted.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="inputColumnName">The embeddings to classify.</param>
    /// <param name="classNames">The classes; at least two unless multi-label.</param>
    /// <param name="generator">
    /// Encodes the prompts, in the same space as the embeddings. Where it corrects the gap itself (<c>UseModalityCorrection</c>), the options need no text map.
    /// </param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">There is no class, one alone, or an empty name; or options contradict each other.</exception>
    /// <example>
    /// <code>
    /// using var texts = new ClipTextEmbeddingGenerator(folder);
    /// var pipeline = mlContext.Transforms.EmbedClipImages("Image", "Path", folder).Append(mlContext.Transforms.ClassifyZeroShot("Image", ["a cat", "a dog"], texts));
    /// </code>
    /// </example>
    public static ClassifyZeroShotEstimator ClassifyZeroShot(
        this TransformsCatalog catalog,
        string inputColumnName,
        IReadOnlyList<string> classNames,
        IEmbeddingGenerator<string, Embedding<float>> generator,
        ClassifyZeroShotOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return catalog.ClassifyZeroShot(inputColumnName, classNames, generator.AsPromptEncoder(), options);
    }

    /// <summary>An embedding generator as what encodes the prompts of classes. ML.NET fits synchronously, so its user waits for the generator.</summary>
    /// <param name="generator">The generator; not disposed.</param>
    public static PromptEncoder AsPromptEncoder(this IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);

        // On a thread of the pool, so that a caller's synchronisation context cannot lock up.
        return new PromptEncoder(texts => [.. Task.Run(() => generator.GenerateAsync(texts)).GetAwaiter().GetResult().Select(embedding => embedding.Vector.ToArray())]);
    }
}
