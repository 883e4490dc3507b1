using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Encodes data sets with one model, by way of the cache.</summary>
internal sealed class DataEncoder : IDisposable
{
    // What is lost at most when a run is killed.
    private const int ImagesAtOnce = 128;
    private const int TextsAtOnce = 1_024;
    private const string Item = "Item";
    private const string Output = "Embedding";

    private readonly MLContext _ml;
    private readonly BenchmarkModel _model;
    private readonly EmbeddingCache _imageCache;
    private readonly EmbeddingCache _textCache;
    private readonly ImageChecksums _checksums;
    private readonly EncodeWithOnnxOptions _options;
    private readonly Lazy<ITransformer> _images;
    private readonly Lazy<ITransformer> _texts;

    internal DataEncoder(MLContext ml, BenchmarkModel model, string cacheFolder, ImageChecksums checksums, EncodeWithOnnxOptions options, CancellationToken cancellationToken)
    {
        (_ml, _model, _checksums, _options) = (ml, model, checksums, options with { EmbedModel = false });
        ImageFingerprint = Fingerprint(isImages: true);
        TextFingerprint = Fingerprint(isImages: false);
        (_imageCache, _textCache) = (new(cacheFolder, ImageFingerprint), new(cacheFolder, TextFingerprint));
        _images = new(() => new EmbedClipImagesEstimator(ml, Output, Item, model.Folder, new EmbedClipImagesOptions { UnusableRows = UnusableRows.Skip, Encoder = _options }).Fit(LoadImages([], [], new())));
        _texts = new(() => new EmbedClipTextEstimator(ml, Output, Item, model.Folder, new EmbedClipTextOptions { Encoder = _options }).Fit(LoadTexts([])));

        string Fingerprint(bool isImages) => ModelFolderFiles.ComputeFingerprint(ModelFolderFiles.Find(model.Folder, isImages), "", cancellationToken.ThrowIfCancellationRequested);
    }

    internal string ImageFingerprint { get; }

    internal string TextFingerprint { get; }

    /// <summary>Encodes what is not in the cache yet.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="progress">Told the share of items that are done.</param>
    /// <param name="cancellationToken">Stops it between chunks.</param>
    /// <exception cref="InvalidDataException">No image can be used, the two towers have different dimensions, or a text has no embedding.</exception>
    internal EncodedData Encode(BenchmarkData data, IProgress<double> progress, CancellationToken cancellationToken)
    {
        if (data.Images.Count == 0)
            throw new InvalidDataException($"The data set '{data.Name}' has no images.");
        var total = Math.Max(1.0, data.Images.Count + data.Texts.Count);
        var keys = new List<string>();
        var (images, defects) = Encode(
            _imageCache, data.Images, ImagesAtOnce, images => _checksums.Get(images.Select(image => image.Content)), EncodeImages, keys, done => progress.Report(done / total), cancellationToken);
        var (texts, textDefects) = Encode(
            _textCache, data.Texts, TextsAtOnce, texts => texts, EncodeTexts, keys, done => progress.Report((data.Images.Count + done) / total), cancellationToken);
        if (textDefects.Count > 0)
            throw new InvalidDataException($"The model '{_model.Name}' makes nothing of the text '{data.Texts[textDefects[0].Row]}' of '{data.Name}': {textDefects[0].Reason}.");
        if (defects.Count == data.Images.Count)
            throw new InvalidDataException($"None of the {data.Images.Count} images of '{data.Name}' could be encoded by '{_model.Name}'. The first, '{data.Images[0].Id}': {defects[0].Reason}.");
        if (texts.Count > 0 && images.Dimension != texts.Dimension)
            throw new InvalidDataException($"The model '{_model.Name}' makes {images.Dimension} dimensions of an image and {texts.Dimension} of a text, which cannot be compared.");

        if (defects.Count > 0)
        {
            var broken = defects.Select(defect => defect.Row).ToHashSet();
            var finding = new BenchmarkFinding(
                data.Name, $"image that '{_model.Name}' cannot use", defects.Count, [.. defects.Take(20).Select(defect => $"{data.Images[defect.Row].Id}: {defect.Reason}")]);
            images = images.Take([.. Enumerable.Range(0, images.Count).Where(row => !broken.Contains(row))]);
            var order = data.Texts;
            data = data.Keep(image => !broken.Contains(image)) with { Findings = [.. data.Findings, finding] };

            // Texts that belonged to broken images alone are gone, and the others may have other places.
            var places = order.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
            texts = texts.Take([.. data.Texts.Select(text => places[text])]);
        }

        return new EncodedData(data, images, texts, Ensemble(data, texts), EmbeddingCache.GetKey(Describe(data), [ImageFingerprint, TextFingerprint, .. keys]));
    }

