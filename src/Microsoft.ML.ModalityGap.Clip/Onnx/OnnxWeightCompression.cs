using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Makes a model's matrices smaller: a constant of float32 becomes one of float16, or of int8 with its scales, and operators that make float32 of it under the old name. ONNX Runtime runs these once, when it
/// opens the model.
/// </summary>
internal static class OnnxWeightCompression
{
    /// <summary>Less is not worth two operators.</summary>
    internal const int MinimumCount = 1024;

    private const string Prefix = "modality_gap_weights_";

    /// <summary>The smaller model; the same where there is nothing to make smaller.</summary>
    /// <exception cref="InvalidDataException">The bytes are no ONNX model.</exception>
    internal static byte[] Compress(byte[] model, OnnxWeights weights, string path)
    {
        if (weights == OnnxWeights.AsStored)
            return model;
        if (weights == OnnxWeights.Int8Products)
            model = OnnxInt8Products.Convert(model, path);
        var replaced = new Dictionary<string, (List<ProtobufMessage> Tensors, List<ProtobufMessage> Nodes)>(StringComparer.Ordinal);
        foreach (var initializer in OnnxInitializer.ReadAll(model))
        {
            if (initializer is not { ElementType: OnnxFields.ElementType.Float32, External: null, Shape.Count: >= 2 } || initializer.Shape.Aggregate(1L, (product, size) => product * size) < MinimumCount)
                continue;
            var values = initializer.ReadValues(model, path);
            var made = weights == OnnxWeights.Float16 ? ToFloat16(initializer, values, replaced.Count) : ToInt8(initializer, values, replaced.Count);
            if (made is { } result)
                replaced.Add(initializer.Name, result);
        }

        return replaced.Count == 0 ? model : OnnxGraph.ReplaceGraph(model, Replace(OnnxGraph.FindGraph(model), replaced)).ToArray();
    }

    private static ProtobufMessage Replace(ReadOnlyMemory<byte> graph, Dictionary<string, (List<ProtobufMessage> Tensors, List<ProtobufMessage> Nodes)> replaced)
    {
        var result = new ProtobufMessage();
        foreach (var (tensors, nodes) in replaced.Values)
        {
            // In front of all others, whose inputs they make.
            nodes.ForEach(node => result.Add(OnnxFields.Graph.Node, node));
            tensors.ForEach(tensor => result.Add(OnnxFields.Graph.Initializer, tensor));
        }

        for (var fields = new ProtobufFields(graph.Span); fields.MoveNext();)
        {
            // Old models list their constants among the inputs, too.
            var name = fields.Number switch
            {
                OnnxFields.Graph.Initializer => OnnxGraph.ReadText(fields.Content, OnnxFields.Tensor.Name),
                OnnxFields.Graph.Input => OnnxGraph.ReadText(fields.Content, OnnxFields.ValueInfo.Name),
                _ => null,
            };
            if (name is null || !replaced.ContainsKey(name))
                result.AddRaw(graph[fields.RawRange]);
        }

        return result;
    }

    private static (List<ProtobufMessage> Tensors, List<ProtobufMessage> Nodes)? ToFloat16(OnnxInitializer initializer, float[] values, int number)
    {
        if (!(TensorPrimitives.MaxMagnitude<float>(values) <= (float)Half.MaxValue))
            return null;
        var halves = new Half[values.Length];
        TensorPrimitives.ConvertToHalf(values, halves);
        var name = $"{Prefix}{number}";
        var tensor = OnnxMessages.TensorHeader(name, OnnxFields.ElementType.Float16, [.. initializer.Shape]).AddNumbers<Half>(OnnxFields.Tensor.RawData, halves);
        return ([tensor], [CreateCast(name, initializer.Name)]);
    }

    private static (List<ProtobufMessage> Tensors, List<ProtobufMessage> Nodes)? ToInt8(OnnxInitializer initializer, float[] values, int number)
    {
        if (!float.IsFinite(TensorPrimitives.MaxMagnitude<float>(values)))
            return null;
        var rows = (int)initializer.Shape[0];
        var columns = values.Length / rows;
        var byRow = Quantize(values, rows, columns, perRow: true);
        var best = initializer.Shape.Count == 2 && Quantize(values, rows, columns, perRow: false) is var byColumn && byColumn.Error < byRow.Error ? byColumn : byRow;
        var scaleShape = best == byRow ? [rows, .. Enumerable.Repeat(1L, initializer.Shape.Count - 1)] : new long[] { 1, columns };

        var name = $"{Prefix}{number}";
        List<ProtobufMessage> tensors =
        [
            OnnxMessages.Tensor<sbyte>(name, best.Values, [.. initializer.Shape]),
            OnnxMessages.Tensor<float>(name + "_scale", best.Scales, scaleShape),
        ];
        return (tensors, [CreateCast(name, name + "_float"), OnnxMessages.Node(name + "_multiply", "Mul", [name + "_float", name + "_scale"], [initializer.Name], [])]);
    }

    /// <summary>Numbers of −127 to 127 and what each row's or column's are to be multiplied by.</summary>
    internal static Quantized Quantize(float[] values, int rows, int columns, bool perRow)
    {
        var scales = new float[perRow ? rows : columns];
        for (var i = 0; i < values.Length; i++)
        {
            ref var scale = ref scales[perRow ? i / columns : i % columns];
            scale = Math.Max(scale, Math.Abs(values[i]) / sbyte.MaxValue);
        }

        var result = new sbyte[values.Length];
        var error = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            var scale = scales[perRow ? i / columns : i % columns];
            result[i] = scale == 0 ? (sbyte)0 : (sbyte)Math.Clamp(MathF.Round(values[i] / scale), -sbyte.MaxValue, sbyte.MaxValue);
            var difference = values[i] - (result[i] * scale);
            error += difference * difference;
        }

        return new Quantized(result, scales, error);
    }

    private static ProtobufMessage CreateCast(string from, string to) => OnnxMessages.Node(from + "_cast", "Cast", [from], [to], [("to", OnnxFields.ElementType.Float32)]);

    /// <param name="Values">The numbers.</param>
    /// <param name="Scales">The factors.</param>
    /// <param name="Error">The sum of the squares of what is lost.</param>
    internal sealed record Quantized(sbyte[] Values, float[] Scales, double Error);
}
