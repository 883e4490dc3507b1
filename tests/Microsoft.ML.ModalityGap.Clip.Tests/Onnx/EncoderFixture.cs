using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Onnx;

/// <summary>Rows and small encoders for the tests of <see cref="EncodeWithOnnxEstimator"/>.</summary>
internal sealed class EncoderFixture : IDisposable
{
    public const int Inputs = 6, Outputs = 4;

    private readonly TemporaryFolder _folder = new();

    public MLContext Context { get; } = new(seed: 1);

    public float[] Matrix { get; } = CreateFloats(Inputs * Outputs, seed: 3);

    public string Path(string name) => _folder.File(name);

    public string Save(byte[] model, string name = "model.onnx")
    {
        File.WriteAllBytes(Path(name), model);
        return Path(name);
    }

    /// <summary>The path of x·W with an open batch dimension, or a fixed one.</summary>
    public string SaveMatMul(object? batch = null, string name = "model.onnx") =>
        Save(OnnxGraphWriter.MatMul("pixel_values", "image_embeds", Matrix, Inputs, Outputs, batch), name);

    public IDataView CreateData(int rows, int length = Inputs) => Context.Data.LoadFromEnumerable(
        Enumerable.Range(0, rows).Select(i => new Row { Name = $"row {i}", Number = i, pixel_values = CreateFloats(length, seed: 100 + i) }), Schema(length));

    public static SchemaDefinition Schema(int length)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.pixel_values)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, length);
        schema[nameof(Row.input_ids)].ColumnType = new VectorDataViewType(NumberDataViewType.Int64, 3);
        return schema;
    }

    /// <summary>x·W in double, by the definition.</summary>
    public float[] Multiply(float[] row) =>
        [.. Enumerable.Range(0, Outputs).Select(k => (float)Enumerable.Range(0, Inputs).Sum(i => (double)row[i] * Matrix[(i * Outputs) + k]))];

    public static float[] CreateFloats(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    public static float[][] ReadEmbeddings(IDataView data, string column = "Embedding") =>
        [.. data.GetColumn<float[]>(data.Schema[column])];

    public static void AreClose(float[] expected, float[] actual, double tolerance, string what)
    {
        Assert.HasCount(expected.Length, actual, what);
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], tolerance, $"{what}, dimension {i}");
    }

    /// <summary>What ONNX Runtime makes of one row alone: the oracle of the batched encoder.</summary>
    public static float[] RunAlone(InferenceSession session, string output, params (string Name, Array Values, long[] Shape)[] inputs)
    {
        var tensors = inputs.ToDictionary(
            input => input.Name,
            input => input.Values is long[] ids ? OrtValue.CreateTensorValueFromMemory(ids, input.Shape) : OrtValue.CreateTensorValueFromMemory((float[])input.Values, input.Shape));
        using var options = new RunOptions();
        using var results = session.Run(options, tensors, [output]);
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose() => _folder.Dispose();

    public sealed class Row
    {
        public string Name { get; set; } = "";

        public int Number { get; set; }

        public float[] pixel_values { get; set; } = [];

        public long[] input_ids { get; set; } = [0, 0, 0];
    }

    public sealed class Embedded
    {
        public string Name { get; set; } = "";

        public float[] Embedding { get; set; } = [];
    }
}
