using System.Buffers;
using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// What has to be known of a serialised ONNX model beyond what ONNX Runtime tells: where weights are, and which part of the graph an output needs.
/// </summary>
/// <remarks>Field numbers are those of onnx.proto (ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto).</remarks>
internal static class OnnxGraph
{
    private const int ModelGraph = 7;
    private const int GraphNode = 1, GraphInitializer = 5, GraphInput = 11, GraphOutput = 12, GraphValueInfo = 13, GraphAnnotation = 14, GraphSparseInitializer = 15;
    private const int NodeInput = 1, NodeOutput = 2, NodeAttribute = 5;
    private const int AttributeGraph = 6, AttributeGraphs = 11;
    private const int TensorName = 8, TensorExternalData = 13, SparseValues = 1, ValueInfoName = 1, EntryKey = 1, EntryValue = 2;

    /// <summary>The first file beside the model in which weights are kept; <see langword="null"/> where the model holds all of them.</summary>
    internal static string? FindExternalData(ReadOnlySpan<byte> model)
    {
        var fields = new ProtobufFields(FindGraph(model));
        while (fields.MoveNext())
        {
            if (fields.Number == GraphInitializer && FindLocation(fields.Content) is { } location)
                return location;
        }

        return null;
    }

    /// <summary>Cuts away what an output does not need. <see langword="null"/> where it needs every input, so that nothing is gained.</summary>
    internal static byte[]? Extract(ReadOnlySpan<byte> model, string outputName)
    {
        var graph = FindGraph(model);
        var (needed, keptNodes) = FindNeeded(graph, outputName);

        var cut = new ArrayBufferWriter<byte>();
        var losesInput = false;
        var node = 0;
        var fields = new ProtobufFields(graph);
        while (fields.MoveNext())
        {
            var keep = fields.Number switch
            {
                GraphNode => keptNodes[node++],
                GraphInitializer => needed.Contains(ReadText(fields.Content, TensorName)),
                GraphSparseInitializer => needed.Contains(ReadText(ReadMessage(fields.Content, SparseValues), TensorName)),
                GraphInput or GraphValueInfo or GraphAnnotation => needed.Contains(ReadText(fields.Content, ValueInfoName)),
                GraphOutput => ReadText(fields.Content, ValueInfoName) == outputName,
                _ => true,
            };
            losesInput |= !keep && fields.Number == GraphInput;
            if (keep)
                cut.Write(fields.Raw);
        }

        return losesInput ? ReplaceGraph(model, cut.WrittenSpan) : null;
    }

    /// <summary>Nodes are stored in topological order, so one pass from the last to the first finds all that lead to the output.</summary>
    private static (HashSet<string> Names, bool[] Nodes) FindNeeded(ReadOnlySpan<byte> graph, string outputName)
    {
        var nodes = new List<(List<string> Inputs, List<string> Outputs)>();
        var fields = new ProtobufFields(graph);
        while (fields.MoveNext())
        {
            if (fields.Number != GraphNode)
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

    private static void ReadNode(ReadOnlySpan<byte> node, List<string> inputs, List<string>? outputs)
    {
        var fields = new ProtobufFields(node);
        while (fields.MoveNext())
        {
            if (fields.Number == NodeInput)
                inputs.Add(fields.Text);
            else if (fields.Number == NodeOutput)
                outputs?.Add(fields.Text);
            else if (fields.Number == NodeAttribute)
                ReadAttribute(fields.Content, inputs);
        }
    }

    /// <summary>A branch or loop body reads names of the graph around it, as if they were inputs of its node.</summary>
    private static void ReadAttribute(ReadOnlySpan<byte> attribute, List<string> inputs)
    {
        var fields = new ProtobufFields(attribute);
        while (fields.MoveNext())
        {
            if (fields.Number is not (AttributeGraph or AttributeGraphs))
                continue;
            var body = new ProtobufFields(fields.Content);
            while (body.MoveNext())
            {
                if (body.Number == GraphNode)
                    ReadNode(body.Content, inputs, outputs: null);
                else if (body.Number == GraphOutput)
                    inputs.Add(ReadText(body.Content, ValueInfoName));
            }
        }
    }

    private static byte[] ReplaceGraph(ReadOnlySpan<byte> model, ReadOnlySpan<byte> graph)
    {
        var result = new ArrayBufferWriter<byte>(graph.Length + 1024);
        var fields = new ProtobufFields(model);
        while (fields.MoveNext())
        {
            if (fields.Number != ModelGraph)
                result.Write(fields.Raw);
        }

        WriteVarint(result, (ModelGraph << 3) | 2);
        WriteVarint(result, (uint)graph.Length);
        result.Write(graph);
        return result.WrittenSpan.ToArray();
    }

    private static void WriteVarint(ArrayBufferWriter<byte> writer, uint value)
    {
        var length = Math.Max(1, (BitOperations.Log2(value) / 7) + 1);
        var span = writer.GetSpan(length);
        for (var i = 0; i < length; i++)
            span[i] = (byte)((value >> (7 * i)) & 0x7F | (i < length - 1 ? 0x80u : 0));
        writer.Advance(length);
    }

    private static ReadOnlySpan<byte> FindGraph(ReadOnlySpan<byte> model) => ReadMessage(model, ModelGraph);

    private static string? FindLocation(ReadOnlySpan<byte> tensor)
    {
        var fields = new ProtobufFields(tensor);
        while (fields.MoveNext())
        {
            if (fields.Number == TensorExternalData && ReadText(fields.Content, EntryKey) == "location")
                return ReadText(fields.Content, EntryValue);
        }

        return null;
    }

    private static string ReadText(ReadOnlySpan<byte> message, int number)
    {
        var fields = new ProtobufFields(message);
        while (fields.MoveNext())
        {
            if (fields.Number == number)
                return fields.Text;
        }

        return "";
    }

    private static ReadOnlySpan<byte> ReadMessage(ReadOnlySpan<byte> message, int number)
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
