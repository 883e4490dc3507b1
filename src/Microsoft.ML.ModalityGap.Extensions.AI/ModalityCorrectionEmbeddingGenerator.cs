using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>Applies a modality's map to the embeddings of another generator, so that vector stores get embeddings without the gap.</summary>
/// <typeparam name="TInput">What embeddings are made of.</typeparam>
/// <remarks>
/// Each embedding carries the map's fingerprint, see <see cref="EmbeddingMapProperties"/>. The embeddings of the other generator are not changed, so that one
/// that keeps them (a cache) stays as it was. Thread-safe if the other generator is.
/// </remarks>
public sealed class ModalityCorrectionEmbeddingGenerator<TInput> : DelegatingEmbeddingGenerator<TInput, Embedding<float>>
{
    private readonly EmbeddingMap _map;
    private readonly string _fingerprint;
    private readonly string? _modality;

    /// <summary>Creates the generator from a map alone.</summary>
    /// <param name="innerGenerator">The generator to correct; disposed with this one.</param>
    /// <param name="map">The map for what it embeds.</param>
    /// <exception cref="ArgumentException">The generator says that it yields another number of dimensions than the map takes.</exception>
    public ModalityCorrectionEmbeddingGenerator(IEmbeddingGenerator<TInput, Embedding<float>> innerGenerator, EmbeddingMap map)
        : this(innerGenerator, map ?? throw new ArgumentNullException(nameof(map)), GetFingerprint(map), modality: null)
    {
    }

    /// <summary>Creates the generator from one modality of a fitted model.</summary>
    /// <param name="innerGenerator">The generator to correct; disposed with this one.</param>
    /// <param name="model">The model; its fingerprint is that of all its modalities, whose embeddings may be compared.</param>
    /// <param name="modality">The modality of what the generator embeds.</param>
    /// <exception cref="ArgumentException">There is no such modality, or the generator says that it yields another number of dimensions than its map takes.</exception>
    public ModalityCorrectionEmbeddingGenerator(IEmbeddingGenerator<TInput, Embedding<float>> innerGenerator, EmbeddingMapTransformer model, string modality)
        : this(innerGenerator, (model ?? throw new ArgumentNullException(nameof(model))).GetModality(modality).Map, model.Fingerprint, modality)
    {
    }

    private ModalityCorrectionEmbeddingGenerator(IEmbeddingGenerator<TInput, Embedding<float>> innerGenerator, EmbeddingMap map, string fingerprint, string? modality)
        : base(innerGenerator)
    {
        (_map, _fingerprint, _modality) = (map, fingerprint, modality);
        var metadata = innerGenerator.GetService<EmbeddingGeneratorMetadata>();
        if (metadata?.DefaultModelDimensions is { } dimensions && dimensions != map.InputDimension)
            throw new ArgumentException($"The generator of '{metadata.DefaultModelId}' yields {dimensions} dimensions, but the map takes {map.InputDimension}.", nameof(map));
        Metadata = new EmbeddingGeneratorMetadata(metadata?.ProviderName, metadata?.ProviderUri, metadata?.DefaultModelId, map.OutputDimension);
    }

    /// <summary>The other generator's, with the map's dimension.</summary>
    public EmbeddingGeneratorMetadata Metadata { get; }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The options ask for another dimension than the map yields.</exception>
    /// <exception cref="InvalidOperationException">The other generator yields another number of dimensions than the map takes, or embeddings that came through a map already.</exception>
    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<TInput> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } dimensions)
        {
            if (dimensions != _map.OutputDimension)
                throw new ArgumentException($"{dimensions} dimensions were asked for, but the map yields {_map.OutputDimension}.", nameof(options));
            options = options.Clone();
            options.Dimensions = _map.InputDimension;
        }

        var embeddings = await base.GenerateAsync(values, options, cancellationToken).ConfigureAwait(false);
        return new GeneratedEmbeddings<Embedding<float>>(embeddings.Select(Map)) { Usage = embeddings.Usage, AdditionalProperties = embeddings.AdditionalProperties };
    }

    /// <inheritdoc />
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? base.GetService(serviceType, serviceKey)
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? Metadata
            : serviceType == typeof(EmbeddingMap) ? _map
            : base.GetService(serviceType, serviceKey);
    }

    private Embedding<float> Map(Embedding<float> embedding)
    {
        if (embedding.FindMapFingerprint() is { } before)
        {
            throw new InvalidOperationException(
                $"The embeddings came through the map {before} already. Correct them once: take an encoder without a map, or one correction with both maps ({nameof(EmbeddingMap)}.{nameof(EmbeddingMap.Then)}).");
        }

        if (embedding.Vector.Length != _map.InputDimension)
            throw new InvalidOperationException($"The generator yields {embedding.Vector.Length} dimensions, but the map takes {_map.InputDimension}.");
        var properties = embedding.AdditionalProperties?.Clone() ?? [];
        properties[EmbeddingMapProperties.Fingerprint] = _fingerprint;
        if (_modality is not null)
            properties[EmbeddingMapProperties.Modality] = _modality;
        return new Embedding<float>(_map.Apply(embedding.Vector.Span)) { CreatedAt = embedding.CreatedAt, ModelId = embedding.ModelId, AdditionalProperties = properties };
    }

    /// <summary>What a transformer with this map alone is identified by.</summary>
    private static string GetFingerprint(EmbeddingMap map) =>
        new MLContext().ModalityGap().CreateTransformer(ModalityColumns.PerColumn("Embedding"), new ModalityMap("Embedding", map)).Fingerprint;
}
