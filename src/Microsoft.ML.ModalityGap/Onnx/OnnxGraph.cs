namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What has to be known of a serialised ONNX model beyond what ONNX Runtime tells: where weights are, and which part of the graph an output needs.
/// </summary>
internal static class OnnxGraph
{
    // ONNX Runtime reads up to 100 messages within each other, which is 33 graphs.
    private const int MaximumDepth = 64;

    /// <summary>The standard operators' domain, where it is not left empty.</summary>
    internal const string StandardDomain = "ai.onnx";

    /// <summary>Refuses graphs within graphs that go deeper than any model's, before they take the whole stack.</summary>
    /// <exception cref="InvalidDataException">They do.</exception>
    internal static void CheckDepth(int depth)
    {
        if (depth > MaximumDepth)
            throw new InvalidDataException($"The ONNX model has more than {MaximumDepth} graphs within each other, which no model needs: it is damaged, or made to do harm.");
    }

    /// <summary>The first file beside the model in which weights are kept; <see langword="null"/> where the model holds all of them.</summary>
    internal static string? FindExternalData(ReadOnlyMemory<byte> model)
    {
        var files = new List<string>();
        new OnnxGraphRewriter { Relocate = file => { files.Add(file); return file; } }.Rewrite(FindGraph(model));
        return files.FirstOrDefault();
    }

    /// <summary>Cuts away what an output does not need. <see langword="null"/> where it needs every input, so that nothing is gained.</summary>
    internal static byte[]? Extract(ReadOnlyMemory<byte> model, string outputName)
    {
        var graph = FindGraph(model);
        var (needed, keptNodes) = FindNeeded(graph.Span, outputName);

        var cut = new ProtobufMessage();
        var losesInput = false;
        var node = 0;
        var fields = new ProtobufFields(graph.Span);
        while (fields.MoveNext())
        {
            var keep = fields.Number switch
            {
                OnnxFields.Graph.Node => keptNodes[node++],
                OnnxFields.Graph.Initializer => needed.Contains(ReadText(fields.Content, OnnxFields.Tensor.Name)),
                OnnxFields.Graph.SparseInitializer => needed.Contains(ReadText(ReadMessage(fields.Content, OnnxFields.SparseTensor.Values), OnnxFields.Tensor.Name)),
                OnnxFields.Graph.Input or OnnxFields.Graph.ValueInfo or OnnxFields.Graph.QuantizationAnnotation => needed.Contains(ReadText(fields.Content, OnnxFields.ValueInfo.Name)),
                OnnxFields.Graph.Output => ReadText(fields.Content, OnnxFields.ValueInfo.Name) == outputName,
                _ => true,
            };
            losesInput |= !keep && fields.Number == OnnxFields.Graph.Input;
            if (keep)
                cut.AddRaw(graph[fields.RawRange]);
        }

        return losesInput ? ReplaceGraph(model, cut).ToArray() : null;
    }

    /// <summary>Nodes are stored in topological order, so one pass from the last to the first finds all that lead to the output.</summary>
    private static (HashSet<string> Names, bool[] Nodes) FindNeeded(ReadOnlySpan<byte> graph, string outputName)
    {
        var nodes = new List<(List<string> Inputs, List<string> Outputs)>();
        var fields = new ProtobufFields(graph);
        while (fields.MoveNext())
        {
            if (fields.Number != OnnxFields.Graph.Node)
                continue;
            var (inputs, outputs) = (new List<string>(), new List<string>());
            ReadNode(fields.Content, inputs, outputs);
            nodes.Add((inputs, outputs));
        }

        var needed = new HashSet<string>(StringComparer.Ordinal) { outputName };
        var kept = new bool[nodes.Count];
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            kept[i] = nodes[i].Outputs.Any(needed.Contains);
            if (kept[i])
            {
                needed.UnionWith(nodes[i].Inputs);
                needed.UnionWith(nodes[i].Outputs);
            }
        }

