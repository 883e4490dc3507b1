using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Onnx;

[TestClass]
public class SaveAsOnnxTests
{
    private const int Dimension = 8;

    private readonly MLContext _context = new(seed: 1);

    public static IEnumerable<object[]> Steps =>
    [
        ["identity", Array.Empty<EmbeddingMapStep>()],
        ["normalize", new EmbeddingMapStep[] { new L2NormalizeStep() }],
        ["translate", new EmbeddingMapStep[] { new TranslateStep(Floats(Dimension, 1)) }],
        ["scale", new EmbeddingMapStep[] { new ScaleStep(Floats(Dimension, 2)) }],
        ["project", new EmbeddingMapStep[] { new ProjectStep(Floats(3 * Dimension, 3), rows: 3) }],
        ["project up", new EmbeddingMapStep[] { new ProjectStep(Floats(11 * Dimension, 4), rows: 11) }],
        ["truncate", new EmbeddingMapStep[] { new TruncateStep(5) }],
        ["all", new EmbeddingMapStep[]
        {
            new L2NormalizeStep(), new TranslateStep(Floats(Dimension, 5)), new ScaleStep(Floats(Dimension, 6)), new ProjectStep(Floats(6 * Dimension, 7), rows: 6),
            new L2NormalizeStep(), new TruncateStep(4), new L2NormalizeStep(),
        }],
    ];

