using Microsoft.Extensions.AI;
using Microsoft.ML.ModalityGap;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers CLIP-like encoders as embedding generators.</summary>
public static class ClipEmbeddingServiceCollectionExtensions
{
    /// <summary>Registers a <see cref="ClipTextEmbeddingGenerator"/> as the <c>IEmbeddingGenerator&lt;string, Embedding&lt;float&gt;&gt;</c>, opened when it is first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="modelFolder">The folder of the model.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <param name="serviceKey">The key to register it under; <see langword="null"/> for none.</param>
    /// <returns>A builder to put more around it, such as <c>UseModalityCorrection</c>.</returns>
    /// <example>
    /// <code>
    /// builder.Services.AddClipTextEmbeddingGenerator("clip-vit-base-patch32").UseModalityCorrection(model, "Text");
    /// </code>
    /// </example>
    public static EmbeddingGeneratorBuilder<string, Embedding<float>> AddClipTextEmbeddingGenerator(
        this IServiceCollection services, string modelFolder, EmbedClipTextOptions? options = null, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(modelFolder);
        return Add(services, serviceKey, () => new ClipTextEmbeddingGenerator(modelFolder, options));
    }

    /// <summary>Registers a <see cref="ClipImageEmbeddingGenerator"/> as the <c>IEmbeddingGenerator&lt;DataContent, Embedding&lt;float&gt;&gt;</c>, opened when it is first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="modelFolder">The folder of the model.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <param name="serviceKey">The key to register it under; <see langword="null"/> for none.</param>
    /// <returns>A builder to put more around it, such as <c>UseModalityCorrection</c>.</returns>
    public static EmbeddingGeneratorBuilder<DataContent, Embedding<float>> AddClipImageEmbeddingGenerator(
        this IServiceCollection services, string modelFolder, EmbedClipImagesOptions? options = null, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(modelFolder);
        return Add(services, serviceKey, () => new ClipImageEmbeddingGenerator(modelFolder, options));
    }

    private static EmbeddingGeneratorBuilder<TInput, Embedding<float>> Add<TInput>(
        IServiceCollection services, object? serviceKey, Func<IEmbeddingGenerator<TInput, Embedding<float>>> create) => serviceKey is null
        ? services.AddEmbeddingGenerator(_ => create())
        : services.AddKeyedEmbeddingGenerator(serviceKey, _ => create());
}
