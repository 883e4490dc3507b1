namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Writes small ONNX models, so that tests need none from elsewhere. Dimensions are numbers, or names where they are open.</summary>
internal sealed class OnnxGraphWriter(int opset = 17)
{
    public const int Float32 = OnnxFields.ElementType.Float32, Int32 = OnnxFields.ElementType.Int32;
    public const int Int64 = OnnxFields.ElementType.Int64, Float16 = OnnxFields.ElementType.Float16;

    private readonly OnnxModelBuilder _builder = new("graph", opset);

    /// <summary>A tensor of floats that are in a file beside the model.</summary>
    public static ProtobufMessage ExternalTensor(string name, ReadOnlySpan<long> shape, string location) => OnnxMessages.TensorHeader(name, Float32, shape)
        .Add(OnnxFields.Tensor.ExternalData, OnnxMessages.Entry("location", location))
        .Add(OnnxFields.Tensor.DataLocation, OnnxFields.Tensor.ExternalLocation);

    /// <summary>An encoder of floats, <c>name</c> (batch, inputs) times a matrix of (inputs, outputs).</summary>
    public static byte[] MatMul(string input, string output, float[] matrix, int inputs, int outputs, object? batch = null) => new OnnxGraphWriter()
        .Input(input, Float32, batch ?? "batch", inputs)
        .Initializer("W", matrix, inputs, outputs)
        .Node("MatMul", [input, "W"], [output])
        .Output(output, Float32, batch ?? "batch", outputs)
        .ToArray();

    public OnnxGraphWriter Input(string name, int type, params object[] shape)
    {
        _builder.Input(name, type, Shape(shape));
        return this;
    }

    public OnnxGraphWriter Output(string name, int type, params object[] shape)
    {
        _builder.Output(name, type, Shape(shape));
        return this;
    }

    public OnnxGraphWriter Initializer(string name, float[] values, params long[] shape)
    {
        _builder.AddConstant<float>(name, values, shape);
        return this;
    }

    public OnnxGraphWriter Initializer(string name, long[] values, params long[] shape)
    {
        _builder.AddConstant<long>(name, values, shape);
        return this;
    }

    /// <summary>An initialiser whose values are in a file beside the model.</summary>
    public OnnxGraphWriter ExternalInitializer(string name, string location, params long[] shape)
    {
        _builder.Initializers.Add(ExternalTensor(name, shape, location));
        return this;
    }

    public OnnxGraphWriter Node(string operation, string[] inputs, string[] outputs, params (string Name, long Value)[] attributes)
    {
        _builder.AddNode(operation, inputs, outputs, [.. attributes.Select(attribute => (attribute.Name, (object)attribute.Value))]);
        return this;
    }

    public OnnxGraphWriter Metadata(string key, string value)
    {
        _builder.Metadata(key, value);
        return this;
    }

    public byte[] ToArray() => _builder.Build("tests").ToArray();

    private static OnnxDimension[] Shape(object[] shape) =>
        Array.ConvertAll(shape, dimension => dimension is string symbol ? (OnnxDimension)symbol : Convert.ToInt64(dimension, null));
}
