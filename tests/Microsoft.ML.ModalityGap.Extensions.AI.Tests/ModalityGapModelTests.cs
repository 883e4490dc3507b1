using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>A model with encoders of both modalities; what ML.NET's own Transform makes of all rows is the oracle.</summary>
[TestClass]
public class ModalityGapModelTests
{
    private static readonly string[] _classes = ["circle", "square", "star"];
    private static TemporaryFolder _folder = null!;
    private static string _chainPath = null!;
    private static string _mapPath = null!;
    private static string _indexPath = null!;
    private static string[] _paths = null!;
    private static float[][] _images = null!;
    private static float[][] _texts = null!;
    private static float[][] _scores = null!;
    private static string _fingerprint = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static void Save(TestContext context)
    {
        _folder = new TemporaryFolder();
        _paths = [.. Tiny.Images.Select((image, i) =>
        {
            var path = _folder.File($"{i}.png");
            File.WriteAllBytes(path, image.Data.ToArray());
            return path;
        })];
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(_paths.Zip(Tiny.Captions, (path, caption) => new Row { Path = path, Caption = caption, Number = 3 }));
        using var encoders = ml.Transforms.EmbedClipImages("Image", "Path", Tiny.Folder).Append(ml.Transforms.EmbedClipText("Text", "Caption", Tiny.Folder)).Fit(data);
        var raw = ml.Data.Cache(encoders.Transform(data));
        var maps = ml.Transforms.CenterModalities("Image", "Text").Fit(raw);
        var mapped = ml.Data.Cache(maps.Transform(raw));
        var prompts = ml.ModalityGap().CreatePromptEncoder(ml.Transforms.EmbedClipText("Text", "Prompt", Tiny.Folder), "Prompt", "Text");
        var classes = ZeroShotClasses.FromPrompts(_classes, PromptTemplates.NameOnly, prompts).Map(maps.GetModality("Text").Map);
        var classifier = ml.Transforms.ClassifyZeroShot("Image", classes).Fit(mapped);

        (_chainPath, _mapPath, _indexPath) = (_folder.File("chain.zip"), _folder.File("map.zip"), _folder.File("all.index"));
        var index = new EmbeddingIndex(((VectorDataViewType)mapped.Schema["Image"].Type).Size, fingerprint: maps.Fingerprint);
        (_images, _texts) = ([.. mapped.GetColumn<float[]>("Image")], [.. mapped.GetColumn<float[]>("Text")]);
        for (var i = 0; i < _images.Length; i++)
        {
            index.Add($"image-{i}", _images[i], "Image");
            index.Add($"text-{i}", _texts[i], "Text");
        }

        index.Save(_indexPath);
        var nearest = ml.Transforms.RetrieveNearest(index, "Text").Fit(mapped);
        _scores = [.. classifier.Transform(mapped).GetColumn<float[]>("Score")];
        ml.Model.Save(encoders.Append(maps).Append(classifier).Append(nearest), data.Schema, _chainPath);
        ml.Model.Save(maps, raw.Schema, _mapPath);
        _fingerprint = maps.Fingerprint;
    }

    [ClassCleanup]
    public static void Delete() => _folder.Dispose();

    [TestMethod]
    public void EmbedText_ModelWithAnImageColumn_EqualsTransform()
    {
        using var model = ModalityGapModel.Load(_chainPath);
        Assert.IsTrue(model.EmbedsTexts && model.EmbedsImages);
        Assert.AreEqual(_fingerprint, model.Fingerprint);
        Assert.AreEqual(_texts[0].Length, model.Dimension);
        for (var i = 0; i < 5; i++)
            AssertClose(_texts[i], model.EmbedText(Tiny.Captions[i]), $"text {i}");
    }

