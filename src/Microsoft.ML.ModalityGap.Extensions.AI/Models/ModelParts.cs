using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>A model's transformers with the input they are bound to, read from a file or put together of maps and an encoder folder.</summary>
/// <param name="Model">The transformers.</param>
/// <param name="InputSchema">Their input, in which images enter as bytes wherever the model's preprocessing reads them itself.</param>
internal sealed record ModelParts(ITransformer Model, DataViewSchema InputSchema)
{
    /// <exception cref="InvalidDataException">The file is no model, or has no schema of its input and no encoder folder is given.</exception>
    internal static ModelParts Load(MLContext context, string path, ModalityGapModelOptions options)
    {
        ITransformer model;
        DataViewSchema? schema;
        try
        {
            model = ModelArchive.Load(context, path, out schema);
        }
        catch (Exception e) when (e is not (FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException))
        {
            // ML.NET's loader throws what its parts throw, wrapped once or more; what is wrong is the file.
            var cause = e;
            while (cause is not InvalidDataException && cause.InnerException is { } inner)
                cause = inner;
            throw new InvalidDataException($"'{path}' cannot be opened as a model that mlContext.Model.Save or modality-gap fit wrote: {cause.Message}", e);
        }

        if (options.EncoderFolder is { } folder)
            return Compose(context, path, model, folder, options);
        return schema is null
            ? throw new InvalidDataException($"'{path}' was saved without the schema of its input, so nothing tells its columns. Save it with that: mlContext.Model.Save(model, data.Schema, path).")
            : new ModelParts(model, schema);
    }

    /// <summary>The same with images as bytes where the preprocessing reads an input column itself.</summary>
    internal ModelParts TakeImagesAsBytes(ModelPath? image)
    {
        if (image is null || InputSchema.GetColumnOrNull(image.InputColumnName) is not { } column)
            return this;
        var builder = new DataViewSchema.Builder();
        foreach (var other in InputSchema.Where(other => !other.IsHidden))
            builder.AddColumn(other.Name, other.Index == column.Index ? new VectorDataViewType(NumberDataViewType.Byte) : other.Type, other.Annotations);
        return this with { InputSchema = builder.ToSchema() };
    }

    private static ModelParts Compose(MLContext context, string path, ITransformer model, string folder, ModalityGapModelOptions options)
    {
        if (ModelPath.Flatten(model) is not [EmbeddingMapTransformer maps])
        {
            (model as IDisposable)?.Dispose();
            throw new InvalidDataException($"'{path}' holds more than maps, so the encoders of '{folder}' have no place before them. Leave {nameof(ModalityGapModelOptions.EncoderFolder)} out.");
        }

        var image = Find(options.ImageModality, "image", nameof(ModalityGapModelOptions.ImageModality));
        var text = Find(options.TextModality, "text", nameof(ModalityGapModelOptions.TextModality));
        var data = context.Data.LoadFromEnumerable(Array.Empty<Row>());
        var images = context.Transforms.EmbedClipImages(image, nameof(Row.ImageFile), folder, options.ImageEncoder).Fit(data);
        try
        {
            var texts = context.Transforms.EmbedClipText(text, nameof(Row.TextValue), folder, options.TextEncoder).Fit(images.Transform(data));
            return new ModelParts(new TransformerChain<ITransformer>(images, texts, maps.ForColumns(ModalityColumns.PerColumn(image, text), image, text)), data.Schema);
        }
        catch
        {
            images.Dispose();
            throw;
        }

        string Find(string? named, string usual, string option) => named is not null
            ? maps.GetModality(named).Modality
            : maps.Modalities.Select(entry => entry.Modality).FirstOrDefault(name => name.Equals(usual, StringComparison.OrdinalIgnoreCase))
                ?? throw new InvalidDataException($"'{path}' has maps of '{string.Join("', '", maps.Modalities.Select(entry => entry.Modality))}', none called {usual}; say which is that by {option}.");
    }

    private sealed class Row
    {
        public byte[] ImageFile { get; set; } = [];

        public string TextValue { get; set; } = "";
    }
}
