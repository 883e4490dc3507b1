using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace SearchService;

/// <summary>A gallery's models, indexes and items, opened.</summary>
internal sealed class LoadedGallery : IDisposable
{
    private readonly string _folder;

    private LoadedGallery(string folder, GalleryFile file, ITransformer textModel, ITransformer imageModel, EmbeddingIndex closed, EmbeddingIndex raw)
    {
        _folder = folder;
        (File, TextModel, ImageModel, Closed, Raw) = (file, textModel, imageModel, closed, raw);
    }

    internal GalleryFile File { get; }

    internal ITransformer TextModel { get; }

    internal ITransformer ImageModel { get; }

    internal EmbeddingIndex Closed { get; }

    internal EmbeddingIndex Raw { get; }

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A file is missing or damaged, or model and index do not belong together.</exception>
    internal static LoadedGallery Open(MLContext ml, string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The gallery '{folder}' does not exist. Make it: --gallery {folder} --model FOLDER --images DIR --captions FILE.tsv");
        foreach (var name in new[] { GalleryFile.Description, GalleryFile.TextModel, GalleryFile.ImageModel, GalleryFile.ClosedIndex, GalleryFile.RawIndex })
        {
            if (!System.IO.File.Exists(Path.Combine(folder, name)))
                throw new InvalidDataException($"The gallery '{folder}' holds no {name}.");
        }

        var file = ReadDescription(Path.Combine(folder, GalleryFile.Description));
        var texts = LoadModel(ml, Path.Combine(folder, GalleryFile.TextModel), out var textSchema);
        var images = LoadModel(ml, Path.Combine(folder, GalleryFile.ImageModel), out var imageSchema);
        var gallery = new LoadedGallery(
            folder, file, texts, images, EmbeddingIndex.Load(Path.Combine(folder, GalleryFile.ClosedIndex)), EmbeddingIndex.Load(Path.Combine(folder, GalleryFile.RawIndex)));

        try
        {
            gallery.Check(textSchema, imageSchema);
            return gallery;
        }
        catch
        {
            gallery.Dispose();
            throw;
        }
    }

    /// <summary>Refuses files that do not belong together, rather than fail with each request.</summary>
    private void Check(DataViewSchema textSchema, DataViewSchema imageSchema)
    {
        foreach (var (name, model, schema) in new[] { (GalleryFile.TextModel, TextModel, textSchema), (GalleryFile.ImageModel, ImageModel, imageSchema) })
        {
            DataViewSchema columns;
            try
            {
                columns = model.GetOutputSchema(schema);
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException)
            {
                throw new InvalidDataException($"In the gallery '{_folder}' {name} does not go with its own columns: {exception.Message}", exception);
            }

            foreach (var (column, index) in new[] { (nameof(QueryEmbedding.Closed), Closed), (nameof(QueryEmbedding.Raw), Raw) })
            {
                if (columns.GetColumnOrNull(column) is not { Type: VectorDataViewType type } || type.Size != index.Dimension)
                    throw new InvalidDataException($"In the gallery '{_folder}' {name} makes no column '{column}' of {index.Dimension} dimensions, which the index has.");
            }

            // The map's column says which maps it came through; so does the index.
            var fingerprint = columns[nameof(QueryEmbedding.Closed)].FindMapFingerprint();
            if (fingerprint != Closed.Fingerprint)
                throw new InvalidDataException($"In the gallery '{_folder}' {name} maps queries with {fingerprint}, but the index holds rows mapped with {Closed.Fingerprint}.");
        }

        foreach (var (name, index) in new[] { (GalleryFile.ClosedIndex, Closed), (GalleryFile.RawIndex, Raw) })
        {
            if (index.Count != File.Items.Count || !File.Items.Keys.All(id => index.Contains(id)))
                throw new InvalidDataException($"In the gallery '{_folder}' {name} has {index.Count} rows, which are not the {File.Items.Count} items of {GalleryFile.Description}.");
        }
    }

    /// <summary>The path of one of its files.</summary>
    internal string GetPath(string name) => Path.Combine(Path.GetFullPath(_folder), name);

    /// <summary>The path of an item's image, if it has one.</summary>
    internal string? FindImage(string id) =>
        File.Items.TryGetValue(id, out var item) && item.Image is { } name ? Path.Combine(Path.GetFullPath(_folder), GalleryFile.Images, Path.GetFileName(name)) : null;

    public void Dispose()
    {
        (TextModel as IDisposable)?.Dispose();
        (ImageModel as IDisposable)?.Dispose();
    }

    /// <summary>ML.NET's loader throws whatever its parts throw, wrapped once or more; what is wrong is the file.</summary>
    private static ITransformer LoadModel(MLContext ml, string path, out DataViewSchema schema)
    {
        try
        {
            return ModelArchive.Load(ml, path, out schema);
        }
        catch (Exception exception) when (exception is not (UnauthorizedAccessException or FileNotFoundException))
        {
            var cause = exception;
            while (cause is not InvalidDataException && cause.InnerException is { } inner)
                cause = inner;
            throw new InvalidDataException($"'{path}' is no model, or a damaged one: {cause.Message}", exception);
        }
    }

    private static GalleryFile ReadDescription(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize<GalleryFile>(InputFile.ReadAllText(path)) ?? throw new JsonException("it is null");
            return file is { Name: not null, Classes: not null, Examples: not null, Items: not null, LogitScale: > 0 and < float.PositiveInfinity } && !file.Items.Values.Any(item => item?.Kind is null || item.Text is null)
                ? file
                : throw new JsonException("a part is missing, or its logit scale is no positive number");
        }
        catch (Exception e) when (e is JsonException or IOException and not FileNotFoundException)
        {
            throw new InvalidDataException($"'{path}' is no description of a gallery: {e.Message}", e);
        }
    }
}