    [TestMethod]
    [DynamicData(nameof(Steps))]
    public void SaveAsOnnx_EveryStepInEveryOpset_EqualsManaged(string name, EmbeddingMapStep[] steps)
    {
        using var folder = new TemporaryFolder();
        var map = new EmbeddingMap(Dimension, steps);
        var rows = Floats(7 * Dimension, 9);
        var expected = new float[7 * map.OutputDimension];
        map.ApplyRows(rows, expected);
        foreach (var opset in new[] { 9, 10, 11, 12, 13, 17, 18, 21 })
        {
            var path = folder.File($"{opset}.onnx");
            _context.ModalityGap().SaveAsOnnx(map, path, new OnnxExportOptions { OpsetVersion = opset, InputName = "x", OutputName = "y" });
            OnnxRun.AssertClose(expected, OnnxRun.Run(path, "y", ("x", rows, Dimension)), map.OutputDimension, $"{name}, opset {opset}");
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(1000)]
    public void SaveAsOnnx_AnyNumberOfRows_Runs(int count)
    {
        using var folder = new TemporaryFolder();
        _context.ModalityGap().SaveAsOnnx(new EmbeddingMap(Dimension, new L2NormalizeStep()), folder.File("map.onnx"));
        Assert.HasCount(count * Dimension, OnnxRun.Run(folder.File("map.onnx"), "mapped", ("embedding", Floats(count * Dimension, 1), Dimension)));
    }

    [TestMethod]
    public void SaveAsOnnx_ZeroRow_StaysZeroAndBecomesNoNaN()
    {
        using var folder = new TemporaryFolder();
        _context.ModalityGap().SaveAsOnnx(new EmbeddingMap(Dimension, new L2NormalizeStep()), folder.File("map.onnx"));
        CollectionAssert.AreEqual(new float[Dimension], OnnxRun.Run(folder.File("map.onnx"), "mapped", ("embedding", new float[Dimension], Dimension)));
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    public void SaveAsOnnx_RowThatIsNotFinite_BecomesNaNThroughoutAndLeavesOthersAlone(float value)
    {
        using var folder = new TemporaryFolder();
        _context.ModalityGap().SaveAsOnnx(new EmbeddingMap(Dimension, new L2NormalizeStep()), folder.File("map.onnx"));
        var rows = Floats(2 * Dimension, 1);
        rows[3] = value;
        var result = OnnxRun.Run(folder.File("map.onnx"), "mapped", ("embedding", rows, Dimension));
        Assert.IsTrue(result.Take(Dimension).All(float.IsNaN), string.Join(", ", result));
        Assert.IsTrue(result.Skip(Dimension).All(float.IsFinite), string.Join(", ", result));
    }

    [TestMethod]
    public void SaveAsOnnx_ModalityPerRow_AsksForAModality()
    {
        using var folder = new TemporaryFolder();
        var model = _context.Transforms.CenterModalities(ModalityColumns.PerRow("Image", "Modality")).Fit(TestEmbeddings.CreateDataView(_context));
        var exception = Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().SaveAsOnnx(model, folder.File("map.onnx")));
        StringAssert.Contains(exception.Message, "'Modality'");
        Assert.IsEmpty(Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void SaveAsOnnx_UnknownModality_SaysWhichThereAre()
    {
        using var folder = new TemporaryFolder();
        var model = _context.Transforms.CenterModalities("Image", "Text").Fit(TestEmbeddings.CreateDataView(_context));
        var exception = Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().SaveAsOnnx(model, "Sound", folder.File("map.onnx")));
        StringAssert.Contains(exception.Message, "'Image', 'Text'");
    }

    [TestMethod]
    public void SaveAsOnnx_InputAndOutputOfOneName_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Assert.ThrowsExactly<ArgumentException>(() => _context.ModalityGap().SaveAsOnnx(
            new EmbeddingMap(2), folder.File("map.onnx"), new OnnxExportOptions { InputName = "x", OutputName = "x" }));
        Assert.IsEmpty(Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    [DataRow(8)]
    [DataRow(22)]
    public void OpsetVersion_OutOfRange_IsRefused(int opset) =>
        Assert.AreEqual("OpsetVersion", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new OnnxExportOptions { OpsetVersion = opset }).ParamName);

    [TestMethod]
    public void ReadOnnxFingerprints_WideTransformer_NamesEachOutput()
    {
        using var folder = new TemporaryFolder();
        var model = _context.Transforms.CenterModalities("Image", "Text").Fit(TestEmbeddings.CreateDataView(_context));
        _context.ModalityGap().SaveAsOnnx(model, folder.File("map.onnx"));
        var fingerprints = _context.ModalityGap().ReadOnnxFingerprints(folder.File("map.onnx"));
        Assert.HasCount(2, fingerprints);
        Assert.AreEqual(model.Fingerprint, fingerprints["Text.output"]);
    }

    [TestMethod]
    public void ReadOnnxFingerprints_NoModel_SaysSo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("map.onnx"), "no model at all");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().ReadOnnxFingerprints(folder.File("map.onnx"))).Message, "map.onnx");
    }

    [TestMethod]
    public void ConvertToOnnx_ModalityPerRow_IsRefusedByMLNet()
    {
        // A graph cannot choose a map by a text, and ML.NET writes no model in which a step is missing.
        var data = TestEmbeddings.CreateDataView(_context);
        var model = _context.Transforms.CenterModalities(ModalityColumns.PerRow("Image", "Modality", "Closed")).Fit(data);
        using var stream = new MemoryStream();
        Assert.ThrowsExactly<InvalidOperationException>(() => _context.Model.ConvertToOnnx(model, data, stream));
        Assert.AreEqual(0, stream.Length);
    }

    [TestMethod]
    public void ConvertToOnnx_ChainWithMLNetsOwn_RunsAsOneModel()
    {
        var data = _context.Transforms.SelectColumns("Image", "Text").Fit(TestEmbeddings.CreateDataView(_context)).Transform(TestEmbeddings.CreateDataView(_context));
        var model = _context.Transforms.CenterModalities("Image", "Text").Append(_context.Transforms.Concatenate("Both", "Image", "Text")).Fit(data);
        using var stream = new MemoryStream();
        _context.Model.ConvertToOnnx(model, data, stream);
        var expected = model.Transform(data).GetColumn<float[]>("Both").SelectMany(row => row).ToArray();
        float[] Rows(string column) => [.. data.GetColumn<float[]>(column).SelectMany(row => row)];
        OnnxRun.AssertClose(expected, OnnxRun.Run(stream.ToArray(), "Both.output", ("Image", Rows("Image"), 13), ("Text", Rows("Text"), 13)), 26, "the chain");
    }

    private static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }
}
