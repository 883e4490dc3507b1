namespace Microsoft.ML.ModalityGap.Tests.Baking;

[TestClass]
public sealed class AppendClassifierToOnnxTests : IDisposable
{
    private static readonly MLContext _context = new(seed: 1);

    private readonly ClassifierCase _case = new(_context);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void AppendToOnnx_BehindAnEncoder_ClassifiesAndKeepsTheEmbedding()
    {
        // The encoder is x·I, so that its embedding is its input.
        var identity = Enumerable.Range(0, ClassifierCase.Dimension * ClassifierCase.Dimension).Select(i => i / ClassifierCase.Dimension == i % ClassifierCase.Dimension ? 1f : 0).ToArray();
        File.WriteAllBytes(_folder.File("encoder.onnx"), OnnxGraphWriter.MatMul("pixel_values", "image_embeds", identity, ClassifierCase.Dimension, ClassifierCase.Dimension));
        var classifier = _case.Fit(new ClassifyZeroShotOptions { LogitScale = 7.5f, ImageMap = ClassifierCase.Map }, dimension: 5);
        _context.ModalityGap().AppendToOnnx(_folder.File("encoder.onnx"), classifier, _folder.File("classifier.onnx"));
        _case.AssertEqualsManaged(classifier, _folder.File("classifier.onnx"), "pixel_values");
        var rows = ClassifierCase.Floats(3 * ClassifierCase.Dimension, 5);
        CollectionAssert.AreEqual(rows, OnnxRun.Run(_folder.File("classifier.onnx"), "image_embeds", ("pixel_values", rows, ClassifierCase.Dimension)));

        // The map first, then a classifier without one.
        _context.ModalityGap().AppendToOnnx(_folder.File("encoder.onnx"), ClassifierCase.Map, _folder.File("closed.onnx"));
        var withoutMap = _case.Fit(new ClassifyZeroShotOptions { LogitScale = 7.5f }, dimension: 5);
        _context.ModalityGap().AppendToOnnx(_folder.File("closed.onnx"), withoutMap, _folder.File("both.onnx"));
        _case.AssertEqualsManaged(classifier, _folder.File("both.onnx"), "pixel_values");
        Assert.ThrowsExactly<InvalidDataException>(() => _context.ModalityGap().AppendToOnnx(_folder.File("closed.onnx"), _case.Fit(new ClassifyZeroShotOptions { ImageMap = new EmbeddingMap(5) }, 5), _folder.File("no.onnx")));
    }

    [TestMethod]
    public void AppendToOnnx_OtherDimension_NamesBoth()
    {
        File.WriteAllBytes(_folder.File("encoder.onnx"), OnnxGraphWriter.MatMul("pixel_values", "image_embeds", ClassifierCase.Floats(12, 1), 4, 3));
        var message = Assert.ThrowsExactly<InvalidDataException>(
            () => _context.ModalityGap().AppendToOnnx(_folder.File("encoder.onnx"), _case.Fit(new ClassifyZeroShotOptions()), _folder.File("classifier.onnx"))).Message;
        StringAssert.Contains(message, "3 dimensions");
        StringAssert.Contains(message, "the classifier takes 7");
    }
}
