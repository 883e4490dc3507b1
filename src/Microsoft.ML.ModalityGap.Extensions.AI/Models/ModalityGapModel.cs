using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A saved model as an application uses it, without row classes, columns or prediction engines: embeds texts and images, searches its index, classifies images and scores captions.
/// </summary>
/// <remarks>
/// <para>Opens what <c>mlContext.Model.Save</c> stored of a chain with encoders (<c>EmbedClipText</c>, <c>EmbedClipImages</c>) and whatever comes behind them: maps, an index (<c>RetrieveNearest</c>), a classifier
/// (<c>ClassifyZeroShot</c>), caption scores (<c>ScoreCaptions</c>). Or a file of maps alone, as <c>modality-gap fit</c> writes it, with the encoders' folder:
/// <see cref="ModalityGapModelOptions.EncoderFolder"/>.</para>
/// <para>Only the columns are read that an answer depends on: a text is embedded by a model that has an image column, too, and the other way round. Where embeddings come through maps, they are those behind the maps.</para>
/// <para>Thread-safe: share one, and dispose it at the end. Each thread that asks at the same time has buffers of its own, which wait for the next.</para>
/// </remarks>
/// <example>
/// <code>
/// using var model = ModalityGapModel.Load("map.zip", new() { EncoderFolder = "clip-vit-base-patch32", IndexPath = "photos.index" });
/// foreach (var neighbor in model.Search("a red star", k: 5))
///     Console.WriteLine($"{neighbor.Id} {neighbor.Score}");
/// </code>
/// </example>
public sealed partial class ModalityGapModel : IDisposable
{
    private readonly MLContext _context = new();
    private readonly ITransformer _model;
    private readonly bool _imageIsPath;
    private readonly ModelEngine<VBuffer<float>>? _texts;
    private readonly ModelEngine<VBuffer<float>>? _images;
    private readonly ModelClassifier? _classifier;
    private readonly ModelClassifiers _classifiers = new();
    private readonly ModelEngine<float>? _score;
    private readonly Lazy<ModelEngine<float>> _scoreOfEmbeddings;
    private readonly string? _queryModalityOfTexts;
    private readonly string? _queryModalityOfImages;

    private ModalityGapModel(ModelParts parts, string name, ModalityGapModelOptions options, EmbeddingIndex? index)
    {
        _model = parts.Model;
        var transformers = ModelPath.Flatten(_model);
        var (text, image) = ModelPath.Find(transformers);
        if (text is null && image is null)
        {
            throw new InvalidDataException(transformers is [EmbeddingMapTransformer]
                ? $"{name} holds maps but no encoder. Say by {nameof(ModalityGapModelOptions.EncoderFolder)} which CLIP export makes the embeddings."
                : $"{name} holds no encoder of texts or images (EmbedClipText, EmbedClipImages).");
        }

        var (model, schema) = parts.TakeImagesAsBytes(image);
        var mapper = Bind(model, schema, name);
        if (text is not null)
            _texts = new ModelEngine<VBuffer<float>>(mapper, [FindInput(mapper, text)], text.EmbeddingColumnName);
        if (image is not null)
        {
            _images = new ModelEngine<VBuffer<float>>(mapper, [FindInput(mapper, image)], image.EmbeddingColumnName);
            _imageIsPath = schema[FindInput(mapper, image)].Type is TextDataViewType;
        }

        Dimension = ((VectorDataViewType)(_texts ?? _images)!.Output.Type).Size;
        Fingerprint = JoinFingerprints(name);
        Index = index ?? transformers.OfType<RetrieveNearestTransformer>().LastOrDefault()?.Index;
        CheckIndex(name);
        _queryModalityOfTexts = ChooseQueryModality(options.TextModality, text);
        _queryModalityOfImages = ChooseQueryModality(options.ImageModality, image);

        if (_images is not null && transformers.OfType<ClassifyZeroShotTransformer>().LastOrDefault() is { } classifier)
            _classifier = new ModelClassifier(classifier, new ModelEngine<VBuffer<float>>(mapper, [FindInput(mapper, image!)], classifier.Options.ScoreColumnName));
        if (_texts is not null && _images is not null && transformers.OfType<ScoreCaptionsTransformer>().LastOrDefault() is { Options.ReferenceColumnNames.Count: 0 } scorer)
            _score = new ModelEngine<float>(mapper, [FindInput(mapper, image!), FindInput(mapper, text!)], scorer.Options.ScoreColumnName);
        _scoreOfEmbeddings = new Lazy<ModelEngine<float>>(CreateScore);
    }

    /// <summary>The number of dimensions of embeddings.</summary>
    public int Dimension { get; }

