namespace Microsoft.ML.ModalityGap.Tests.Clip.Onnx;

/// <summary>Weights kept smaller, graph optimisation and threads, against products by the definition.</summary>
[TestClass]
public sealed class EncoderOptionsTests : IDisposable
{
    private const int Inputs = 48, Outputs = 40;

    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _context = new(seed: 1);
    private readonly float[] _matrix = EncoderFixture.CreateFloats(Inputs * Outputs, seed: 3);

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Weights_Float16_AreTheMatrixRoundedToHalf() =>
        Check(OnnxWeights.Float16, [.. _matrix.Select(value => (float)(Half)value)], bytesAWeight: 2);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Weights_Int8_AreTheMatrixInStepsOfTheGreatest(bool byRow)
    {
        // Rows, or columns, of very different size show which the scales belong to.
        for (var i = 0; i < _matrix.Length; i++)
            _matrix[i] *= byRow ? 1 + (i / Outputs) : 1 + (i % Outputs);
        var rounded = new float[_matrix.Length];
        for (var i = 0; i < rounded.Length; i++)
        {
            var group = Enumerable.Range(0, byRow ? Outputs : Inputs).Select(k => byRow ? _matrix[(i / Outputs * Outputs) + k] : _matrix[(k * Outputs) + (i % Outputs)]);
            var step = group.Max(value => Math.Abs(value)) / 127;
            rounded[i] = MathF.Round(_matrix[i] / step) * step;
        }

        Check(OnnxWeights.Int8, rounded, bytesAWeight: 1);
    }

    [TestMethod]
    public void Weights_BeyondHalfOrNotFinite_StayAsTheyAre()
    {
        (_matrix[0], _matrix[1]) = (70_000, 1);
        Check(OnnxWeights.Float16, _matrix, bytesAWeight: 4);
        _matrix[0] = float.PositiveInfinity;
        var path = Save();
        using var encoder = Fit(path, new EncodeWithOnnxOptions { Weights = OnnxWeights.Int8 });
        Assert.AreEqual(new FileInfo(path).Length, Measure(encoder), 3000);
    }

    [TestMethod]
    public void Weights_WithoutKeepingTheModel_AreRefused()
    {
        var path = Save();
        var exception = Assert.ThrowsExactly<ArgumentException>(() => Fit(path, new EncodeWithOnnxOptions { Weights = OnnxWeights.Int8, EmbedModel = false }));
        StringAssert.Contains(exception.Message, "EmbedModel");
    }

    [TestMethod]
    public void GraphOptimizationAndThreads_AnyOfThem_GiveTheSameAndAreStored()
    {
        var path = Save();
        foreach (var optimization in Enum.GetValues<OnnxGraphOptimization>())
        {
            foreach (var threads in new int?[] { null, 1, 2 })
            {
                using var encoder = Fit(path, new EncodeWithOnnxOptions { GraphOptimization = optimization, InterOpNumThreads = threads });
                CheckRows(encoder, _matrix, $"{optimization}, {threads}");
                using var stream = new MemoryStream();
                _context.Model.Save(encoder, CreateData().Schema, stream);
                stream.Position = 0;
                using var loaded = (EncodeWithOnnxTransformer)_context.Model.Load(stream, out _);
                CheckRows(loaded, _matrix, $"{optimization}, {threads}, loaded");
            }
        }
    }

    [TestMethod]
    public void Options_OutOfRange_NameTheParameter()
    {
        Assert.AreEqual("GraphOptimization", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EncodeWithOnnxOptions { GraphOptimization = (OnnxGraphOptimization)4 }).ParamName);
        Assert.AreEqual("Weights", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EncodeWithOnnxOptions { Weights = (OnnxWeights)(-1) }).ParamName);
        Assert.AreEqual("value", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EncodeWithOnnxOptions { InterOpNumThreads = 0 }).ParamName);
    }

    private void Check(OnnxWeights weights, float[] expected, int bytesAWeight)
    {
        using var encoder = Fit(Save(), new EncodeWithOnnxOptions { Weights = weights });
        CheckRows(encoder, expected, weights.ToString());
        Assert.AreEqual(bytesAWeight * _matrix.Length, Measure(encoder), 3000);
    }

    private void CheckRows(EncodeWithOnnxTransformer encoder, float[] matrix, string what)
    {
        var embeddings = EncoderFixture.ReadEmbeddings(encoder.Transform(CreateData()));
        for (var i = 0; i < embeddings.Length; i++)
        {
            var row = CreateRow(i).pixel_values;
            var expected = Enumerable.Range(0, Outputs).Select(k => (float)Enumerable.Range(0, Inputs).Sum(j => (double)row[j] * matrix[(j * Outputs) + k])).ToArray();
            EncoderFixture.AreClose(expected, embeddings[i], matrix.Max(value => Math.Abs(value)) * 1e-5, $"{what}, row {i}");
        }
    }

    /// <summary>The stored pipeline's length; random numbers hardly compress.</summary>
    private long Measure(EncodeWithOnnxTransformer encoder)
    {
        using var stream = new MemoryStream();
        _context.Model.Save(encoder, CreateData().Schema, stream);
        return stream.Length;
    }

    private string Save()
    {
        var graph = new OnnxModelBuilder("encoder", 13);
        var x = graph.Input("pixel_values", OnnxFields.ElementType.Float32, OnnxDimension.Batch, Inputs);
        graph.Name(graph.Add("MatMul", [x, graph.Constant(_matrix, Inputs, Outputs)]), "image_embeds");
        graph.Output("image_embeds", OnnxFields.ElementType.Float32, OnnxDimension.Batch, Outputs);
        var path = _folder.File("model.onnx");
        File.WriteAllBytes(path, graph.Build().ToArray());
        return path;
    }

    private EncodeWithOnnxTransformer Fit(string path, EncodeWithOnnxOptions options) => _context.Transforms.EncodeWithOnnx("Embedding", path, options).Fit(CreateData());

    private IDataView CreateData() =>
        _context.Data.LoadFromEnumerable(Enumerable.Range(0, 9).Select(CreateRow), EncoderFixture.Schema(Inputs));

    private static EncoderFixture.Row CreateRow(int i) => new() { pixel_values = EncoderFixture.CreateFloats(Inputs, seed: 100 + i) };
}
