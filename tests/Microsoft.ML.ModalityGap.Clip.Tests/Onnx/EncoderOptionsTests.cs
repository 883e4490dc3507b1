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
        foreach (var weights in new[] { OnnxWeights.Int8, OnnxWeights.Int8Products })
        {
            using var encoder = Fit(path, new EncodeWithOnnxOptions { Weights = weights });
            Assert.AreEqual(new FileInfo(path).Length, Measure(encoder), 3000);
        }
    }

    [TestMethod]
    [DataRow(13)]
    [DataRow(18)]
    public void Weights_Int8Products_AreThoseOfRowsAndColumnsInSteps(int opset)
    {
        for (var i = 0; i < _matrix.Length; i++)
            _matrix[i] *= 1 + (i % Outputs);
        var path = Save(opset);
        using var encoder = Fit(path, new EncodeWithOnnxOptions { Weights = OnnxWeights.Int8Products });
        Assert.AreEqual(_matrix.Length, Measure(encoder), 4000);
        var embeddings = EncoderFixture.ReadEmbeddings(encoder.Transform(CreateData()));
        for (var i = 0; i < embeddings.Length; i++)
            EncoderFixture.AreClose(MultiplyInSteps(CreateRow(i).pixel_values), embeddings[i], 1e-3, $"row {i}");

        // No row depends on those beside it, nor on the way through a file.
        using var alone = Fit(path, new EncodeWithOnnxOptions { Weights = OnnxWeights.Int8Products, BatchSize = 1 });
        using var stream = new MemoryStream();
        _context.Model.Save(alone, CreateData().Schema, stream);
        stream.Position = 0;
        using var loaded = (EncodeWithOnnxTransformer)_context.Model.Load(stream, out _);
        var rows = EncoderFixture.ReadEmbeddings(loaded.Transform(CreateData()));
        for (var i = 0; i < embeddings.Length; i++)
            CollectionAssert.AreEqual(embeddings[i], rows[i], $"row {i} by itself");
    }

    [TestMethod]
    public void Weights_Int8Products_OfZeroAndOfNoNumber_AreZeroAndNaN()
    {
        var data = new EncoderFixture.Row[] { new() { pixel_values = new float[Inputs] }, CreateRow(1), CreateRow(2) };
        data[1].pixel_values[7] = float.NaN;
        data[2].pixel_values[9] = float.PositiveInfinity;
        using var encoder = Fit(Save(), new EncodeWithOnnxOptions { Weights = OnnxWeights.Int8Products });
        var embeddings = EncoderFixture.ReadEmbeddings(encoder.Transform(_context.Data.LoadFromEnumerable(data, EncoderFixture.Schema(Inputs))));
        Assert.IsTrue(embeddings[0].All(value => value == 0), "zero");
        Assert.IsTrue(embeddings[1].All(float.IsNaN), "NaN");
        Assert.IsTrue(embeddings[2].All(float.IsNaN), "infinity");
    }

    [TestMethod]
    public void Weights_Int8ProductsOfOldOpset_AreRefused()
    {
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => Fit(Save(opset: 12), new EncodeWithOnnxOptions { Weights = OnnxWeights.Int8Products }));
        StringAssert.Contains(exception.Message, "opset 12");
        StringAssert.Contains(exception.Message, "13");
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

    /// <summary>Row times matrix, both rounded to 254 steps: the row as a whole, each column by itself.</summary>
    private float[] MultiplyInSteps(float[] row)
    {
        var step = row.Max(value => Math.Abs(value)) / 127;
        return [.. Enumerable.Range(0, Outputs).Select(k =>
        {
            var column = Enumerable.Range(0, Inputs).Select(j => _matrix[(j * Outputs) + k]).ToArray();
            var columnStep = column.Max(value => Math.Abs(value)) / 127;
            return (float)(step * (double)columnStep * row.Zip(column, (x, w) => (double)MathF.Round(x / step) * MathF.Round(w / columnStep)).Sum());
        })];
    }

    private string Save(int opset = 13)
    {
        var graph = new OnnxModelBuilder("encoder", opset);
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