        return (needed, kept);
    }

    /// <summary>Collects the names a node reads, those within its branches and loop bodies included, and those it makes.</summary>
    internal static void ReadNode(ReadOnlySpan<byte> node, List<string> inputs, List<string>? outputs, int depth = 0)
    {
        var fields = new ProtobufFields(node);
        while (fields.MoveNext())
        {
            if (fields.Number == OnnxFields.Node.Input)
                inputs.Add(fields.Text);
            else if (fields.Number == OnnxFields.Node.Output)
                outputs?.Add(fields.Text);
            else if (fields.Number == OnnxFields.Node.Attribute)
                ReadAttribute(fields.Content, inputs, depth);
        }
    }

    /// <summary>A branch or loop body reads names of the graph around it, as if they were inputs of its node.</summary>
    private static void ReadAttribute(ReadOnlySpan<byte> attribute, List<string> inputs, int depth)
    {
        var fields = new ProtobufFields(attribute);
        while (fields.MoveNext())
        {
            if (fields.Number is not (OnnxFields.Attribute.Graph or OnnxFields.Attribute.Graphs))
                continue;
            CheckDepth(depth + 1);
            var body = new ProtobufFields(fields.Content);
            while (body.MoveNext())
            {
                if (body.Number == OnnxFields.Graph.Node)
                    ReadNode(body.Content, inputs, outputs: null, depth + 1);
                else if (body.Number == OnnxFields.Graph.Output)
                    inputs.Add(ReadText(body.Content, OnnxFields.ValueInfo.Name));
            }
        }
    }

    /// <summary>The model with another graph; everything else stays byte by byte.</summary>
    internal static ProtobufMessage ReplaceGraph(ReadOnlyMemory<byte> model, ProtobufMessage graph)
    {
        var result = new ProtobufMessage();
        var fields = new ProtobufFields(model.Span);
        while (fields.MoveNext())
        {
            if (fields.Number != OnnxFields.Model.Graph)
                result.AddRaw(model[fields.RawRange]);
        }

        return result.Add(OnnxFields.Model.Graph, graph);
    }

    /// <summary>The graph's message; empty where there is none.</summary>
    /// <exception cref="InvalidDataException">The bytes are no ONNX model.</exception>
    internal static ReadOnlyMemory<byte> FindGraph(ReadOnlyMemory<byte> model)
    {
        var fields = new ProtobufFields(model.Span);
        while (fields.MoveNext())
        {
            if (fields.Number == OnnxFields.Model.Graph)
                return model[fields.ContentRange];
        }

        return default;
    }

    /// <summary>The version of a domain's operators that a model takes; 0 where it states none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="domain">The domain; empty for the standard operators.</param>
    internal static int ReadOpset(ReadOnlySpan<byte> model, string domain = "")
    {
        var version = 0;
        for (var imports = new ProtobufFields(model); imports.MoveNext();)
        {
            if (imports.Number != OnnxFields.Model.OpsetImport || (ReadText(imports.Content, OnnxFields.Opset.Domain) is var name && (name == StandardDomain ? "" : name) != domain))
                continue;
            for (var fields = new ProtobufFields(imports.Content); fields.MoveNext();)
            {
                if (fields.Number == OnnxFields.Opset.Version)
                    version = (int)fields.Value;
            }
        }

        return version;
    }

    internal static string ReadText(ReadOnlySpan<byte> message, int number)
    {
        var fields = new ProtobufFields(message);
        while (fields.MoveNext())
        {
            if (fields.Number == number)
                return fields.Text;
        }

        return "";
    }

    internal static ReadOnlySpan<byte> ReadMessage(ReadOnlySpan<byte> message, int number)
    {
        var fields = new ProtobufFields(message);
        while (fields.MoveNext())
        {
            if (fields.Number == number)
                return fields.Content;
        }

        return [];
    }
}