    public void Dispose()
    {
        foreach (var pipeline in new[] { _images, _texts }.Where(pipeline => pipeline.IsValueCreated))
            (pipeline.Value as IDisposable)?.Dispose();
    }

    /// <summary>The mean of a class's unit sentences, as <see cref="ZeroShotClasses"/> has it.</summary>
    private static Embeddings? Ensemble(BenchmarkData data, Embeddings texts)
    {
        if (data.Classes is not { Prompts.Count: > 0 } classes)
            return null;
        var values = new float[classes.Names.Count * texts.Dimension];
        for (var i = 0; i < classes.Names.Count; i++)
            ZeroShotClasses.Ensemble(classes.Names[i], [.. classes.Prompts[i].Select(prompt => texts[prompt].ToArray())], 0, classes.Prompts[i].Count).CopyTo(values, i * texts.Dimension);
        return new Embeddings(values, texts.Dimension);
    }

    /// <summary>All of a data set that decides on measures, beside its images and texts themselves.</summary>
    private static string Describe(BenchmarkData data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(FormattableString text) => hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant(text) + "\n"));
        foreach (var image in data.Images)
            Add($"i{image.Id}|{image.Part}|{image.Class}");
        foreach (var caption in data.Captions)
            Add($"c{caption.Image}|{caption.Text}");
        foreach (var rating in data.Ratings)
            Add($"r{rating.Image}|{rating.Text}|{string.Join(' ', rating.Marks.Select(mark => mark.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))}");
        foreach (var preference in data.Preferences)
            Add($"p{preference.Image}|{preference.First}|{preference.Second}|{preference.Preference}|{preference.Category}");
        for (var i = 0; i < data.Classes?.Names.Count; i++)
            Add($"k{data.Classes.Names[i]}|{string.Join(' ', data.Classes.Prompts.ElementAtOrDefault(i) ?? [])}");
        foreach (var document in data.Search is null ? [] : data.Search.Queries.Concat(data.Search.Documents))
            Add($"d{document.Id}|{document.Image}|{document.Text}");
        foreach (var judgement in data.Search?.Judgements ?? [])
            Add($"j{judgement.QueryId}|{judgement.DocumentId}|{judgement.Grade}");
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static (Embeddings Rows, List<(int Row, string Reason)> Defects) Encode<T>(
        EmbeddingCache cache,
        IReadOnlyList<T> items,
        int atOnce,
        Func<IReadOnlyList<T>, IReadOnlyList<string>> getKeys,
        Func<IReadOnlyList<T>, IReadOnlyList<string>, EncodedChunk> encode,
        List<string> keys,
        Action<int> report,
        CancellationToken cancellationToken)
    {
        float[] values = [];
        var dimension = 1;
        var defects = new List<(int, string)>();
        for (var first = 0; first < items.Count; first += atOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            T[] chunk = [.. items.Skip(first).Take(atOnce)];
            var known = getKeys(chunk);
            keys.AddRange(known);
            var encoded = cache.Get(known, places => encode([.. places.Select(place => chunk[place])], [.. places.Select(place => known[place])]));
            if (first == 0)
                (dimension, values) = (encoded.Dimension, new float[(long)items.Count * encoded.Dimension]);
            encoded.Values.CopyTo(values, first * dimension);
            defects.AddRange(encoded.Defects.Select(defect => (first + defect.Row, defect.Reason)));
            report(first + chunk.Length);
        }

        return (new Embeddings(values, dimension), defects);
    }

    private EncodedChunk EncodeImages(IReadOnlyList<DataImage> images, IReadOnlyList<string> checksums)
    {
        var unread = new ConcurrentDictionary<int, string>();
        return Read(_images.Value.Transform(LoadImages(images, checksums, unread)), images.Count, row => unread.GetValueOrDefault(row) ?? Explain(images[row]));
    }

    private EncodedChunk EncodeTexts(IReadOnlyList<string> texts, IReadOnlyList<string> keys) => Read(_texts.Value.Transform(LoadTexts(texts)), texts.Count, _ => "it has no embedding");

    private static EncodedChunk Read(IDataView encoded, int count, Func<int, string> explain)
    {
        var column = encoded.Schema[Output];
        var validColumn = encoded.Schema.GetColumnOrNull($"{Output}.IsValid");
        using var cursor = encoded.GetRowCursor(validColumn is { } needed ? [column, needed] : [column]);
        var getEmbedding = cursor.GetGetter<VBuffer<float>>(column);
        var getValid = validColumn is { } valid ? cursor.GetGetter<bool>(valid) : null;
        VBuffer<float> embedding = default;
        var (values, dimension) = (Array.Empty<float>(), 0);
        var defects = new List<(int, string)>();
        for (var row = 0; cursor.MoveNext(); row++)
        {
            var isValid = true;
            getValid?.Invoke(ref isValid);
            getEmbedding(ref embedding);
            if (row == 0)
                (dimension, values) = (embedding.Length, new float[count * embedding.Length]);
            var place = values.AsSpan(row * dimension, dimension);
            embedding.CopyTo(place);
            if (!isValid)
                defects.Add((row, explain(row)));
            else if (RowDefects.Find(place, zeroNormIsDefect: true) is not RowDefect.None and var defect)
                defects.Add((row, $"the encoder makes {RowDefects.Describe(defect, place, dimension)} of it"));
            if (!isValid || defects.Count > 0 && defects[^1].Item1 == row)
                place.Clear();
        }

        return new EncodedChunk(dimension, values, defects);
    }

    /// <summary>Why an image cannot be used: it is read once more, and this time it may fail.</summary>
    private static string Explain(DataImage image)
    {
        try
        {
            var options = PreprocessClipImagesOptions.Default;
            new ClipImageDecoder(options.MaximumPixels, options.Preprocessing.ApplyExifOrientation).Decode(image.Content.Read());
            return "it could not be used when it was read first";
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            return exception.Message.TrimEnd('.');
        }
    }

    private IDataView LoadImages(IReadOnlyList<DataImage> images, IReadOnlyList<string> checksums, ConcurrentDictionary<int, string> unread)
    {
        IEnumerable<ContentRow> Read()
        {
            for (var row = 0; row < images.Count; row++)
            {
                byte[]? content = null;
                try
                {
                    content = images[row].Content.Read();
                }
                catch (IOException exception)
                {
                    unread[row] = $"it cannot be read: {exception.Message.TrimEnd('.')}";
                }

                if (content is not null && ImageContent.GetChecksum(content) != checksums[row])
                    throw new IOException($"'{images[row].Id}' changed while it was read. Run it again once it is written.");
                yield return new ContentRow { Item = content ?? [] };
            }
        }

        return _ml.Data.LoadFromEnumerable(Read());
    }

    private IDataView LoadTexts(IReadOnlyList<string> texts) => _ml.Data.LoadFromEnumerable(texts.Select(text => new TextRow { Item = text }));

    private sealed class ContentRow
    {
        public byte[] Item { get; set; } = [];
    }

    private sealed class TextRow
    {
        public string Item { get; set; } = "";
    }
}
