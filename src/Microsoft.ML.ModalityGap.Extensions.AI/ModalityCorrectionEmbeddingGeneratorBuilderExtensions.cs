using Microsoft.ML.ModalityGap;

namespace Microsoft.Extensions.AI;

/// <summary>Puts the correction of the modality gap into a pipeline of embedding generators.</summary>
public static class ModalityCorrectionEmbeddingGeneratorBuilderExtensions
{
    /// <summary>Maps the embeddings of what was built so far, so that all that comes before it (caches, telemetry) sees mapped ones.</summary>
    /// <typeparam name="TInput">What embeddings are made of.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="map">The map for the modality that is embedded.</param>
    /// <returns>The builder.</returns>
    /// <example>
    /// <code>
    /// var generator = openAI.AsBuilder().UseModalityCorrection(textMap).Build();
    /// </code>
    /// </example>
    public static EmbeddingGeneratorBuilder<TInput, Embedding<float>> UseModalityCorrection<TInput>(
        this EmbeddingGeneratorBuilder<TInput, Embedding<float>> builder, EmbeddingMap map)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(map);
        return builder.Use(inner => new ModalityCorrectionEmbeddingGenerator<TInput>(inner, map));
    }

    /// <summary>Maps the embeddings by one modality of a fitted model.</summary>
    /// <typeparam name="TInput">What embeddings are made of.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="model">The model; its fingerprint is that of all its modalities, whose embeddings may be compared.</param>
    /// <param name="modality">The modality that is embedded.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">There is no such modality.</exception>
    public static EmbeddingGeneratorBuilder<TInput, Embedding<float>> UseModalityCorrection<TInput>(
        this EmbeddingGeneratorBuilder<TInput, Embedding<float>> builder, EmbeddingMapTransformer model, string modality)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(model);
        model.GetModality(modality);
        return builder.Use(inner => new ModalityCorrectionEmbeddingGenerator<TInput>(inner, model, modality));
    }
}
