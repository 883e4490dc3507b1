using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

public sealed partial class ModalityGapModel
{
    private const string ImageColumn = "Image", TextColumn = "Text";

    /// <exception cref="InvalidDataException">The transformers ask for columns that are not there, or of another type.</exception>
    private static IRowToRowMapper Bind(ITransformer model, DataViewSchema schema, string name)
    {
        try
        {
            return model.GetRowToRowMapper(schema);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{name} does not go with the columns of its input: {exception.Message}", exception);
        }
    }

    /// <summary>The column of the model's input that an encoder's own input is made of.</summary>
    private static string FindInput(IRowToRowMapper mapper, ModelPath path)
    {
        if (mapper.OutputSchema.GetColumnOrNull(path.EmbeddingColumnName) is not { } embedding)
            throw new InvalidDataException($"The model makes the embedding '{path.EmbeddingColumnName}' but drops the column later; keep it.");
        return mapper.GetDependencies([embedding]).Select(column => column.Name).ToArray() is [var input]
            ? input
            : throw new InvalidDataException(
                $"The embedding '{path.EmbeddingColumnName}' depends on the input columns '{string.Join("', '", mapper.GetDependencies([embedding]).Select(column => column.Name))}'; one, of texts or images, is expected.");
    }

    /// <exception cref="InvalidOperationException">The model has no such encoder.</exception>
    private static ModelEngine<VBuffer<float>> Need(ModelEngine<VBuffer<float>>? engine, string kind) =>
        engine ?? throw new InvalidOperationException($"The model encodes no {kind}: it has no encoder of them.");

    private EmbeddingIndex NeedIndex() => Index ?? throw new InvalidOperationException(
        $"There is no index to search: give one by {nameof(ModalityGapModelOptions.IndexPath)}, or save the model with RetrieveNearest.");

    /// <summary>The fingerprint of texts and images, which must be the same where both are known.</summary>
    private string? JoinFingerprints(string name)
    {
        var (texts, images) = (_texts?.Output.FindMapFingerprint(), _images?.Output.FindMapFingerprint());
        return texts is null || images is null || texts == images
            ? texts ?? images
            : throw new InvalidDataException($"{name} maps texts with {texts} but images with {images}; their embeddings cannot be compared. Map both with one fitted model.");
    }

    private void CheckIndex(string name)
    {
        if (Index is null)
            return;
        if (Index.Dimension != Dimension)
            throw new InvalidDataException($"{name} makes embeddings of {Dimension} dimensions, but the index holds rows of {Index.Dimension}.");
        if (Index.Fingerprint is { } rows && Fingerprint is { } queries && rows != queries)
            throw new InvalidDataException($"{name} maps queries with {queries}, but the index holds rows mapped with {rows}. Make the index anew with this model.");
    }

    /// <summary>What the index's correction calls these queries; <see langword="null"/> where there is no correction, or it does not know them.</summary>
    private string? ChooseQueryModality(string? named, ModelPath? path)
    {
        var modality = named ?? path?.Modality;
        return Index?.Options.Correction?.Modalities.Contains(modality, StringComparer.Ordinal) == true ? modality : null;
    }

    private SearchOptions Complete(SearchOptions? options, string? queryModality)
    {
        options ??= SearchOptions.Default;
        return options with { Fingerprint = options.Fingerprint ?? Fingerprint, QueryModality = options.QueryModality ?? queryModality };
    }

    /// <summary>What gives the image column its value: the file's content, or the path where the model reads the file in its own way.</summary>
    private Action<ModelRow, DataViewSchema.Column> SetImage(ModelImage image)
    {
        Need(_images, "images");
        if (!_imageIsPath)
        {
            var content = image.Read();
            return (row, column) => row.Set(column, content);
        }

        var path = image.Path ?? throw new InvalidOperationException("The model loads images by their path before they are preprocessed, so it takes paths only.");
        return (row, column) => row.Set(column, path);
    }

    /// <summary>A vector without a direction or with NaN says that something could not be used; a model that skips such rows does not throw itself.</summary>
    private static float[] Check(float[] embedding, string what)
    {
        foreach (var value in embedding)
        {
            if (!float.IsFinite(value))
                throw new InvalidDataException($"{what} has no usable embedding: it holds {value}.");
        }

        return embedding;
    }

    private ModelClassifier CreateClassifier(IReadOnlyList<string> names, ClassifyZeroShotOptions options)
    {
        var classes = ZeroShotClasses.FromPrompts(names, options.Templates, new PromptEncoder(texts => [.. texts.Select(EmbedText)]));
        var schema = CreateSchema(ImageColumn);
        var transformer = _context.Transforms.ClassifyZeroShot(ImageColumn, classes, options with { LabelColumnName = null }).Fit(new EmptyRows(schema));
        return new ModelClassifier(transformer, new ModelEngine<VBuffer<float>>(((ITransformer)transformer).GetRowToRowMapper(schema), [ImageColumn], options.ScoreColumnName));
    }

    private ModelEngine<float> CreateScore()
    {
        var schema = CreateSchema(ImageColumn, TextColumn);
        var options = new ScoreCaptionsOptions { Kind = Fingerprint is null ? CaptionScoreKind.ClipS : CaptionScoreKind.I0TS };
        ITransformer transformer = _context.Transforms.ScoreCaptions(ImageColumn, TextColumn, options).Fit(new EmptyRows(schema));
        return new ModelEngine<float>(transformer.GetRowToRowMapper(schema), [ImageColumn, TextColumn], options.ScoreColumnName);
    }

    /// <summary>Columns of embeddings of this model.</summary>
    private DataViewSchema CreateSchema(params string[] columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach (var column in columns)
            builder.AddColumn(column, new VectorDataViewType(NumberDataViewType.Single, Dimension));
        return builder.ToSchema();
    }

    /// <summary>A data view without rows: what is fitted here looks at the schema only.</summary>
    private sealed class EmptyRows(DataViewSchema schema) : IDataView
    {
        public bool CanShuffle => false;

        public DataViewSchema Schema => schema;

        public long? GetRowCount() => 0;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => throw new NotSupportedException();

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => throw new NotSupportedException();
    }
}
