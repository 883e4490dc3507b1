using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace Microsoft.ML.ModalityGap.Tests.Clip;

[TestClass]
public sealed class PreprocessClipImagesTests
{
    private const int Rows = 12;

    private static readonly ClipImagePreprocessing _small = ClipImagePreprocessing.OpenAIClip with { Size = 8 };

    [TestMethod]
    public void PreprocessClipImages_OfBytesWithEverythingChanged_Conforms() =>
        ComponentConformance.Check(
            context => context.Transforms.PreprocessClipImages("Pixels", nameof(Row.Content), new PreprocessClipImagesOptions
            {
                UnusableRows = UnusableRows.Skip,
                ValidColumnName = "Fine",
                MaximumPixels = 500,
                ImageFolder = "nowhere",
                Preprocessing = new ClipImagePreprocessing
                {
                    Size = 7, Width = 6, Height = 9, ResizeMode = ClipResizeMode.LongestEdge, Resampling = ClipResampling.Bilinear, CropRounding = ClipCropRounding.Down,
                    RescaleFactor = 0.5, Mean = new RgbValues(1, 2, 3), StandardDeviation = new RgbValues(4, 5, 6), ApplyExifOrientation = true,
                },
            }),
            context => context.Data.LoadFromEnumerable(CreateRows()),
            [nameof(Row.Content)],
            ["Pixels", "Fine"]);

    [TestMethod]
    public void PreprocessClipImages_OfPaths_Conforms()
    {
        using var folder = new TemporaryFolder();
        var rows = CreateRows();
        foreach (var row in rows)
            File.WriteAllBytes(folder.File(row.Path), row.Content);
        ComponentConformance.Check(
            context => context.Transforms.PreprocessClipImages("Pixels", nameof(Row.Path), new PreprocessClipImagesOptions { ImageFolder = folder.Path, Preprocessing = _small }),
            context => context.Data.LoadFromEnumerable(rows),
            [nameof(Row.Path)],
            ["Pixels"]);
    }

    [TestMethod]
    public void PreprocessClipImages_OfAllInputTypes_GivesSamePixels()
    {
        using var folder = new TemporaryFolder();
        var rows = CreateRows(opaque: true);
        foreach (var row in rows)
            File.WriteAllBytes(folder.File(row.Path), row.Content);
        var context = new MLContext(seed: 1);
        var pipeline = context.Transforms.LoadImages("Image", folder.Path, nameof(Row.Path))
            .Append(context.Transforms.PreprocessClipImages("FromImage", "Image", _small))
            .Append(context.Transforms.PreprocessClipImages("FromBytes", nameof(Row.Content), _small))
            .Append(context.Transforms.PreprocessClipImages("FromPath", nameof(Row.Path), new PreprocessClipImagesOptions { ImageFolder = folder.Path, Preprocessing = _small }));
        var data = context.Data.LoadFromEnumerable(rows);

        var model = ComponentConformance.SaveAndLoad(pipeline.Fit(data), data.Schema, out _);

        var values = ColumnValues.Read(model.Transform(data), "FromImage", "FromBytes", "FromPath");
        Assert.HasCount(Rows, values);
        for (var row = 0; row < Rows; row++)
        {
            var expected = Preprocess(_small, Decoded(rows[row]), rows[row].Width, rows[row].Height);
            foreach (var actual in values[row])
                CollectionAssert.AreEqual(expected, (float[])actual, $"row {row}");
        }
    }

    [TestMethod]
    public void PreprocessClipImages_OfOwnImages_LeavesThemAlive()
    {
        var pixels = TestImages.CreateOpaquePixels(20, 10, seed: 1);
        using var image = MLImage.CreateFromPixels(20, 10, MLPixelFormat.Bgra32, pixels);
        var context = new MLContext(seed: 1);
        var data = context.Data.LoadFromEnumerable([new ImageRow { Image = image }, new ImageRow { Image = image }]);
        var output = context.Transforms.PreprocessClipImages("Pixels", nameof(ImageRow.Image), _small).Fit(data).Transform(data);

        var first = ColumnValues.Read(output, "Pixels");
        var second = ColumnValues.Read(output, "Pixels");

        Assert.AreEqual(20, image.Width);
        for (var i = 0; i < pixels.Length; i += 4)
            (pixels[i], pixels[i + 2]) = (pixels[i + 2], pixels[i]);
        foreach (var row in first.Concat(second))
            CollectionAssert.AreEqual(Preprocess(_small, pixels, 20, 10), (float[])row[0]);
    }

