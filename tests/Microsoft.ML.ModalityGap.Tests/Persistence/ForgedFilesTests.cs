using System.Reflection;

namespace Microsoft.ML.ModalityGap.Tests.Persistence;

/// <summary>Whatever the bytes, whoever loads a file gets what can be used, or <see cref="InvalidDataException"/>. Of every type that can be loaded.</summary>
[TestClass]
public class ForgedFilesTests
{
    private const int Dimension = 5;

    private static readonly Dictionary<Type, (Action<Stream> Save, Func<Stream, Action<Stream>> Load)> _files = new()
    {
        [typeof(EmbeddingMap)] = (CreateMap().Save, stream => CheckFinite(EmbeddingMap.Load(stream)).Save),
        [typeof(ModalityStatistics)] = (CreateStatistics(1, ModalityMoments.Covariance).Save, stream => CheckFinite(ModalityStatistics.Load(stream)).Save),
        [typeof(PairStatistics)] = (SavePairs, stream => PairStatistics.Load(stream).Save),
        [typeof(Rescorer)] = (new Rescorer(new DualInvertedSoftmax(), Dimension, TestEmbeddings.Create(3, Dimension, seed: 1), TestEmbeddings.Create(2, Dimension, seed: 2)).Save, stream => Rescorer.Load(stream).Save),
        [typeof(EmbeddingIndex)] = (CreateIndex(IndexStorage.Float32, SimilarityMetric.Cosine).Save, stream => SearchAndSave(EmbeddingIndex.Load(stream))),
        [typeof(ZeroShotClasses)] = (SaveClasses, LoadClasses),
    };

    public static IEnumerable<object[]> FileTypes => _files.Keys.Select(type => new object[] { type });

