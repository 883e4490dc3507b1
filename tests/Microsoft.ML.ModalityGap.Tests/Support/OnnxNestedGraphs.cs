namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>ONNX models with graphs within graphs.</summary>
internal static class NestedGraphs
{
    /// <summary>A model whose graph has a node with an attribute that is a graph, and so on; the innermost has a node with an output.</summary>
    public static byte[] Create(int depth)
    {
        // From within, each part in front of what it holds; put together once.
        var parts = new Stack<byte[]>();
        byte[] innermost = [0x0A, 0x03, 0x12, 0x01, (byte)'y']; // GraphProto.node { output: "y" }
        parts.Push(innermost);
        var length = innermost.Length;
        for (var level = 0; level < depth; level++)
        {
            foreach (var field in new[] { OnnxFields.Attribute.Graph, OnnxFields.Node.Attribute, OnnxFields.Graph.Node })
                Wrap(field);
        }

        Wrap(OnnxFields.Model.Graph);
        return [.. parts.SelectMany(part => part)];

        void Wrap(int field)
        {
            var start = new List<byte> { (byte)(field << 3 | 2) };
            for (var rest = length; ; rest >>= 7)
            {
                start.Add((byte)(rest < 0x80 ? rest : rest & 0x7F | 0x80));
                if (rest < 0x80)
                    break;
            }

            parts.Push([.. start]);
            length += start.Count;
        }
    }
}