    [TestMethod]
    public void PreprocessClipImages_OfTransparentImage_DropsAlphaAndKeepsColours()
    {
        var pixels = TestImages.CreatePixels(30, 20, seed: 8);
        var actual = PreprocessBytes(TestImages.Encode(pixels, 30, 20));
        CollectionAssert.AreEqual(Preprocess(_small, pixels, 30, 20), actual);
    }

    [TestMethod]
    public void PreprocessClipImages_OfGreyImage_RepeatsGrey()
    {
        var grey = TestImages.CreatePixels(30, 5, seed: 9);
        var pixels = grey.SelectMany(value => new[] { value, value, value, byte.MaxValue }).ToArray();
        CollectionAssert.AreEqual(Preprocess(_small, pixels, 30, 20), PreprocessBytes(TestImages.EncodeGrey(grey, 30, 20)));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void PreprocessClipImages_OfPaletteImage_LooksColoursUp(bool transparent)
    {
        byte[] palette = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30];
        var random = new Random(10);
        var indices = Enumerable.Range(0, 600).Select(_ => (byte)random.Next(4)).ToArray();
        var pixels = indices.SelectMany(index => palette[(index * 3)..(index * 3 + 3)].Append(byte.MaxValue)).ToArray();
        var file = TestImages.EncodePalette(indices, 30, 20, palette, transparent ? [0, 100, 255, 1] : null);
        CollectionAssert.AreEqual(Preprocess(_small, pixels, 30, 20), PreprocessBytes(file));
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(6)]
    [DataRow(8)]
    public void PreprocessClipImages_WithExifOrientation_TurnsImageOnlyWhenAsked(int orientation)
    {
        // A smooth image, since JPEG is lossy: the file with orientation 1 is the oracle's source.
        var pixels = Enumerable.Range(0, 40 * 24).SelectMany(i => new[] { (byte)(i % 40 * 6), (byte)(i / 40 * 10), (byte)128, byte.MaxValue }).ToArray();
        var jpeg = TestImages.Encode(pixels, 40, 24, SKEncodedImageFormat.Jpeg);
        using var bitmap = SKBitmap.Decode(jpeg, new SKImageInfo(40, 24, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var stored = bitmap.Bytes;
        var oriented = TestImages.AddOrientation(jpeg, (byte)orientation);

        CollectionAssert.AreEqual(Preprocess(_small, stored, 40, 24), PreprocessBytes(oriented));

        // Rows and columns as EXIF defines them, pixel by pixel.
        var (width, height) = orientation == 3 ? (40, 24) : (24, 40);
        var seen = new byte[stored.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (column, row) = orientation switch { 3 => (39 - x, 23 - y), 6 => (y, 23 - x), _ => (39 - y, x) };
                stored.AsSpan((row * 40 + column) * 4, 4).CopyTo(seen.AsSpan((y * width + x) * 4));
            }
        }

        CollectionAssert.AreEqual(
            Preprocess(_small, seen, width, height),
            PreprocessBytes(oriented, new PreprocessClipImagesOptions { Preprocessing = _small with { ApplyExifOrientation = true } }));
    }

    [TestMethod]
    public void PredictionEngine_OfLoadedModel_EqualsTransform()
    {
        var context = new MLContext(seed: 1);
        var rows = CreateRows();
        var data = context.Data.LoadFromEnumerable(rows);
        var options = new PreprocessClipImagesOptions { Preprocessing = _small, UnusableRows = UnusableRows.Skip };
        var model = context.Transforms.PreprocessClipImages("Pixels", nameof(Row.Content), options).Fit(data);
        var expected = ColumnValues.Read(model.Transform(data), "Pixels");

        var loaded = ComponentConformance.SaveAndLoad(model, data.Schema, out _);
        using var engine = context.Model.CreatePredictionEngine<Row, Output>(loaded);

        for (var i = 0; i < Rows; i++)
        {
            var output = engine.Predict(rows[i]);
            CollectionAssert.AreEqual((float[])expected[i][0], output.Pixels);
            Assert.IsTrue(output.IsValid);
            var broken = engine.Predict(new Row { Content = [1, 2, 3] });
            Assert.IsFalse(broken.IsValid);
            Assert.IsTrue(broken.Pixels.All(pixel => pixel == 0));
        }
    }

    [TestMethod]
    public void Load_OfSavedModel_KeepsEveryOption()
    {
        var options = new PreprocessClipImagesOptions
        {
            ImageFolder = "images",
            MaximumPixels = 1234,
            UnusableRows = UnusableRows.Skip,
            ValidColumnName = "Fine",
            Preprocessing = new ClipImagePreprocessing
            {
                Size = 7, Width = 6, Height = 9, ResizeMode = ClipResizeMode.None, Resampling = ClipResampling.Bilinear, CropRounding = ClipCropRounding.Down,
                RescaleFactor = 0.5, Mean = new RgbValues(1, 2, 3), StandardDeviation = new RgbValues(4, 5, 6), ApplyExifOrientation = true,
            },
        };
        foreach (var expected in new[] { options, PreprocessClipImagesOptions.Default })
        {
            var context = new MLContext(seed: 1);
            var data = context.Data.LoadFromEnumerable(CreateRows());
            var model = context.Transforms.PreprocessClipImages("Pixels", nameof(Row.Content), expected).Fit(data);
            var loaded = (PreprocessClipImagesTransformer)ComponentConformance.SaveAndLoad(model, data.Schema, out _);
            Assert.AreEqual(expected, loaded.Options);
            Assert.AreEqual(("Pixels", nameof(Row.Content), model.ValidColumnName), (loaded.OutputColumnName, loaded.InputColumnName, loaded.ValidColumnName));
        }
    }

    [TestMethod]
    public void GetOutputSchema_OfAnyOptions_SaysShape()
    {
        var context = new MLContext(seed: 1);
        var data = context.Data.LoadFromEnumerable(CreateRows());
        var schema = context.Transforms.PreprocessClipImages("Pixels", nameof(Row.Content), _small with { Width = 5 }).Fit(data).GetOutputSchema(data.Schema);
        CollectionAssert.AreEqual(new[] { 3, 8, 5 }, ((VectorDataViewType)schema["Pixels"].Type).Dimensions.ToArray());
        Assert.IsNull(schema.GetColumnOrNull("Pixels.IsValid"));
    }

    [TestMethod]
    public void PreprocessClipImages_WithOneNameForBothOutputs_Throws()
    {
        var context = new MLContext(seed: 1);
        var options = new PreprocessClipImagesOptions { ValidColumnName = "Pixels" };
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => context.Transforms.PreprocessClipImages("Pixels", "Path", options)).Message, "Pixels");
    }

    private static float[] PreprocessBytes(byte[] content, PreprocessClipImagesOptions? options = null)
    {
        var context = new MLContext(seed: 1);
        var data = context.Data.LoadFromEnumerable([new Row { Content = content }]);
        var transformer = context.Transforms.PreprocessClipImages("Pixels", nameof(Row.Content), options ?? new PreprocessClipImagesOptions { Preprocessing = _small }).Fit(data);
        return (float[])ColumnValues.Read(transformer.Transform(data), "Pixels").Single()[0];
    }

    private static float[] Preprocess(ClipImagePreprocessing preprocessing, byte[] pixels, int width, int height)
    {
        var result = new float[preprocessing.OutputLength];
        new ClipImagePreprocessor(preprocessing, avx2: false).Run(pixels, width, height, blueFirst: false, result);
        return result;
    }

    private static byte[] Decoded(Row row) => TestImages.CreateOpaquePixels(row.Width, row.Height, row.Seed);

    private static Row[] CreateRows(bool opaque = false) => [.. Enumerable.Range(0, Rows).Select(i =>
    {
        var row = new Row { Width = 9 + i, Height = 30 - 2 * i, Seed = i, Path = $"{i}.png" };
        row.Content = TestImages.Encode(opaque ? Decoded(row) : TestImages.CreatePixels(row.Width, row.Height, row.Seed), row.Width, row.Height);
        return row;
    })];

    private sealed class Row
    {
        public string Path { get; set; } = "";

        public byte[] Content { get; set; } = [];

        public int Width { get; set; }

        public int Height { get; set; }

        public int Seed { get; set; }
    }

    private sealed class ImageRow
    {
        [ImageType(10, 20)]
        public MLImage? Image { get; set; }
    }

    private sealed class Output
    {
        public float[] Pixels { get; set; } = [];

        [ColumnName("Pixels.IsValid")]
        public bool IsValid { get; set; }
    }
}
