using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap;

namespace SearchService;

/// <summary>Makes a gallery: encodes the pairs, fits the correction, and saves models and indexes into a folder that appears when it is complete.</summary>
internal sealed class GalleryBuilder(MLContext ml, SourcePairs source)
{
    private const string Raw = nameof(QueryEmbedding.Raw), Closed = nameof(QueryEmbedding.Closed);

    // So many captions at most are told apart to fit how sure the classifier may be.
    private const int CalibrationCount = 200;

    // The page offers the shortest captions to begin with.
    private const int ExampleCount = 4;

    /// <exception cref="IOException">The folder is there already, or cannot be written.</exception>
    internal void Build(string folder)
    {
        var target = Path.GetFullPath(folder);
        if (Directory.Exists(target))
            throw new IOException($"The folder '{folder}' is there already; galleries are not mixed.");
        var parent = Directory.CreateDirectory(Path.GetDirectoryName(target)!).FullName;
        UnfinishedGallery.Sweep(parent, Path.GetFileName(target));
        using var unfinished = UnfinishedGallery.Create(parent, Path.GetFileName(target));
        Write(unfinished.Folder);
        unfinished.MoveTo(target);
    }

    private void Write(string folder)
    {
        using var images = ml.Transforms.EmbedClipImages(Raw, nameof(ImageQuery.Image), source.ModelFolder).Fit(Load<ImageQuery>([]));
        using var texts = ml.Transforms.EmbedClipText(Raw, nameof(TextQuery.Text), source.ModelFolder).Fit(Load<TextQuery>([]));

        // One model: maps that bring images and texts together, and the correction that puts their scores on one scale and says how probable a match is.
        var pairs = Read(images, source.Fit.Select(ToImage)).Zip(Read(texts, source.Fit.Select(ToText)), (image, text) => (Image: image.Raw, Text: text.Raw)).ToArray();
        var maps = ml.Transforms.CorrectSimilarities("image", "text").Fit(ml.ModalityGap().LoadFromEnumerable(pairs, ("image", pair => pair.Image), ("text", pair => pair.Text)));

        // The models a query goes through, encoder included, with both columns: raw to compare with, closed to search by.
        var columns = ModalityColumns.PerColumn(new InputOutputColumnPair(Closed, Raw));
        var (imageModel, textModel) = (images.Append(maps.ForColumns(columns, "image")), texts.Append(maps.ForColumns(columns, "text")));
        ml.Model.Save(imageModel, Load<ImageQuery>([]).Schema, Path.Combine(folder, GalleryFile.ImageModel));
        ml.Model.Save(textModel, Load<TextQuery>([]).Schema, Path.Combine(folder, GalleryFile.TextModel));

        var shownImages = Read(imageModel, source.Shown.Select(ToImage));
        var shownTexts = Read(textModel, source.Shown.Select(ToText));
        CreateIndex(maps.Fingerprint, maps.Correction, row => row.Closed).Save(Path.Combine(folder, GalleryFile.ClosedIndex));
        CreateIndex(null, null, row => row.Raw).Save(Path.Combine(folder, GalleryFile.RawIndex));

        var imageFolder = Directory.CreateDirectory(Path.Combine(folder, GalleryFile.Images)).FullName;
        foreach (var pair in source.Shown)
            File.WriteAllBytes(Path.Combine(imageFolder, pair.FileName), pair.Image);
        var items = source.Shown.SelectMany((pair, i) => new KeyValuePair<string, GalleryItem>[]
        {
            new($"image-{i}", new GalleryItem("image", pair.Caption, pair.FileName)), new($"text-{i}", new GalleryItem("text", pair.Caption, Image: null)),
        });
        var description = new GalleryFile(
            source.Name, FitLogitScale(imageModel, textModel), source.Classes, [.. source.Shown.Select(pair => pair.Caption).Distinct(StringComparer.Ordinal).OrderBy(caption => caption.Length).Take(ExampleCount)], items.ToDictionary(StringComparer.Ordinal));
        File.WriteAllText(Path.Combine(folder, GalleryFile.Description), JsonSerializer.Serialize(description));

        EmbeddingIndex CreateIndex(string? fingerprint, SimilarityCorrection? correction, Func<QueryEmbedding, float[]> choose)
        {
            var index = new EmbeddingIndex(choose(shownImages[0]).Length, new EmbeddingIndexOptions { Correction = correction }, fingerprint);
            for (var i = 0; i < shownImages.Length; i++)
            {
                index.Add($"image-{i}", choose(shownImages[i]), "image");
                index.Add($"text-{i}", choose(shownTexts[i]), "text");
            }

            return index;
        }
    }

    /// <summary>How sure the classifier may be: the scale under which each image is best told which of the captions is its own.</summary>
    private float FitLogitScale(ITransformer imageModel, ITransformer textModel)
    {
        var pairs = source.Fit.DistinctBy(pair => pair.Caption).Take(CalibrationCount).ToArray();
        if (pairs.Length < 2)
            return ClassifyZeroShotOptions.Default.LogitScale;
        var classes = new ZeroShotClasses([.. pairs.Select(pair => pair.Caption)], [.. Read(textModel, pairs.Select(ToText)).Select(row => row.Closed)]);
        var rows = Read(imageModel, pairs.Select(ToImage)).Zip(pairs, (row, pair) => new LabelledRow { Closed = row.Closed, Label = pair.Caption });
        var schema = SchemaDefinition.Create(typeof(LabelledRow));
        schema[nameof(LabelledRow.Closed)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, classes.Dimension);
        var data = ml.Data.LoadFromEnumerable(rows, schema);
        return ml.ModalityGap().CalibrateTemperature(ml.Transforms.ClassifyZeroShot(Closed, classes).Fit(data).Transform(data)).LogitScale;
    }

    private static ImageQuery ToImage(SourcePair pair) => new() { Image = pair.Image };

    private static TextQuery ToText(SourcePair pair) => new() { Text = pair.Caption };

    private IDataView Load<T>(IEnumerable<T> rows)
        where T : class => ml.Data.LoadFromEnumerable(rows);

    private QueryEmbedding[] Read<T>(ITransformer model, IEnumerable<T> rows)
        where T : class => [.. ml.Data.CreateEnumerable<QueryEmbedding>(model.Transform(Load(rows)), reuseRowObject: false, ignoreMissingColumns: true)];

    private sealed class LabelledRow
    {
        public float[] Closed { get; set; } = [];

        public string Label { get; set; } = "";
    }
}
