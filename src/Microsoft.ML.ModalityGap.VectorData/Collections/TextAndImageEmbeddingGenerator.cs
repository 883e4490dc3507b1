using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// One generator for texts and for images, so that a collection can be asked in both: <c>SearchAsync("a red circle", 10)</c> and <c>SearchAsync(DataContent, 10)</c>.
/// </summary>
/// <remarks>
/// <para>Give it to properties of vectors (<c>Embedding&lt;float&gt;</c>, <c>ReadOnlyMemory&lt;float&gt;</c>, <c>float[]</c>), and embed what is stored by <c>GenerateAsync</c>. Connectors of other stores dispatch searches by the value's type, but upserts
/// of a property of <see cref="DataContent"/> ask for a generator of texts first, and throw; <see cref="EmbeddingCollection{TKey, TRecord}"/> takes such properties, too.</para>
/// <para>Embeddings say their modality, unless they do so already, by which a corrected search takes queries for what they are. Thread-safe if both generators are.</para>
/// </remarks>
public sealed class TextAndImageEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>, IEmbeddingGenerator<DataContent, Embedding<float>>
{
    private readonly IEmbeddingGenerator<string, Embedding<float>> _texts;
    private readonly IEmbeddingGenerator<DataContent, Embedding<float>> _images;
    private readonly string? _textModality;
    private readonly string? _imageModality;

    /// <summary>Joins two generators.</summary>
    /// <param name="texts">Embeds texts; disposed with this one.</param>
    /// <param name="images">Embeds images, into the same space; disposed with this one.</param>
    /// <param name="textModality">What the model calls texts; <see langword="null"/> where embeddings are not to say it.</param>
    /// <param name="imageModality">What the model calls images.</param>
    /// <exception cref="ArgumentException">The generators say that they yield different numbers of dimensions.</exception>
    public TextAndImageEmbeddingGenerator(
        IEmbeddingGenerator<string, Embedding<float>> texts, IEmbeddingGenerator<DataContent, Embedding<float>> images, string? textModality = null, string? imageModality = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(images);
        (_texts, _images, _textModality, _imageModality) = (texts, images, textModality, imageModality);
        var (text, image) = (texts.GetService<EmbeddingGeneratorMetadata>(), images.GetService<EmbeddingGeneratorMetadata>());
        if (text?.DefaultModelDimensions is { } a && image?.DefaultModelDimensions is { } b && a != b)
            throw new ArgumentException($"The generator of texts yields {a} dimensions, that of images {b}. They cannot be compared.", nameof(images));
        Metadata = new EmbeddingGeneratorMetadata(text?.ProviderName, text?.ProviderUri, text?.DefaultModelId, text?.DefaultModelDimensions ?? image?.DefaultModelDimensions);
    }

    /// <summary>That of texts.</summary>
    public EmbeddingGeneratorMetadata Metadata { get; }

    /// <summary>Embeds texts.</summary>
    /// <param name="values">The texts.</param>
    /// <param name="options">Handed on.</param>
    /// <param name="cancellationToken">Handed on.</param>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        GenerateAsync(_texts, values, _textModality, options, cancellationToken);

    /// <summary>Embeds images.</summary>
    /// <param name="values">The images.</param>
    /// <param name="options">Handed on.</param>
    /// <param name="cancellationToken">Handed on.</param>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<DataContent> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        GenerateAsync(_images, values, _imageModality, options, cancellationToken);

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? Metadata
            : serviceType.IsInstanceOfType(this) ? this
            : _texts.GetService(serviceType) ?? _images.GetService(serviceType);
    }

    /// <summary>Disposes both generators.</summary>
    public void Dispose()
    {
        _texts.Dispose();
        _images.Dispose();
    }

    private static async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync<TInput>(
        IEmbeddingGenerator<TInput, Embedding<float>> generator, IEnumerable<TInput> values, string? modality, EmbeddingGenerationOptions? options, CancellationToken cancellationToken)
    {
        var embeddings = await generator.GenerateAsync(values, options, cancellationToken).ConfigureAwait(false);
        return modality is null
            ? embeddings
            : new GeneratedEmbeddings<Embedding<float>>(embeddings.Select(State)) { Usage = embeddings.Usage, AdditionalProperties = embeddings.AdditionalProperties };

        Embedding<float> State(Embedding<float> embedding)
        {
            if (embedding.AdditionalProperties?.ContainsKey(StatedEmbedding.ModalityKey) == true)
                return embedding;
            var properties = embedding.AdditionalProperties?.Clone() ?? [];
            properties[StatedEmbedding.ModalityKey] = modality;
            return new Embedding<float>(embedding.Vector) { CreatedAt = embedding.CreatedAt, ModelId = embedding.ModelId, AdditionalProperties = properties };
        }
    }
}
