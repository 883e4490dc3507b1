namespace TinyClip;

/// <summary>
/// An ONNX model under construction (opset 17, IR 8), of the few messages and fields of onnx.proto that these encoders need. Values are known by name;
/// each node has one output or as many as asked for.
/// </summary>
internal sealed class OnnxGraph(string name)
{
    private const int Float = 1, Int64 = 7;

    private readonly List<ProtoMessage> _nodes = [], _initializers = [], _inputs = [], _outputs = [];
    private int _count;

    /// <summary>Declares an input with a free first dimension called batch.</summary>
    internal string Input<T>(string input, params ReadOnlySpan<long> shapeAfterBatch)
    {
        _inputs.Add(ValueInfo(input, ElementType(typeof(T)), shapeAfterBatch));
        return input;
    }

    /// <summary>Declares a float output with a free first dimension, and gives it a value.</summary>
    internal void Output(string output, string value, params ReadOnlySpan<long> shapeAfterBatch)
    {
        _nodes.Add(Node("Identity", [value], [output], []));
        _outputs.Add(ValueInfo(output, Float, shapeAfterBatch));
    }

    /// <summary>Adds a constant.</summary>
    internal string Constant<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        var constant = NextName("constant");
        var tensor = new ProtoMessage();
        foreach (var length in shape)
            tensor.Add(1, length);
        _initializers.Add(tensor.Add(2, ElementType(typeof(T))).Add(8, constant).Add(9, values));
        return constant;
    }

    /// <summary>Adds a node with one output and returns the output's name.</summary>
    internal string Node(string operation, string[] inputs, params (string Name, object Value)[] attributes) =>
        Nodes(operation, inputs, 1, attributes)[0];

    /// <summary>Adds a node with several outputs.</summary>
    internal string[] Nodes(string operation, string[] inputs, int outputCount, params (string Name, object Value)[] attributes)
    {
        string[] outputs = [.. Enumerable.Range(0, outputCount).Select(_ => NextName(operation.ToLowerInvariant()))];
        _nodes.Add(Node(operation, inputs, outputs, attributes));
        return outputs;
    }

    /// <summary>The model as the bytes of an .onnx file.</summary>
    internal byte[] ToArray()
    {
        var graph = new ProtoMessage();
        _nodes.ForEach(node => graph.Add(1, node));
        graph.Add(2, name);
        _initializers.ForEach(tensor => graph.Add(5, tensor));
        _inputs.ForEach(input => graph.Add(11, input));
        _outputs.ForEach(output => graph.Add(12, output));
        var operators = new ProtoMessage().Add(1, "").Add(2, 17);
        return new ProtoMessage().Add(1, 8).Add(2, "TinyClip").Add(7, graph).Add(8, operators).ToArray();
    }

    private static ProtoMessage Node(string operation, string[] inputs, string[] outputs, (string Name, object Value)[] attributes)
    {
        var node = new ProtoMessage();
        foreach (var input in inputs)
            node.Add(1, input);
        foreach (var output in outputs)
            node.Add(2, output);
        node.Add(3, outputs[0] + "_node").Add(4, operation);
        foreach (var (attributeName, value) in attributes)
            node.Add(5, Attribute(attributeName, value));
        return node;
    }

    private static ProtoMessage Attribute(string attributeName, object value)
    {
        var attribute = new ProtoMessage().Add(1, attributeName);
        switch (value)
        {
            case float number:
                return attribute.Add(2, number).Add(20, 1);
            case int number:
                return attribute.Add(3, (long)number).Add(20, 2);
            case int[] numbers:
                foreach (var number in numbers)
                    attribute.Add(8, (long)number);
                return attribute.Add(20, 7);
            default:
                throw new ArgumentException($"No attribute of {value.GetType()} is needed here.", nameof(value));
        }
    }

    private static ProtoMessage ValueInfo(string value, int elementType, ReadOnlySpan<long> shapeAfterBatch)
    {
        var shape = new ProtoMessage().Add(1, new ProtoMessage().Add(2, "batch"));
        foreach (var length in shapeAfterBatch)
            shape.Add(1, new ProtoMessage().Add(1, length));
        return new ProtoMessage().Add(1, value).Add(2, new ProtoMessage().Add(1, new ProtoMessage().Add(1, elementType).Add(2, shape)));
    }

    private static int ElementType(Type type) => type == typeof(float) ? Float : type == typeof(long) ? Int64 : throw new NotSupportedException($"{type}");

    private string NextName(string kind) => $"{kind}_{_count++}";
}