    /// <summary>The fingerprint of the maps that embeddings come through (<see cref="EmbeddingMapTransformer.Fingerprint"/>), to be stored beside vectors; <see langword="null"/> where there are none.</summary>
    public string? Fingerprint { get; }

    /// <summary>Whether the model encodes texts.</summary>
    public bool EmbedsTexts => _texts is not null;

    /// <summary>Whether the model encodes images.</summary>
    public bool EmbedsImages => _images is not null;

    /// <summary>The index that is searched; <see langword="null"/> where there is none. Rows added to it are found from then on.</summary>
    public EmbeddingIndex? Index { get; }

    /// <summary>The classes of the model's own classifier; none where it has none, and classes are named with each call.</summary>
    public IReadOnlyList<string> Classes => _classifier?.Names ?? [];

    /// <summary>Opens a saved model.</summary>
    /// <param name="path">The file: of <c>mlContext.Model.Save</c>, or of <c>modality-gap fit</c> with <see cref="ModalityGapModelOptions.EncoderFolder"/>.</param>
    /// <param name="options">What the file does not hold; <see langword="null"/> where it holds all.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or the encoder folder lacks one.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such encoder folder.</exception>
    /// <exception cref="InvalidDataException">The file is no model, holds no encoder, or was saved without the schema of its input; or model and index do not belong together.</exception>
    /// <exception cref="ArgumentException">The options name a modality that the maps do not have.</exception>
    public static ModalityGapModel Load(string path, ModalityGapModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= ModalityGapModelOptions.Default;
        if (!File.Exists(path))
            throw new FileNotFoundException($"The model '{path}' does not exist.", path);
        var index = options.IndexPath is { } indexPath ? EmbeddingIndex.Load(indexPath) : null;
        var parts = ModelParts.Load(new MLContext(), path, options);
        try
        {
            return new ModalityGapModel(parts, $"'{path}'", options, index);
        }
        catch
        {
            (parts.Model as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <summary>Takes a model that is in memory, such as one that was fitted just now.</summary>
    /// <param name="model">The model; disposed with this one.</param>
    /// <param name="inputSchema">The schema of its input.</param>
    /// <param name="index">The index to search; <see langword="null"/> for the one inside the model, where there is one.</param>
    /// <exception cref="InvalidDataException">It holds no encoder, or model and index do not belong together.</exception>
    public static ModalityGapModel Create(ITransformer model, DataViewSchema inputSchema, EmbeddingIndex? index = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new ModalityGapModel(new ModelParts(model, inputSchema), "The model", ModalityGapModelOptions.Default, index);
    }

    /// <summary>The embedding of a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns><see cref="Dimension"/> values, behind the map where there is one.</returns>
    /// <exception cref="InvalidOperationException">The model encodes no texts.</exception>
    /// <exception cref="InvalidDataException">The text has no usable embedding.</exception>
    /// <exception cref="ObjectDisposedException">The model is closed.</exception>
    public float[] EmbedText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Check(Need(_texts, "texts").Run((row, columns) => row.Set(columns[0], text), value => value.DenseValues().ToArray()), $"The text «{text}»");
    }

    /// <summary>The embedding of an image.</summary>
    /// <param name="image">Its path, content or stream.</param>
    /// <returns><see cref="Dimension"/> values, behind the map where there is one.</returns>
    /// <exception cref="InvalidOperationException">The model encodes no images, or takes paths only and something else was given.</exception>
    /// <exception cref="InvalidDataException">The image cannot be decoded.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ObjectDisposedException">The model is closed.</exception>
    public float[] EmbedImage(ModelImage image)
    {
        var set = SetImage(image);
        return Check(Need(_images, "images").Run((row, columns) => set(row, columns[0]), value => value.DenseValues().ToArray()), $"The image ({image})");
    }

    /// <summary>The nearest rows of the index for a text.</summary>
    /// <param name="text">The query.</param>
    /// <param name="k">How many, at least 1.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults. The fingerprint and, with a correction, the modality of the query are the model's.</param>
    /// <returns>The neighbours, nearest first.</returns>
    /// <exception cref="InvalidOperationException">The model encodes no texts, or there is no index.</exception>
    /// <exception cref="ArgumentException">The options name a modality that the index does not have.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    public IReadOnlyList<Neighbor> Search(string text, int k = 10, SearchOptions? options = null)
    {
        var index = NeedIndex();
        return index.Search(EmbedText(text), k, Complete(options, _queryModalityOfTexts));
    }

    /// <summary>The nearest rows of the index for an image.</summary>
    /// <param name="image">The query: its path, content or stream.</param>
    /// <param name="k">How many, at least 1.</param>
    /// <param name="options">Options; <see langword="null"/> for the defaults. The fingerprint and, with a correction, the modality of the query are the model's.</param>
    /// <returns>The neighbours, nearest first.</returns>
    /// <exception cref="InvalidOperationException">The model encodes no images, or there is no index.</exception>
    /// <exception cref="ArgumentException">The options name a modality that the index does not have.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    /// <exception cref="InvalidDataException">The image cannot be decoded.</exception>
    public IReadOnlyList<Neighbor> SearchByImage(ModelImage image, int k = 10, SearchOptions? options = null)
    {
        var index = NeedIndex();
        return index.Search(EmbedImage(image), k, Complete(options, _queryModalityOfImages));
    }

    /// <summary>Says of which of the model's own classes an image is.</summary>
    /// <param name="image">The image: its path, content or stream.</param>
    /// <returns>All classes, the likeliest first.</returns>
    /// <exception cref="InvalidOperationException">The model has no classifier; name classes.</exception>
    /// <exception cref="InvalidDataException">The image cannot be decoded.</exception>
    public IReadOnlyList<ClassPrediction> Classify(ModelImage image)
    {
        var classifier = _classifier ?? throw new InvalidOperationException("The model has no classifier of its own (ClassifyZeroShot). Name the classes.");
        var set = SetImage(image);
        return classifier.Classify((row, columns) => set(row, columns[0]), $"The image ({image})");
    }

    /// <summary>Says of which of some classes an image is, by the classes' names.</summary>
    /// <param name="image">The image: its path, content or stream.</param>
    /// <param name="classNames">The classes, at least two unless the options say multi-label. Their embeddings are kept for the next image, of the last 64 lists.</param>
    /// <param name="options">Templates, logit scale, multi-label thresholds; <see langword="null"/> for the defaults. Maps are the model's own.</param>
    /// <returns>All classes, the likeliest first.</returns>
    /// <exception cref="InvalidOperationException">The model does not encode both texts and images.</exception>
    /// <exception cref="ArgumentException">There is no class, one alone, or an empty name; or the options bring maps or a cache.</exception>
    /// <exception cref="InvalidDataException">The image cannot be decoded.</exception>
    public IReadOnlyList<ClassPrediction> Classify(ModelImage image, IReadOnlyList<string> classNames, ClassifyZeroShotOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        options ??= ClassifyZeroShotOptions.Default;
        if (options.ImageMap is not null || options.TextMap is not null || options.Cache is not null)
            throw new ArgumentException("The model brings its maps itself, and has no rows to keep a cache of.", nameof(options));
        Need(_texts, "texts");
        var embedding = EmbedImage(image);
        return _classifiers.Get(classNames, options, CreateClassifier).Classify((row, columns) => row.Set<float>(columns[0], embedding), $"The image ({image})");
    }

    /// <summary>
    /// How well a caption describes an image: by the model's own <c>ScoreCaptions</c> where it has one (without references), otherwise I0T-S behind maps and CLIP-S without; see <see cref="CaptionScoreKind"/>.
    /// </summary>
    /// <param name="image">The image: its path, content or stream.</param>
    /// <param name="caption">The caption.</param>
    /// <exception cref="InvalidOperationException">The model does not encode both texts and images.</exception>
    /// <exception cref="InvalidDataException">The image cannot be decoded.</exception>
    public float Score(ModelImage image, string caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        Need(_texts, "texts");
        Need(_images, "images");
        if (_score is not null)
        {
            var set = SetImage(image);
            return _score.Run(
                (row, columns) =>
                {
                    set(row, columns[0]);
                    row.Set(columns[1], caption);
                },
                value => value);
        }

        var (first, second) = (EmbedImage(image), EmbedText(caption));
        return _scoreOfEmbeddings.Value.Run(
            (row, columns) =>
            {
                row.Set<float>(columns[0], first);
                row.Set<float>(columns[1], second);
            },
            value => value);
    }

    /// <summary>What it embeds, through which maps, and what it searches and classifies.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{nameof(ModalityGapModel)} of {(_texts is null ? "images" : _images is null ? "texts" : "images and texts")}, {Dimension} dimensions, {(Fingerprint is null ? "no maps" : $"fingerprint {Fingerprint}")}{(Index is null ? "" : $", an index of {Index.Count} rows")}{(_classifier is null ? "" : $", {_classifier.Names.Count} classes")}");

    /// <summary>Closes the model. What is asked afterwards fails with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _texts?.Dispose();
        _images?.Dispose();
        _classifier?.Dispose();
        _classifiers.Dispose();
        _score?.Dispose();
        if (_scoreOfEmbeddings.IsValueCreated)
            _scoreOfEmbeddings.Value.Dispose();
        (_model as IDisposable)?.Dispose();
    }
}