    [TestMethod]
    public void EmbedImage_OfPathBytesMemoryAndStream_EqualsTransform()
    {
        using var model = ModalityGapModel.Load(_chainPath);
        for (var i = 0; i < 5; i++)
            AssertClose(_images[i], model.EmbedImage(_paths[i]), $"path {i}");
        var bytes = File.ReadAllBytes(_paths[3]);
        AssertClose(_images[3], model.EmbedImage(bytes), "bytes");
        AssertClose(_images[3], model.EmbedImage(ModelImage.FromBytes(bytes)), "memory");
        using var stream = File.OpenRead(_paths[3]);
        AssertClose(_images[3], model.EmbedImage(stream), "stream");
        Assert.IsTrue(stream.CanRead, "the stream is the caller's");
    }

    [TestMethod]
    public void Load_OfMapsWithEncoderFolderAndIndex_EqualsTheChain()
    {
        using var model = ModalityGapModel.Load(_mapPath, new ModalityGapModelOptions { EncoderFolder = Tiny.Folder, IndexPath = _indexPath });
        AssertClose(_texts[2], model.EmbedText(Tiny.Captions[2]), "text");
        AssertClose(_images[2], model.EmbedImage(_paths[2]), "image");
        Assert.AreEqual(_fingerprint, model.Fingerprint);
        Assert.AreEqual("text-2", model.Search(Tiny.Captions[2], k: 1)[0].Id.ToString());
        Assert.AreEqual("image-2", model.SearchByImage(_paths[2], k: 1)[0].Id.ToString());
        Assert.IsEmpty(model.Classes);
    }

    [TestMethod]
    public void Search_EqualsTheIndex()
    {
        using var model = ModalityGapModel.Load(_chainPath);
        var index = EmbeddingIndex.Load(_indexPath);
        var images = new SearchOptions { Modalities = ["Image"] };
        CollectionAssert.AreEqual(
            index.Search(_texts[7], 4, images).Select(found => found.Id).ToArray(), model.Search(Tiny.Captions[7], 4, images).Select(found => found.Id).ToArray());
        CollectionAssert.AreEqual(index.Search(_images[7], 10).Select(found => found.Id).ToArray(), model.SearchByImage(_paths[7]).Select(found => found.Id).ToArray());
    }

    [TestMethod]
    public void Classify_ByTheModelsClassifierAndByNames_EqualsItsScores()
    {
        using var model = ModalityGapModel.Load(_chainPath);
        CollectionAssert.AreEqual(_classes, model.Classes.ToArray());
        for (var i = 0; i < 3; i++)
        {
            foreach (var found in new[] { model.Classify(_paths[i]), model.Classify(_paths[i], _classes, new ClassifyZeroShotOptions { Templates = PromptTemplates.NameOnly }) })
            {
                Assert.AreEqual(1.0, found.Sum(entry => entry.Probability), 1e-5);
                Assert.AreSame(found[0].Name, found.Single(entry => entry.IsPredicted).Name);
                for (var c = 0; c < _classes.Length; c++)
                    Assert.AreEqual(_scores[i][c], found.Single(entry => entry.Name == _classes[c]).Probability, 1e-3, $"image {i}, {_classes[c]}");
            }
        }
    }

    [TestMethod]
    public void Classify_MultiLabel_PredictsFromEachThreshold()
    {
        using var model = ModalityGapModel.Load(_chainPath);
        var probe = model.EmbedImage(_paths[0]);
        var all = model.Classify(_paths[0], _classes, new ClassifyZeroShotOptions { Templates = PromptTemplates.NameOnly, Mode = ZeroShotMode.MultiLabel, Thresholds = [-1f, 1f, -1f] });
        CollectionAssert.AreEquivalent(new[] { "circle", "star" }, all.Where(entry => entry.IsPredicted).Select(entry => entry.Name).ToArray());
        Assert.HasCount(model.Dimension, probe);
    }

