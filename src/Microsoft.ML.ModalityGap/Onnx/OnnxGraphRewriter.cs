namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Goes through a graph, its branches and loop bodies included, and changes names of values or the files that weights are kept in. What does not change is
/// kept byte by byte.
/// </summary>
internal sealed class OnnxGraphRewriter
{
    private int _depth;

    /// <summary>A field's new content, a text or a message; <see langword="null"/> to keep it.</summary>
    internal delegate object? FieldChange(int field, ReadOnlyMemory<byte> content);

    /// <summary>The name a value is to have.</summary>
    internal Func<string, string> Rename { get; init; } = name => name;

    /// <summary>The file that weights are to be kept in.</summary>
    internal Func<string, string> Relocate { get; init; } = file => file;

    /// <summary>The changed graph; <see langword="null"/> where nothing changed.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="first">What is to become of the graph's own fields, before anything else is asked.</param>
    internal ProtobufMessage? Rewrite(ReadOnlyMemory<byte> graph, FieldChange? first = null) => Change(graph, (field, content) => first?.Invoke(field, content) ?? field switch
    {
        OnnxFields.Graph.Node => RewriteNode(content),
        OnnxFields.Graph.Initializer => RewriteTensor(content),
        OnnxFields.Graph.SparseInitializer => RewriteSparseTensor(content),
        OnnxFields.Graph.Output or OnnxFields.Graph.ValueInfo or OnnxFields.Graph.QuantizationAnnotation =>
            Change(content, (inner, name) => inner == OnnxFields.ValueInfo.Name ? GetNewText(name, Rename) : null),
        _ => null,
    });

    private ProtobufMessage? RewriteNode(ReadOnlyMemory<byte> node) => Change(node, (field, content) => field switch
    {
        OnnxFields.Node.Input or OnnxFields.Node.Output => GetNewText(content, Rename),
        OnnxFields.Node.Attribute => RewriteAttribute(content),
        _ => null,
    });

    private ProtobufMessage? RewriteBody(ReadOnlyMemory<byte> graph)
    {
        OnnxGraph.CheckDepth(++_depth);
        var changed = Rewrite(graph);
        _depth--;
        return changed;
    }

    private ProtobufMessage? RewriteAttribute(ReadOnlyMemory<byte> attribute) => Change(attribute, (field, content) => field switch
    {
        OnnxFields.Attribute.Tensor or OnnxFields.Attribute.Tensors => RewriteTensor(content),
        OnnxFields.Attribute.SparseTensor or OnnxFields.Attribute.SparseTensors => RewriteSparseTensor(content),
        OnnxFields.Attribute.Graph or OnnxFields.Attribute.Graphs => RewriteBody(content),
        _ => null,
    });

    private ProtobufMessage? RewriteSparseTensor(ReadOnlyMemory<byte> tensor) => Change(
        tensor, (field, content) => field is OnnxFields.SparseTensor.Values or OnnxFields.SparseTensor.Indices ? RewriteTensor(content) : null);

    private ProtobufMessage? RewriteTensor(ReadOnlyMemory<byte> tensor) => Change(tensor, (field, content) =>
        field == OnnxFields.Tensor.ExternalData && OnnxGraph.ReadText(content.Span, OnnxFields.Entry.Key) == "location"
            ? Change(content, (inner, file) => inner == OnnxFields.Entry.Value ? GetNewText(file, Relocate) : null)
            : null);

    private static string? GetNewText(ReadOnlyMemory<byte> text, Func<string, string> change)
    {
        var old = System.Text.Encoding.UTF8.GetString(text.Span);
        var changed = change(old);
        return changed == old ? null : changed;
    }

    private static ProtobufMessage? Change(ReadOnlyMemory<byte> message, FieldChange change)
    {
        var result = new ProtobufMessage();
        var changed = false;
        var fields = new ProtobufFields(message.Span);
        while (fields.MoveNext())
        {
            switch (change(fields.Number, message[fields.ContentRange]))
            {
                case string text:
                    result.Add(fields.Number, text);
                    changed = true;
                    break;
                case ProtobufMessage inner:
                    result.Add(fields.Number, inner);
                    changed = true;
                    break;
                default:
                    result.AddRaw(message[fields.RawRange]);
                    break;
            }
        }

        return changed ? result : null;
    }
}
