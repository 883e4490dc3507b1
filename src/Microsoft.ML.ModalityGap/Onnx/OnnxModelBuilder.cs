namespace Microsoft.ML.ModalityGap;

/// <summary>An ONNX model under construction. Values are known by name; each operator has one output, or as many as asked for.</summary>
/// <param name="name">The graph's name.</param>
/// <param name="opset">The version of the operators; the version of the format follows from it.</param>
/// <param name="prefix">What the names of operators and of values made here begin with.</param>
internal sealed class OnnxModelBuilder(string name, int opset, string prefix = "") : OnnxNodes(opset)
{
    // From here on TopK takes its count as an input rather than an attribute.
    private const int OpsetOfCountAsInput = 10;

    private readonly List<ProtobufMessage> _inputs = [], _outputs = [], _metadata = [];
    private int _count;

    /// <summary>The operators, for a graph that exists already.</summary>
    internal List<ProtobufMessage> Nodes { get; } = [];

    /// <summary>The constants.</summary>
    internal List<ProtobufMessage> Initializers { get; } = [];

    /// <summary>Declares an input.</summary>
    internal string Input(string input, int elementType, params ReadOnlySpan<OnnxDimension> shape)
    {
        _inputs.Add(OnnxMessages.ValueInfo(input, elementType, shape));
        return input;
    }

    /// <summary>Declares an output that an operator of this name gives.</summary>
    internal void Output(string output, int elementType, params ReadOnlySpan<OnnxDimension> shape) =>
        _outputs.Add(OnnxMessages.ValueInfo(output, elementType, shape));

    /// <summary>Gives a value the name of an output.</summary>
    internal void Name(string value, string output, string operation = "Identity", params (string Name, object Value)[] attributes) =>
        AddNode(operation, [value], [output], attributes);

    /// <summary>Adds what <c>metadata_props</c> say.</summary>
    internal void Metadata(string key, string value) => _metadata.Add(OnnxMessages.Entry(key, value));

    internal override string Add(string operation, string[] inputs, params (string Name, object Value)[] attributes) => Add(operation, inputs, 1, attributes)[0];

    internal override (string Values, string Places) AddLargest(string input, int count)
    {
        var outputs = Opset < OpsetOfCountAsInput
            ? Add("TopK", [input], 2, ("k", count), ("axis", 1))
            : Add("TopK", [input, Constant((ReadOnlySpan<long>)[count], 1)], 2, ("axis", 1));
        return (outputs[0], outputs[1]);
    }

    /// <summary>Adds an operator with several outputs.</summary>
    internal string[] Add(string operation, string[] inputs, int outputCount, params (string Name, object Value)[] attributes)
    {
        string[] outputs = [.. Enumerable.Range(0, outputCount).Select(_ => NextName(operation.ToLowerInvariant()))];
        AddNode(operation, inputs, outputs, attributes);
        return outputs;
    }

    /// <summary>Adds an operator whose outputs have given names.</summary>
    internal void AddNode(string operation, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes) =>
        Nodes.Add(OnnxMessages.Node($"{prefix}{outputs[0]}_node", operation, inputs, outputs, attributes));

    internal override string Constant(ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) => AddConstant(NextName("constant"), values, shape);

    internal override string Constant(ReadOnlySpan<long> values, params ReadOnlySpan<long> shape) => AddConstant(NextName("constant"), values, shape);

    /// <summary>Adds a constant of a given name.</summary>
    internal string AddConstant<T>(string constant, ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        Initializers.Add(OnnxMessages.Tensor(constant, values, shape));
        return constant;
    }

    /// <summary>The model.</summary>
    /// <param name="producer">Who made it.</param>
    internal ProtobufMessage Build(string producer = "Microsoft.ML.ModalityGap")
    {
        var graph = new ProtobufMessage();
        Nodes.ForEach(node => graph.Add(OnnxFields.Graph.Node, node));
        graph.Add(OnnxFields.Graph.Name, name);
        Initializers.ForEach(tensor => graph.Add(OnnxFields.Graph.Initializer, tensor));
        _inputs.ForEach(input => graph.Add(OnnxFields.Graph.Input, input));
        _outputs.ForEach(output => graph.Add(OnnxFields.Graph.Output, output));
        var model = new ProtobufMessage().Add(OnnxFields.Model.IrVersion, GetIrVersion(Opset)).Add(OnnxFields.Model.Producer, producer)
            .Add(OnnxFields.Model.Graph, graph).Add(OnnxFields.Model.OpsetImport, OnnxMessages.Opset(Opset));
        _metadata.ForEach(entry => model.Add(OnnxFields.Model.Metadata, entry));
        return model;
    }

    /// <summary>The oldest version of the format that an opset may be written in, so that as many runtimes as can be take it.</summary>
    private static int GetIrVersion(int opset) => opset switch
    {
        <= 9 => 4,
        10 => 5,
        11 => 6,
        <= 14 => 7,
        <= 18 => 8,
        <= 20 => 9,
        <= 22 => 10,
        _ => 11,
    };

    private string NextName(string kind) => $"{prefix}{kind}_{_count++}";
}
