using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.ModalityGap.Tests.Onnx;

[TestClass]
public sealed class ClassifierToOnnxTests : IDisposable
{
    private const int Dimension = 7;

    private static readonly string[] _names = ["cat", "dog \"quoted\"", "über-bird", "fish"];
    private static readonly EmbeddingMap _map = new(Dimension, new L2NormalizeStep(), new TranslateStep(Floats(Dimension, 1)), new TruncateStep(5));

    private readonly MLContext _context = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(9)]
    [DataRow(13)]
    [DataRow(18)]
    public void SaveAsOnnx_SingleLabel_EqualsManaged(int opset)
    {
        var classifier = Fit(new ClassifyZeroShotOptions { LogitScale = 7.5f, ImageMap = _map }, dimension: 5);
        var path = _folder.File("classifier.onnx");
        _context.ModalityGap().SaveAsOnnx(classifier, path, new OnnxExportOptions { OpsetVersion = opset });
        AssertEqualsManaged(classifier, path, "embedding");
    }

    [TestMethod]
    [DataRow(9)]
    [DataRow(18)]
    public void SaveAsOnnx_WithACache_EqualsManaged(int opset)
    {
        var classifier = Fit(new ClassifyZeroShotOptions { LogitScale = 7.5f, ImageMap = _map, Cache = new() { RowsPerClass = 6, Weight = 40, Sharpness = 1.5f } }, dimension: 5);
        Assert.IsGreaterThan(0, classifier.CachedRowCount);
        var path = _folder.File("classifier.onnx");
        _context.ModalityGap().SaveAsOnnx(classifier, path, new OnnxExportOptions { OpsetVersion = opset });
        AssertEqualsManaged(classifier, path, "embedding");
    }

    [TestMethod]
    public void SaveAsOnnx_MultiLabel_EqualsManaged()
    {
        var classifier = Fit(new ClassifyZeroShotOptions { Mode = ZeroShotMode.MultiLabel, Thresholds = [0.1f, 0.2f, -0.3f, 0f], LogitScale = 20 });
        var path = _folder.File("classifier.onnx");
        _context.ModalityGap().SaveAsOnnx(classifier, path, new OnnxExportOptions { OutputName = "probability" });
        AssertEqualsManaged(classifier, path, "embedding", "probability");
        using var session = new InferenceSession(path);
        Assert.DoesNotContain("label", session.OutputMetadata.Keys);
    }

    [TestMethod]
    public void SaveAsOnnx_NamesTheClassesInTheMetadata()
    {
        var path = _folder.File("classifier.onnx");
        _context.ModalityGap().SaveAsOnnx(Fit(new ClassifyZeroShotOptions()), path);
        using var session = new InferenceSession(path);
        CollectionAssert.AreEqual(_names, System.Text.Json.JsonSerializer.Deserialize<string[]>(session.ModelMetadata.CustomMetadataMap["modality_gap.classes.score"]));
    }

    [TestMethod]
    public void AppendToOnnx_BehindAnEncoder_ClassifiesAndKeepsTheEmbedding()
    {
        // The encoder is x·I, so that its embedding is its input.
        var identity = Enumerable.Range(0, Dimension * Dimension).Select(i => i / Dimension == i % Dimension ? 1f : 0).ToArray();
        File.WriteAllBytes(_folder.File("encoder.onnx"), OnnxGraphWriter.MatMul("pixel_values", "image_embeds", identity, Dimension, Dimension));
        var classifier = Fit(new ClassifyZeroShotOptions { LogitScale = 7.5f, ImageMap = _map }, dimension: 5);
        _context.ModalityGap().AppendToOnnx(_folder.File("encoder.onnx"), classifier, _folder.File("classifier.onnx"));
        AssertEqualsManaged(classifier, _folder.File("classifier.onnx"), "pixel_values");
        var rows = Floats(3 * Dimension, 5);
        CollectionAssert.AreEqual(rows, OnnxRun.Run(_folder.File("classifier.onnx"), "image_embeds", ("pixel_values", rows, Dimension)));

        // The map first, then a classifier without one.
        _context.ModalityGap().AppendToOnnx(_folder.File("encoder.onnx"), _map, _folder.File("closed.onnx"));
        var withoutMap = Fit(new ClassifyZeroShotOptions { LogitScale = 7.5f }, dimension: 5);
        _context.ModalityGap().AppendToOnnx(_folder.File("closed.onnx"), withoutMap, _folder.File("both.onnx"));
        AssertEqualsManaged(classifier, _folder.File("both.onnx"), "pixel_values");
        Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().AppendToOnnx(_folder.File("closed.onnx"), Fit(new ClassifyZeroShotOptions { ImageMap = new EmbeddingMap(5) }, 5), _folder.File("no.onnx")));
    }

    [TestMethod]
    public void AppendToOnnx_OtherDimension_NamesBoth()
    {
        File.WriteAllBytes(_folder.File("encoder.onnx"), OnnxGraphWriter.MatMul("pixel_values", "image_embeds", Floats(12, 1), 4, 3));
        var message = Assert.ThrowsExactly<InvalidDataException>(
            () => _context.ModalityGap().AppendToOnnx(_folder.File("encoder.onnx"), Fit(new ClassifyZeroShotOptions()), _folder.File("classifier.onnx"))).Message;
        StringAssert.Contains(message, "3 dimensions");
        StringAssert.Contains(message, "the classifier takes 7");
    }

    private ClassifyZeroShotTransformer Fit(ClassifyZeroShotOptions options, int dimension = Dimension)
    {
        var classes = new ZeroShotClasses(_names, [.. _names.Select((_, i) => Floats(dimension, 10 + i))]);
        return _context.Transforms.ClassifyZeroShot("Embedding", classes, options).Fit(CreateData(Floats(Dimension * 2, 3), options.ImageMap?.InputDimension ?? dimension));
    }

    /// <summary>Random rows, a zero row, one with NaN, a tiny and a huge one.</summary>
    private void AssertEqualsManaged(ClassifyZeroShotTransformer classifier, string path, string input, string score = "score")
    {
        var (count, d) = (_names.Length, classifier.InputDimension);
        float[] rows = [.. Floats(20 * d, 77), .. new float[d], .. Enumerable.Repeat(float.NaN, 1), .. Floats(d - 1, 4), .. Floats(d, 5).Select(x => x * 1e-25f), .. Floats(d, 6).Select(x => x * 1e25f)];
        var output = classifier.Transform(CreateData(rows, d));
        float[] Column(string name) => [.. output.GetColumn<float[]>(name).SelectMany(row => row)];
        OnnxRun.AssertClose(Column("Similarity"), OnnxRun.Run(path, "similarity", (input, rows, d)), count, "similarity");
        OnnxRun.AssertClose(Column("Score"), OnnxRun.Run(path, score, (input, rows, d)), count, "score");
        if (classifier.Options.Mode == ZeroShotMode.MultiLabel)
            return;

        using var session = new InferenceSession(path);
        using var options = new RunOptions();
        using var tensor = OrtValue.CreateTensorValueFromMemory(rows, [rows.Length / d, d]);
        using var results = session.Run(options, [input], [tensor], ["label"]);
        CollectionAssert.AreEqual(
            output.GetColumn<uint>("PredictedLabel").Select(key => (long)key - 1).ToArray(), results[0].GetTensorDataAsSpan<long>().ToArray(), "key values count from 1, 0 is missing");
    }

    private IDataView CreateData(float[] rows, int dimension)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Embedding)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimension);
        return _context.Data.LoadFromEnumerable(rows.Chunk(dimension).Where(row => row.Length == dimension).Select(row => new Row { Embedding = row }), schema);
    }

    private static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private sealed class Row
    {
        public float[] Embedding { get; set; } = [];
    }
}