    [TestMethod]
    public void Files_AreAllTypesThatCanBeLoaded() => CollectionAssert.AreEquivalent(
        typeof(EmbeddingMap).Assembly.GetExportedTypes().Where(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static).Any(method => method.Name == "Load")).ToArray(),
        _files.Keys.ToArray());

    [TestMethod]
    [DynamicData(nameof(FileTypes))]
    public void Load_AnyContent_ThrowsInvalidDataOrCanBeSavedAgain(Type type) => AssertSound(type.Name, _files[type].Save, _files[type].Load);

    [TestMethod]
    [DataRow(IndexStorage.Float16, SimilarityMetric.Dot)]
    [DataRow(IndexStorage.Int8, SimilarityMetric.Cosine)]
    [DataRow(IndexStorage.Float32, SimilarityMetric.SignalToNoise)]
    public void Load_AnyContentOfAnIndex_ThrowsInvalidDataOrSearchesFinitely(IndexStorage storage, SimilarityMetric metric) =>
        AssertSound($"{storage} {metric}", CreateIndex(storage, metric).Save, stream => SearchAndSave(EmbeddingIndex.Load(stream)), step: 13);

    /// <summary>Bytes as a stranger may send them: cut, changed, and random ones behind each signature.</summary>
    [TestMethod]
    [DynamicData(nameof(FileTypes))]
    public void Load_DamagedBytes_ThrowsInvalidData(Type type)
    {
        var file = Save(_files[type].Save);
        var random = new Random(7);
        var noise = new byte[300];
        random.NextBytes(noise);
        file[..5].CopyTo(noise, 0);
        foreach (var (what, damaged) in Damage.Cut(file, step: 7).Concat(Damage.Flip(file, step: 11)).Append(("noise", noise)))
            Assert.IsTrue(IsRefused($"{type.Name}, {what}", damaged, _files[type].Load), what);
    }

    public static IEnumerable<object[]> Models => CreateModels().Select(entry => new object[] { entry.Key });

    [TestMethod]
    public void Models_AreAllTransformersThatAreStored() => CollectionAssert.AreEquivalent(
        typeof(EmbeddingMap).Assembly.GetCustomAttributes<LoadableClassAttributeBase>().Select(attribute => attribute.LoaderType)
            .Where(type => typeof(ITransformer).IsAssignableFrom(type)).Select(type => type.Name).Distinct().ToArray(),
        CreateModels().Keys.ToArray());

    [TestMethod]
    [DynamicData(nameof(Models))]
    public void ModelLoad_AnyContent_ThrowsInvalidDataOrLoads(string name)
    {
        var ml = new MLContext();
        var (model, schema) = CreateModels()[name];
        using var stream = new MemoryStream();
        ml.Model.Save(model, schema, stream);
        var (refused, all) = (0, 0);
        foreach (var (what, forged) in Forgery.ForgeEntries(stream.ToArray(), step: Math.Max(1, (int)stream.Length / 120)))
        {
            all++;
            if (IsRefused($"{name}, {what}", forged, LoadModel))
                refused++;
        }

        Assert.IsGreaterThan(all / 3, refused, $"{name}: of {all} forged models only {refused} were refused.");
    }

    /// <summary>A model that loaded, and failed with IndexOutOfRangeException once it was used.</summary>
    [TestMethod]
    public void ModelLoad_RecalibrationOfOneQuantile_IsRefused() => Assert.IsTrue(IsRefused(
        "recalibration", File.ReadAllBytes("Persistence/Faults/recalibrate-indexoutofrange.zip"), LoadModel));

    private static void AssertSound(string name, Action<Stream> save, Func<Stream, Action<Stream>> load, int step = 1)
    {
        var (refused, all) = (0, 0);
        foreach (var (what, forged) in Forgery.Forge(Save(save), Math.Max(step, Save(save).Length / 400)))
        {
            all++;
            if (IsRefused($"{name}, {what}", forged, load))
                refused++;
        }

        Assert.IsGreaterThan(0, refused, name);
        Assert.IsGreaterThan(50, all, name);
    }

    /// <summary>Refused by <see cref="InvalidDataException"/>, alone or within what ML.NET wraps around it; what is taken must be storable and loadable again.</summary>
    private static bool IsRefused(string what, byte[] content, Func<Stream, Action<Stream>> load)
    {
        Action<Stream> save;
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            save = load(new MemoryStream(content));
        }
        catch (Exception exception)
        {
            for (var cause = exception; cause is not InvalidDataException; cause = cause.InnerException)
                Assert.IsNotNull(cause.InnerException, $"{what}: {exception}");
            return true;
        }
        finally
        {
            Assert.IsLessThan(16L << 20, GC.GetAllocatedBytesForCurrentThread() - before, what);
        }

        try
        {
            load(new MemoryStream(Save(save)));
        }
        catch (Exception exception) when (exception is not UnitTestAssertException)
        {
            Assert.Fail($"{what} was taken, but what it made cannot be stored and loaded again: {exception}");
        }

        return false;
    }

    private static Action<Stream> LoadModel(Stream stream)
    {
        var model = new MLContext().Model.Load(stream, out var schema);
        return target => new MLContext().Model.Save(model, schema, target);
    }

    private static byte[] Save(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }

    private static EmbeddingMap CheckFinite(EmbeddingMap map)
    {
        foreach (var step in map.Steps)
        {
            var values = step switch { TranslateStep translate => translate.Offset, ScaleStep scale => scale.Factors, ProjectStep project => project.Matrix, _ => [] };
            Assert.IsTrue(values.ToArray().All(float.IsFinite), step.ToString());
        }

        return map;
    }

    private static ModalityStatistics CheckFinite(ModalityStatistics statistics)
    {
        double[] numbers = [.. statistics.Mean, statistics.TotalVariance, .. statistics.GetCovariances()];
        Assert.IsTrue(numbers.All(double.IsFinite), string.Join(", ", numbers));
        return statistics;
    }

    private static Action<Stream> SearchAndSave(EmbeddingIndex index)
    {
        var query = Enumerable.Range(1, index.Dimension).Select(i => (float)i).ToArray();
        foreach (var neighbor in index.Search(query, 3, new SearchOptions { MaxDegreeOfParallelism = 1 }))
            Assert.IsTrue(float.IsFinite(neighbor.Score), $"{neighbor.Id} has the score {neighbor.Score}.");
        return index.Save;
    }

    private static EmbeddingMap CreateMap() => new(
        Dimension, new L2NormalizeStep(), new TranslateStep([.1f, .2f, .3f, .4f, .5f]), new ScaleStep([1, 2, 3, 4, 5]), new ProjectStep([1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0], 3), new TruncateStep(2));

    private static ModalityStatistics CreateStatistics(int seed, ModalityMoments moments) =>
        ModalityStatistics.FromRows(TestEmbeddings.Create(9, Dimension, seed), Dimension, new ModalityStatisticsOptions { Moments = moments });

    private static void SavePairs(Stream stream)
    {
        var builder = new PairStatisticsBuilder(Dimension, Dimension);
        var (first, second) = (TestEmbeddings.Create(20, Dimension, seed: 1), TestEmbeddings.Create(20, Dimension, seed: 2));
        for (var row = 0; row < 20; row++)
            builder.Add(first.AsSpan(row * Dimension, Dimension), second.AsSpan(row * Dimension, Dimension));
        builder.Build().Save(stream);
    }

    private static EmbeddingIndex CreateIndex(IndexStorage storage, SimilarityMetric metric)
    {
        var index = new EmbeddingIndex(Dimension, new EmbeddingIndexOptions { Storage = storage, Metric = metric }, "0123456789abcdef");
        index.AddRange(["a", "b", "c"], TestEmbeddings.Create(3, Dimension, seed: 5), "image");
        return index;
    }

    private static ZeroShotClasses CreateClasses() => new(["cat", "dog"], [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]]);

    private static void SaveClasses(Stream stream)
    {
        using var folder = new TemporaryFolder();
        CreateClasses().Save(folder.File("classes"));
        stream.Write(File.ReadAllBytes(folder.File("classes")));
    }

    private static Action<Stream> LoadClasses(Stream stream)
    {
        using var folder = new TemporaryFolder();
        using (var file = File.Create(folder.File("classes")))
            stream.CopyTo(file);
        var classes = ZeroShotClasses.Load(folder.File("classes"));
        Assert.IsTrue(classes.Embeddings.ToArray().All(float.IsFinite));
        return target =>
        {
            using var other = new TemporaryFolder();
            classes.Save(other.File("again"));
            target.Write(File.ReadAllBytes(other.File("again")));
        };
    }

    private static Dictionary<string, (ITransformer Model, DataViewSchema Schema)> CreateModels()
    {
        var ml = new MLContext(seed: 1);
        var data = TestEmbeddings.CreateDataView(ml, rows: 30, dimension: Dimension);
        var random = new Random(1);
        var scores = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(_ => new ScoreRow { Score = random.NextSingle(), OldScore = random.NextSingle() }).ToList());
        (ITransformer Model, DataViewSchema Schema)[] models =
        [
            (ml.Transforms.CorrectSimilarities("Image", "Text").Fit(data), data.Schema),
            (ml.Transforms.FuseEmbeddings("Fused", "Image", "Text").Fit(data), data.Schema),
            (ml.Transforms.ScoreCaptions("Image", "Text", new ScoreCaptionsOptions { ImageMap = CreateMap(), TextMap = CreateMap() }).Fit(data), data.Schema),
            (ml.Transforms.ClassifyZeroShot("Image", CreateClasses()).Fit(data), data.Schema),
            (ml.Transforms.RetrieveNearest(CreateIndex(IndexStorage.Float32, SimilarityMetric.Cosine), "Image").Fit(data), data.Schema),
            (ml.Transforms.RecalibrateScores("Recalibrated", nameof(ScoreRow.Score), nameof(ScoreRow.OldScore)).Fit(scores), scores.Schema),
        ];
        return models.ToDictionary(entry => entry.Model.GetType().Name);
    }

    private sealed class ScoreRow
    {
        public float Score { get; set; }

        public float OldScore { get; set; }
    }
}
