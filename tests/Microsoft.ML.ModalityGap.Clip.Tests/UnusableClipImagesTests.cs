using Microsoft.ML.Data;
using Microsoft.ML.ModalityGap.Tests.Conformance;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap.Tests.Clip;

[TestClass]
public sealed class UnusableClipImagesTests
{
    private static readonly ClipImagePreprocessing _small = ClipImagePreprocessing.OpenAIClip with { Size = 8 };
    private static readonly byte[] _good = TestImages.Encode(TestImages.CreateOpaquePixels(40, 30, seed: 1), 40, 30);

    public static IEnumerable<object[]> Broken =>
    [
        ["empty.png", Array.Empty<byte>(), "empty"],
        ["text.png", "no image"u8.ToArray(), "no image of a known format"],
        ["header.png", _good[..20], ""],
        ["half.png", _good[..(_good.Length / 2)], "cut short"],
        ["half.jpg", Halve(TestImages.Encode(TestImages.CreateOpaquePixels(200, 100, seed: 2), 200, 100, SkiaSharp.SKEncodedImageFormat.Jpeg)), "cut short"],
        ["giant.png", TestImages.EncodeHeader(60000, 60000), "3600000000 pixels"],
        ["long.png", TestImages.EncodeHeader(600_000, 1), "600000 × 1"],
        ["missing.png", null!, "no such file"],
    ];