    [TestMethod]
    public void Score_BehindMaps_IsTheCosine()
    {
        using var model = ModalityGapModel.Load(_chainPath);
        Assert.AreEqual(Cosine(_images[4], _texts[4]), model.Score(_paths[4], Tiny.Captions[4]), 1e-4);
        Assert.AreEqual(Cosine(_images[4], _texts[9]), model.Score(_paths[4], Tiny.Captions[9]), 1e-4);
    }

    [TestMethod]
    public void Score_ModelWithScoreCaptionsOfItsOwn_IsThatColumn()
    {
        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable([new Row { Path = _paths[1], Caption = Tiny.Captions[1] }]);
        var chain = ml.Transforms.EmbedClipImages("Image", "Path", Tiny.Folder)
            .Append(ml.Transforms.EmbedClipText("Text", "Caption", Tiny.Folder))
            .Append(ml.Transforms.ScoreCaptions("Image", "Text", new ScoreCaptionsOptions { Kind = CaptionScoreKind.TorchMetrics }))
            .Fit(data);
        var expected = chain.Transform(data).GetColumn<float>("CaptionScore").Single();
        using var model = ModalityGapModel.Create(chain, data.Schema);
        Assert.IsNull(model.Fingerprint);
        Assert.AreEqual(expected, model.Score(_paths[1], Tiny.Captions[1]), 1e-3);
        Assert.IsGreaterThan(1.5f, expected, "torchmetrics' scale is from 0 to 100, so that another kind would show");
    }

