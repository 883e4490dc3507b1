namespace Microsoft.ML.ModalityGap;

/// <summary>The messages of an ONNX model, one by one.</summary>
internal static class OnnxMessages
{
    internal static ProtobufMessage Node(string name, string operation, IEnumerable<string> inputs, IReadOnlyList<string> outputs, IEnumerable<(string Name, object Value)> attributes)
    {
        var node = new ProtobufMessage();
        foreach (var input in inputs)
            node.Add(OnnxFields.Node.Input, input);
        foreach (var output in outputs)
            node.Add(OnnxFields.Node.Output, output);
        node.Add(OnnxFields.Node.Name, name).Add(OnnxFields.Node.OperationType, operation);
        foreach (var (attribute, value) in attributes)
            node.Add(OnnxFields.Node.Attribute, Attribute(attribute, value));
        return node;
    }

    internal static ProtobufMessage Tensor<T>(string name, ReadOnlySpan<T> values, ReadOnlySpan<long> shape)
        where T : unmanaged =>
        TensorHeader(name, ElementType(typeof(T)), shape).AddNumbers(OnnxFields.Tensor.RawData, values);

    internal static ProtobufMessage ValueInfo(string name, int elementType, ReadOnlySpan<OnnxDimension> shape)
    {
        var dimensions = new ProtobufMessage();
        foreach (var dimension in shape)
        {
            dimensions.Add(OnnxFields.ValueInfo.Dimension, dimension switch
            {
                { Size: { } size } => new ProtobufMessage().Add(OnnxFields.ValueInfo.DimensionSize, size),
                { Name: { } symbol } => new ProtobufMessage().Add(OnnxFields.ValueInfo.DimensionName, symbol),
                _ => new ProtobufMessage(),
            });
        }

        var tensor = new ProtobufMessage().Add(OnnxFields.ValueInfo.ElementType, elementType).Add(OnnxFields.ValueInfo.Shape, dimensions);
        return new ProtobufMessage().Add(OnnxFields.ValueInfo.Name, name)
            .Add(OnnxFields.ValueInfo.Type, new ProtobufMessage().Add(OnnxFields.ValueInfo.TensorType, tensor));
    }

    internal static ProtobufMessage Entry(string key, string value) =>
        new ProtobufMessage().Add(OnnxFields.Entry.Key, key).Add(OnnxFields.Entry.Value, value);

    internal static ProtobufMessage Opset(int version, string domain = "") =>
        new ProtobufMessage().Add(OnnxFields.Opset.Domain, domain).Add(OnnxFields.Opset.Version, version);

    /// <summary>A tensor without its values.</summary>
    internal static ProtobufMessage TensorHeader(string name, int elementType, ReadOnlySpan<long> shape)
    {
        var tensor = new ProtobufMessage();
        foreach (var length in shape)
            tensor.Add(OnnxFields.Tensor.Dimensions, length);
        return tensor.Add(OnnxFields.Tensor.DataType, elementType).Add(OnnxFields.Tensor.Name, name);
    }

    private static ProtobufMessage Attribute(string name, object value)
    {
        var attribute = new ProtobufMessage().Add(OnnxFields.Attribute.Name, name);
        switch (value)
        {
            case float number:
                return attribute.Add(OnnxFields.Attribute.Float, number).Add(OnnxFields.Attribute.Type, OnnxFields.Attribute.FloatType);
            case int or long:
                return attribute.Add(OnnxFields.Attribute.Integer, Convert.ToInt64(value, null)).Add(OnnxFields.Attribute.Type, OnnxFields.Attribute.IntegerType);
            case int[] numbers:
                foreach (var number in numbers)
                    attribute.Add(OnnxFields.Attribute.Integers, (long)number);
                return attribute.Add(OnnxFields.Attribute.Type, OnnxFields.Attribute.IntegersType);
            default:
                throw new ArgumentException($"An attribute of {value.GetType()} is not written here.", nameof(value));
        }
    }

    private static int ElementType(Type type) =>
        type == typeof(float) ? OnnxFields.ElementType.Float32
        : type == typeof(long) ? OnnxFields.ElementType.Int64
        : type == typeof(sbyte) ? OnnxFields.ElementType.Int8
        : type == typeof(byte) ? OnnxFields.ElementType.UInt8
        : throw new NotSupportedException($"A tensor of {type} is not written here.");
}
