using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>Makes embeddings of texts with a CLIP-like text encoder in a model folder; see <see cref="EmbedClipTextEstimator"/> for what the folder holds.</summary>
/// <remarks>
/// <para>Several texts at once are encoded in batches, one alone by a prediction engine out of a pool. Thread-safe: share one, and dispose it at the end.</para>
/// <para>Embeddings are as the encoder gives them, not normalised. Where a map was baked into the encoder
/// (<see cref="OnnxBakingCatalog.AppendToOnnx(ModalityGapCatalog, string, EmbeddingMapTransformer, string, string, OnnxBakingOptions)"/>), each carries its fingerprint, see
/// <see cref="EmbeddingMapProperties"/>. To map them here, see <see cref="ModalityCorrectionEmbeddingGeneratorBuilderExtensions"/>.</para>
/// <para>Used both ways, for single texts and for batches, the model is in memory twice, unless <see cref="EncodeWithOnnxOptions.IntraOpNumThreads"/> is
/// set.</para>
/// </remarks>
public sealed class ClipTextEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly ClipEmbeddingEncoder<TextRow> _encoder;

    /// <summary>Opens the model.</summary>
    /// <param name="modelFolder">The folder of the model, as public exports lay it out.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults.</param>
    /// <param name="modelId">What the model is called in metadata and embeddings; <see langword="null"/> for the folder's name.</param>
    /// <param name="mlContext">The context, which says on which device the encoder runs; <see langword="null"/> for one of its own.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder lacks the encoder or the tokenizer's files.</exception>
    /// <exception cref="InvalidDataException">The encoder cannot be loaded, or is not one of texts.</exception>
    /// <exception cref="InvalidOperationException">The native ONNX Runtime is missing.</exception>
    public ClipTextEmbeddingGenerator(string modelFolder, EmbedClipTextOptions? options = null, string? modelId = null, MLContext? mlContext = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelFolder);
        _encoder = new ClipEmbeddingEncoder<TextRow>(
            mlContext ?? new MLContext(), modelId ?? ModelFolders.GetName(modelFolder),
            (context, output) => context.Transforms.EmbedClipText(output, nameof(TextRow.Text), modelFolder, options));
    }

    /// <summary>The model's name and dimension.</summary>
    public EmbeddingGeneratorMetadata Metadata => _encoder.Metadata;

    /// <summary>Makes the embeddings, in the order of the texts.</summary>
    /// <param name="values">The texts; the empty text is one.</param>
    /// <param name="options">A model or dimension asked for here must be the model's own.</param>
    /// <param name="cancellationToken">Stops between items.</param>
    /// <exception cref="ArgumentException">A text is <see langword="null"/>, or the options ask for another model or dimension.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The generator is closed.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        _encoder.Check(options);
        return _encoder.EncodeAsync([.. values.Select((text, i) => new TextRow { Text = text ?? throw new ArgumentException($"Text {i} is null.", nameof(values)) })], cancellationToken);
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null) => ModelFolders.GetService(this, Metadata, serviceType, serviceKey);

    /// <summary>Closes the model. What is still being made fails with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => _encoder.Dispose();

    private sealed class TextRow
    {
        public string Text { get; set; } = "";
    }
}
