using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The library's pipeline from items to embeddings.</summary>
internal sealed class ItemEncoder : IDisposable
{
    private const string ItemColumn = "item";
    private const string EmbeddingColumn = "embedding";

    private readonly MLContext _ml;
    private readonly EmbeddingItems _items;
    private readonly string _modelFolder;
    private readonly TransformerChain<ITransformer> _pipeline;
    private readonly EncodeWithOnnxTransformer _encoder;

    private ItemEncoder(MLContext ml, EmbeddingItems items, string modelFolder, TransformerChain<ITransformer> pipeline)
    {
        (_ml, _items, _modelFolder, _pipeline) = (ml, items, modelFolder, pipeline);
        _encoder = pipeline.OfType<EncodeWithOnnxTransformer>().Single();
    }

    internal int Dimension => _encoder.Dimension;

    /// <summary>How many are encoded at once: as asked for, or as the model has it.</summary>
    internal int BatchSize => _encoder.BatchSize;

    internal static ItemEncoder Open(MLContext ml, EmbeddingItems items, string modelFolder, EncodeWithOnnxOptions options, EncoderChoices choices)
    {
        var view = new ItemsDataView(items.Items, ItemColumn, 0, items.Items.Count, CancellationToken.None);
        options = choices.Apply(options, items.IsImages);
        IEstimator<TransformerChain<ITransformer>> estimator = items.IsImages
            ? ml.Transforms.EmbedClipImages(
                EmbeddingColumn,
                ItemColumn,
                modelFolder,
                new EmbedClipImagesOptions { ImageFolder = items.Folder, UnusableRows = UnusableRows.Skip, Encoder = options, ApplyExifOrientation = items.AppliesExif })
            : ml.Transforms.EmbedClipText(EmbeddingColumn, ItemColumn, modelFolder, new EmbedClipTextOptions { Encoder = options, Tokenizer = choices.Tokenizer });
        try
        {
            return new ItemEncoder(ml, items, modelFolder, estimator.Fit(view));
        }
        catch (InvalidOperationException exception) when (options.GpuDeviceId is not null)
        {
            throw new UsageException(ErrorReport.GetMessage(exception));
        }
    }

    /// <summary>Encodes the items from one on.</summary>
    /// <param name="start">The first.</param>
    /// <param name="accept">Called for each in order with its number and its embedding, which is empty where there is none: the image cannot be used.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal void Encode(int start, Accept accept, CancellationToken cancellationToken)
    {
        var data = _pipeline.Transform(new ItemsDataView(_items.Items, ItemColumn, start, _items.Items.Count, cancellationToken));
        var column = data.Schema[EmbeddingColumn];
        var validColumn = data.Schema.GetColumnOrNull($"{EmbeddingColumn}.IsValid");
        using var cursor = data.GetRowCursor(validColumn is { } needed ? [column, needed] : [column]);
        var getEmbedding = cursor.GetGetter<VBuffer<float>>(column);
        var getValid = validColumn is { } valid ? cursor.GetGetter<bool>(valid) : null;
        VBuffer<float> embedding = default;
        for (var item = start; cursor.MoveNext(); item++)
        {
            var isValid = true;
            getValid?.Invoke(ref isValid);
            getEmbedding(ref embedding);
            accept(item, isValid ? embedding.GetValues() : []);
        }
    }

    /// <summary>Why an image cannot be used: it is read once more, and this time it may fail.</summary>
    internal string Explain(int item)
    {
        var options = new PreprocessClipImagesOptions { Preprocessing = ClipModelFolder.ReadPreprocessing(_modelFolder), ImageFolder = _items.Folder };
        var view = new ItemsDataView(_items.Items, ItemColumn, item, item + 1, CancellationToken.None);
        var prefix = $"Column '{ItemColumn}', row {item}: ";
        try
        {
            var pixels = _ml.Transforms.PreprocessClipImages(EmbeddingColumn, ItemColumn, options).Fit(view).Transform(view);
            using var cursor = pixels.GetRowCursor([pixels.Schema[EmbeddingColumn]]);
            var getter = cursor.GetGetter<VBuffer<float>>(pixels.Schema[EmbeddingColumn]);
            VBuffer<float> values = default;
            cursor.MoveNext();
            getter(ref values);
            return $"the image '{_items.Items[item]}' could not be used when it was read first";
        }
        catch (Exception exception) when (ErrorReport.Unwrap(exception) is InvalidDataException or IOException)
        {
            var message = ErrorReport.GetMessage(ErrorReport.Unwrap(exception));
            return (message.StartsWith(prefix, StringComparison.Ordinal) ? message[prefix.Length..] : message).TrimEnd('.');
        }
    }

    public void Dispose() => _pipeline.Dispose();

    internal delegate void Accept(int item, ReadOnlySpan<float> embedding);
}
