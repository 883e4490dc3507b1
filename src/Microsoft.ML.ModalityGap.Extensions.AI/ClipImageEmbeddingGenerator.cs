using System.Runtime.InteropServices;
using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>Makes embeddings of images with a CLIP-like image encoder in a model folder; see <see cref="EmbedClipImagesEstimator"/> for what the folder holds.</summary>
/// <remarks>
/// <para>An image is a <see cref="DataContent"/> with the content of an image file (JPEG, PNG, WebP, GIF, BMP) and a media type of <c>image/…</c>.</para>
/// <para>Several images at once are encoded in batches, one alone by a prediction engine out of a pool. Thread-safe: share one, and dispose it at the end.</para>
/// <para>Embeddings are as the encoder gives them, not normalised. Where a map was baked into the encoder, each carries its fingerprint, see
/// <see cref="EmbeddingMapProperties"/>. To map them here, see <see cref="ModalityCorrectionEmbeddingGeneratorBuilderExtensions"/>.</para>
/// </remarks>
public sealed class ClipImageEmbeddingGenerator : IEmbeddingGenerator<DataContent, Embedding<float>>
{
    private readonly ClipEmbeddingEncoder<ImageRow> _encoder;

    /// <summary>Opens the model.</summary>
    /// <param name="modelFolder">The folder of the model, as public exports lay it out.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults. Images that cannot be used always throw.</param>
    /// <param name="modelId">What the model is called in metadata and embeddings; <see langword="null"/> for the folder's name.</param>
    /// <param name="mlContext">The context, which says on which device the encoder runs; <see langword="null"/> for one of its own.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder lacks the encoder or the preprocessing's configuration.</exception>
    /// <exception cref="InvalidDataException">The encoder cannot be loaded, or is not one of images.</exception>
    /// <exception cref="InvalidOperationException">The native ONNX Runtime is missing.</exception>
    public ClipImageEmbeddingGenerator(string modelFolder, EmbedClipImagesOptions? options = null, string? modelId = null, MLContext? mlContext = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelFolder);
        options = (options ?? EmbedClipImagesOptions.Default) with { UnusableRows = UnusableRows.Throw };
        _encoder = new ClipEmbeddingEncoder<ImageRow>(
            mlContext ?? new MLContext(), modelId ?? ModelFolders.GetName(modelFolder),
            (context, output) => context.Transforms.EmbedClipImages(output, nameof(ImageRow.Image), modelFolder, options));
    }

    /// <summary>The model's name and dimension.</summary>
    public EmbeddingGeneratorMetadata Metadata => _encoder.Metadata;

    /// <summary>Makes the embeddings, in the order of the images.</summary>
    /// <param name="values">The images.</param>
    /// <param name="options">A model or dimension asked for here must be the model's own.</param>
    /// <param name="cancellationToken">Stops between items.</param>
    /// <exception cref="ArgumentException">An item is <see langword="null"/> or no image by its media type, or the options ask for another model or dimension.</exception>
    /// <exception cref="InvalidDataException">An image cannot be decoded; the message names its number.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The generator is closed.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<DataContent> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        _encoder.Check(options);
        return _encoder.EncodeAsync([.. values.Select((image, i) => new ImageRow { Image = GetBytes(image, i) })], cancellationToken);

        static byte[] GetBytes(DataContent? image, int index)
        {
            if (image is null)
                throw new ArgumentException($"Image {index} is null.", nameof(values));
            if (!image.HasTopLevelMediaType("image"))
                throw new ArgumentException($"Item {index} has the media type '{image.MediaType}'; an image ('image/…') is expected.", nameof(values));
            return MemoryMarshal.TryGetArray(image.Data, out var segment) && segment.Offset == 0 && segment.Array is { } array && array.Length == segment.Count
                ? array
                : image.Data.ToArray();
        }
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null) => ModelFolders.GetService(this, Metadata, serviceType, serviceKey);

    /// <summary>Closes the model. What is still being made fails with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => _encoder.Dispose();

    private sealed class ImageRow
    {
        public byte[] Image { get; set; } = [];
    }
}