    [TestMethod]
    [DynamicData(nameof(Broken))]
    public void PreprocessClipImages_OfUnusablePath_NamesColumnRowAndPath(string name, byte[]? content, string fragment)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("good.png"), _good);
        if (content is not null)
            File.WriteAllBytes(folder.File(name), content);
        var output = Transform(
            [new Row { Path = "good.png" }, new Row { Path = name }], nameof(Row.Path), new PreprocessClipImagesOptions { ImageFolder = folder.Path, Preprocessing = _small });

        var exception = ReadUnusable(output);

        foreach (var part in new[] { "'Path'", "row 1", folder.File(name), fragment })
            StringAssert.Contains(exception.Message, part);
    }

    [TestMethod]
    [DynamicData(nameof(Broken))]
    public void PreprocessClipImages_OfUnusableBytes_NamesColumnAndRow(string name, byte[]? content, string fragment)
    {
        var output = Transform([new Row { Content = _good }, new Row { Content = content ?? [] }], nameof(Row.Content), new PreprocessClipImagesOptions { Preprocessing = _small });
        var exception = ReadUnusable(output);
        StringAssert.Contains(exception.Message, "Column 'Content', row 1");
        if (content is not null)
            StringAssert.Contains(exception.Message, fragment);
    }

    [TestMethod]
    public void PreprocessClipImages_OfUnusableImages_SkipsMarksAndWarns()
    {
        using var folder = new TemporaryFolder();
        var rows = new List<Row>();
        foreach (var (name, content) in Broken.Select(row => ((string)row[0], (byte[]?)row[1])).Append(("", null)))
        {
            File.WriteAllBytes(folder.File("good.png"), _good);
            if (content is not null)
                File.WriteAllBytes(folder.File(name), content);
            rows.AddRange([new Row { Path = name }, new Row { Path = "good.png" }]);
        }

        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, entry) =>
        {
            if (entry.Kind == ChannelMessageKind.Warning)
                warnings.Add(entry.Message);
        };
        var options = new PreprocessClipImagesOptions { ImageFolder = folder.Path, Preprocessing = _small, UnusableRows = UnusableRows.Skip };
        var output = Transform(rows, nameof(Row.Path), options, context);

        var values = ColumnValues.Read(output, "Pixels", "Pixels.IsValid");

        for (var i = 0; i < rows.Count; i++)
        {
            Assert.AreEqual(rows[i].Path == "good.png", (bool)values[i][1], rows[i].Path);
            Assert.AreEqual(rows[i].Path != "good.png", ((float[])values[i][0]).All(pixel => pixel == 0), rows[i].Path);
        }

        var warning = warnings.Single();
        StringAssert.Contains(warning, $"{Broken.Count() + 1} images");
        StringAssert.Contains(warning, "empty.png");

        // Marks alone can be asked for, and good rows be kept by them.
        CollectionAssert.AreEqual(values.Select(row => row[1]).ToArray(), ColumnValues.Read(output, "Pixels.IsValid").Select(row => row[0]).ToArray());
        var kept = context.Data.FilterByCustomPredicate<Mark>(output, mark => !mark.IsValid);
        Assert.HasCount(Broken.Count() + 1, ColumnValues.Read(kept, "Pixels"));
    }

    [TestMethod]
    public void PreprocessClipImages_OfImageBeyondMaximumPixels_Throws()
    {
        var options = new PreprocessClipImagesOptions { Preprocessing = _small, MaximumPixels = 40 * 30 };
        Assert.HasCount(1, ColumnValues.Read(Transform([new Row { Content = _good }], nameof(Row.Content), options), "Pixels"));
        var strict = Transform([new Row { Content = _good }], nameof(Row.Content), options with { MaximumPixels = 40 * 30 - 1 });
        StringAssert.Contains(ReadUnusable(strict).Message, "40 × 30 = 1200 pixels, more than the 1199");
    }

    /// <summary>1.2 GB that are one hole and take no room on the disk, and a pipe that nobody writes to: neither is read, nor waited for.</summary>
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    [Timeout(600_000)]
    public void PreprocessClipImages_OfPipesAndHoles_ThrowsWithoutReadingThem(bool isPipe)
    {
        using var folder = new TemporaryFolder();
        if (isPipe)
        {
            NamedPipe.Create(folder.File("image.png"));
        }
        else
        {
            using var file = File.Create(folder.File("image.png"));
            file.SetLength(1_200_000_000);
        }

        var output = Transform([new Row { Path = "image.png" }], nameof(Row.Path), new PreprocessClipImagesOptions { ImageFolder = folder.Path, Preprocessing = _small });
        StringAssert.Contains(ReadUnusable(output).Message, isPipe ? "is a pipe or a device" : "no image of a known format");

        // By itself, since a transform reads on threads of its own.
        byte[] buffer = [];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<Exception>(() =>
        {
            _ = ImageFile.Read(folder.File("image.png"), ref buffer);
        });
        Assert.IsLessThan(16L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public void PreprocessClipImages_OfDamagedFiles_ThrowsOrGivesFinitePixels()
    {
        foreach (var (what, content) in Damage.Flip(_good, step: 97).Concat(Damage.Cut(_good, step: 501)))
        {
            var output = Transform([new Row { Content = content }], nameof(Row.Content), new PreprocessClipImagesOptions { Preprocessing = _small });
            try
            {
                var values = ColumnValues.Read(output, "Pixels");
                Assert.IsTrue(((float[])values[0][0]).All(float.IsFinite), what);
            }
            catch (InvalidOperationException exception)
            {
                StringAssert.Contains(exception.InnerException!.Message, "Column 'Content', row 0", what);
            }
        }
    }

    [TestMethod]
    public void PreprocessClipImages_OfMissingImage_Throws()
    {
        var context = new MLContext(seed: 1);
        var data = context.Data.LoadFromEnumerable([new Row { Path = "" }]);
        var pipeline = context.Transforms.LoadImages("Image", imageFolder: null, nameof(Row.Path)).Append(context.Transforms.PreprocessClipImages("Pixels", "Image", _small));
        var exception = ReadUnusable(pipeline.Fit(data).Transform(data));
        StringAssert.Contains(exception.Message, "Column 'Image', row 0");
    }

    [TestMethod]
    public void PreprocessClipImages_OfWrongColumn_SaysWhatIsExpected()
    {
        var context = new MLContext(seed: 1);
        var data = context.Data.LoadFromEnumerable([new Row()]);
        var exception = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => context.Transforms.PreprocessClipImages("Pixels", nameof(Row.Number), _small).Fit(data));
        foreach (var part in new[] { "Number", "Single", "a vector of Byte", "path" })
            StringAssert.Contains(exception.Message, part);
    }

    /// <summary>ML.NET reads on several threads and puts an exception of its own around ours.</summary>
    private static InvalidDataException ReadUnusable(IDataView data)
    {
        var exception = Assert.Throws<Exception>(() => ColumnValues.Read(data, "Pixels"));
        while (exception is InvalidOperationException { InnerException: { } inner })
            exception = inner;
        Assert.IsInstanceOfType<InvalidDataException>(exception);
        return (InvalidDataException)exception;
    }

    private static byte[] Halve(byte[] content) => content[..(content.Length / 2)];

    private static IDataView Transform(IEnumerable<Row> rows, string column, PreprocessClipImagesOptions options, MLContext? context = null)
    {
        context ??= new MLContext(seed: 1);
        var data = context.Data.LoadFromEnumerable(rows);
        return context.Transforms.PreprocessClipImages("Pixels", column, options).Fit(data).Transform(data);
    }

    private sealed class Row
    {
        public string Path { get; set; } = "";

        public byte[] Content { get; set; } = [];

        public float Number { get; set; }
    }

    private sealed class Mark
    {
        [ColumnName("Pixels.IsValid")]
        public bool IsValid { get; set; }
    }
}