    [TestMethod]
    public void Model_ManyThreadsAtOnce_GivesEachItsOwn()
    {
        using var model = ModalityGapModel.Load(_chainPath);
        var texts = Tiny.Captions.Select(model.EmbedText).ToArray();
        var images = _paths.Select(path => model.EmbedImage(path)).ToArray();
        var scores = _paths.Zip(Tiny.Captions, (path, caption) => model.Score(path, caption)).ToArray();
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.CancellationToken }, n =>
        {
            var i = n * 7 % texts.Length;
            switch (n % 4)
            {
                case 0:
                    CollectionAssert.AreEqual(texts[i], model.EmbedText(Tiny.Captions[i]), $"text {i}");
                    break;
                case 1:
                    CollectionAssert.AreEqual(images[i], model.EmbedImage(_paths[i]), $"image {i}");
                    break;
                case 2:
                    Assert.AreEqual(scores[i], model.Score(_paths[i], Tiny.Captions[i]), $"score {i}");
                    break;
                default:
                    Assert.AreEqual(1f, model.Classify(_paths[i], _classes[..(2 + (n / 4 % 2))]).Sum(entry => entry.Probability), 1e-5f, $"classes of image {i}");
                    break;
            }
        });
    }

    [TestMethod]
    public void Errors_SayWhatIsMissing()
    {
        StringAssert.Contains(Assert.ThrowsExactly<FileNotFoundException>(() => ModalityGapModel.Load("no-such.zip")).Message, "no-such.zip");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ModalityGapModel.Load(_mapPath)).Message, nameof(ModalityGapModelOptions.EncoderFolder));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ModalityGapModel.Load(_indexPath)).Message, "cannot be opened as a model");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => ModalityGapModel.Load(_mapPath, new() { EncoderFolder = Tiny.Folder, TextModality = "Words" })).Message, "'Words'");

        var other = new EmbeddingIndex(_texts[0].Length, fingerprint: "0123456789abcdef");
        other.Add("a", _texts[0]);
        other.Save(_folder.File("other.index"));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ModalityGapModel.Load(_chainPath, new() { IndexPath = _folder.File("other.index") })).Message, "0123456789abcdef");

        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable(Array.Empty<Row>());
        var texts = ml.Transforms.EmbedClipText("Text", "Caption", Tiny.Folder).Fit(data);
        ml.Model.Save(texts, null, _folder.File("no-schema.zip"));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ModalityGapModel.Load(_folder.File("no-schema.zip"))).Message, "data.Schema");
        ml.Model.Save(texts, ml.Data.LoadFromEnumerable(Array.Empty<Other>()).Schema, _folder.File("other-columns.zip"));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ModalityGapModel.Load(_folder.File("other-columns.zip"))).Message, "does not go with the columns of its input");
        using var model = ModalityGapModel.Create(texts, data.Schema);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => model.EmbedImage(_paths[0])).Message, "images");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => model.Search("a")).Message, "no index");

        using var whole = ModalityGapModel.Load(_chainPath);
        Assert.ThrowsExactly<InvalidDataException>(() => whole.EmbedImage(new byte[] { 1, 2, 3 }));
        AssertClose(_images[0], whole.EmbedImage(_paths[0]), "after a failure");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => whole.Classify(_paths[0], ["only"])).Message, "only");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => whole.Search("a", options: new SearchOptions { Modalities = ["Sound"] })).Message, "Sound");
    }

    /// <summary>Paths that strangers name, or may have put something else at: a pipe that nobody writes to would be waited for without end, a hole would be read into memory.</summary>
    [TestMethod]
    [Timeout(600_000)]
    public void PipesAndHoles_AreRefusedUnread()
    {
        using var folder = new TemporaryFolder();
        var (pipe, hole) = (NamedPipe.Create(folder.File("pipe.png")), folder.File("hole.png"));
        using (var file = File.Create(hole))
            file.SetLength(1_200_000_000);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ModalityGapModel.Load(pipe)).Message, "is a pipe or a device");
        using var model = ModalityGapModel.Load(_chainPath);
        StringAssert.Contains(Assert.ThrowsExactly<IOException>(() => model.EmbedImage(pipe)).Message, pipe);
        var before = GC.GetAllocatedBytesForCurrentThread();
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => model.EmbedImage(hole)).Message, "no image of a known format");
        Assert.IsLessThan(16L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Disposed_Refuses()
    {
        var model = ModalityGapModel.Load(_chainPath);
        model.EmbedText("a");
        StringAssert.Contains(model.ToString(), _fingerprint);
        model.Dispose();
        model.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.EmbedText("a"));
    }

    [TestMethod]
    public void Services_OpenOneModelWhenAskedAndCloseIt()
    {
        var services = new ServiceCollection();
        services.AddModalityGapModel(_chainPath).AddModalityGapModel("missing.zip", serviceKey: "other");
        Assert.ThrowsExactly<InvalidOperationException>(() => services.AddModalityGapModel(_mapPath));
        ModalityGapModel model;
        using (var provider = services.BuildServiceProvider())
        {
            model = provider.GetRequiredService<ModalityGapModel>();
            Assert.AreSame(model, provider.GetRequiredService<ModalityGapModel>());
            AssertClose(_texts[0], model.EmbedText(Tiny.Captions[0]), "text");
            Assert.ThrowsExactly<FileNotFoundException>(() => provider.GetRequiredKeyedService<ModalityGapModel>("other"));
        }

        Assert.ThrowsExactly<ObjectDisposedException>(() => model.EmbedText("a"));
    }

    private static double Cosine(float[] x, float[] y)
    {
        double dot = 0, xx = 0, yy = 0;
        for (var d = 0; d < x.Length; d++)
        {
            dot += (double)x[d] * y[d];
            xx += (double)x[d] * x[d];
            yy += (double)y[d] * y[d];
        }

        return dot / Math.Sqrt(xx * yy);
    }

    private static void AssertClose(float[] expected, float[] actual, string what)
    {
        Assert.HasCount(expected.Length, actual, what);
        for (var d = 0; d < expected.Length; d++)
            Assert.AreEqual(expected[d], actual[d], 1e-4, $"{what}, dimension {d}");
    }

    private sealed class Row
    {
        public string Path { get; set; } = "";

        public string Caption { get; set; } = "";

        public float Number { get; set; }
    }

    private sealed class Other
    {
        public float Number { get; set; }
    }
}
