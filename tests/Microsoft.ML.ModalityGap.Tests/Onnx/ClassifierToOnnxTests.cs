using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.ModalityGap.Tests.Onnx;

[TestClass]
public sealed class ClassifierToOnnxTests : IDisposable
{
    private static readonly MLContext _context = new(seed: 1);

    private readonly ClassifierCase _case = new(_context);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(9)]
    [DataRow(13)]
    [DataRow(18)]
    public void SaveAsOnnx_SingleLabel_EqualsManaged(int opset)
    {
        var classifier = _case.Fit(new ClassifyZeroShotOptions { LogitScale = 7.5f, ImageMap = ClassifierCase.Map }, dimension: 5);
        var path = _folder.File("classifier.onnx");
        _context.ModalityGap().SaveAsOnnx(classifier, path, new OnnxExportOptions { OpsetVersion = opset });
        _case.AssertEqualsManaged(classifier, path, "embedding");
    }

    [TestMethod]
    [DataRow(9)]
    [DataRow(18)]
    public void SaveAsOnnx_WithACache_EqualsManaged(int opset)
    {
        var classifier = _case.Fit(new ClassifyZeroShotOptions { LogitScale = 7.5f, ImageMap = ClassifierCase.Map, Cache = new() { RowsPerClass = 6, Weight = 40, Sharpness = 1.5f } }, dimension: 5);
        Assert.IsGreaterThan(0, classifier.CachedRowCount);
        var path = _folder.File("classifier.onnx");
        _context.ModalityGap().SaveAsOnnx(classifier, path, new OnnxExportOptions { OpsetVersion = opset });
        _case.AssertEqualsManaged(classifier, path, "embedding");
    }

    [TestMethod]
    public void SaveAsOnnx_MultiLabel_EqualsManaged()
    {
        var classifier = _case.Fit(new ClassifyZeroShotOptions { Mode = ZeroShotMode.MultiLabel, Thresholds = [0.1f, 0.2f, -0.3f, 0f], LogitScale = 20 });
        var path = _folder.File("classifier.onnx");
        _context.ModalityGap().SaveAsOnnx(classifier, path, new OnnxExportOptions { OutputName = "probability" });
        _case.AssertEqualsManaged(classifier, path, "embedding", "probability");
        using var session = new InferenceSession(path);
        Assert.DoesNotContain("label", session.OutputMetadata.Keys);
    }

    [TestMethod]
    public void SaveAsOnnx_NamesTheClassesInTheMetadata()
    {
        var path = _folder.File("classifier.onnx");
        _context.ModalityGap().SaveAsOnnx(_case.Fit(new ClassifyZeroShotOptions()), path);
        using var session = new InferenceSession(path);
        CollectionAssert.AreEqual(ClassifierCase.Names.ToArray(), System.Text.Json.JsonSerializer.Deserialize<string[]>(session.ModelMetadata.CustomMetadataMap["modality_gap.classes.score"]));
    }
}
