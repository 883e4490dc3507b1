using System.Numerics.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Makes a model's products with constant matrices ones of int8: <c>x W</c> becomes <c>s · (round(x / s) Q) · t</c>, with the scale s of each row of x, found when the model runs, and the scale t of
/// each column of W. ONNX Runtime's own dynamic quantization has one scale for all rows, with which an embedding would depend on the rows beside it.
/// </summary>
internal static class OnnxInt8Products
{
    private const string Prefix = "modality_gap_int8_";
    private const string RuntimeDomain = "com.microsoft";
    private const string OneByOne = Prefix + "one", Levels = Prefix + "levels", Smallest = Prefix + "smallest", Nothing = Prefix + "nothing", Middle = Prefix + "middle",
        Middles = Prefix + "middles", Flat = Prefix + "flat", Axis = Prefix + "axis";

    // From here on QuantizeLinear has a scale per row, and ReduceSum its axes as an input; and then ReduceMax has, too.
    private const int FirstOpset = 13, OpsetOfAxesAsInput = 18;

    // The sum of as many products of 127 · 255 fits into an int32.
    private const int LongestSum = int.MaxValue / (sbyte.MaxValue * byte.MaxValue);

    /// <summary>The model with such products; the same where it has none with large matrices.</summary>
    /// <exception cref="InvalidDataException">The bytes are no ONNX model, or one of an opset that is too old.</exception>
    internal static byte[] Convert(byte[] model, string path)
    {
        var graph = OnnxGraph.FindGraph(model);
        var matrices = FindMatrices(model, graph.Span, path);
        if (matrices.Count == 0)
            return model;
        var opset = OnnxGraph.ReadOpset(model);
        if (opset < FirstOpset)
            throw new InvalidDataException($"The ONNX model '{path}' has opset {opset}, but products of int8 need {FirstOpset} at least. Export it again with a newer one, or take {nameof(OnnxWeights)}.{nameof(OnnxWeights.Int8)}.");

        var converted = OnnxGraph.ReplaceGraph(model, new Conversion(model, path, opset, matrices).Convert(graph));
        return OnnxGraph.ReadOpset(model, RuntimeDomain) > 0 ? converted.ToArray() : converted.Add(OnnxFields.Model.OpsetImport, OnnxMessages.Opset(1, RuntimeDomain)).ToArray();
    }

    /// <summary>Matrices of finite float32 that are nothing but the second factor of products.</summary>
    private static Dictionary<string, OnnxInitializer> FindMatrices(ReadOnlyMemory<byte> model, ReadOnlySpan<byte> graph, string path)
    {
        var matrices = OnnxInitializer.ReadAll(model)
            .Where(matrix => matrix is { ElementType: OnnxFields.ElementType.Float32, External: null, Shape: [> 0 and < LongestSum, > 0 and < int.MaxValue] } && matrix.Shape[0] * matrix.Shape[1] >= OnnxWeightCompression.MinimumCount)
            .DistinctBy(matrix => matrix.Name).ToDictionary(matrix => matrix.Name, StringComparer.Ordinal);
        var multiplied = new HashSet<string>(StringComparer.Ordinal);
        for (var fields = new ProtobufFields(graph); fields.MoveNext();)
        {
            if (fields.Number == OnnxFields.Graph.Output)
                matrices.Remove(OnnxGraph.ReadText(fields.Content, OnnxFields.ValueInfo.Name));
            if (fields.Number != OnnxFields.Graph.Node)
                continue;
            var inputs = new List<string>();
            OnnxGraph.ReadNode(fields.Content, inputs, outputs: null);
            for (var i = 0; i < inputs.Count; i++)
            {
                if (i == 1 && IsProduct(fields.Content))
                    multiplied.Add(inputs[i]);
                else
                    matrices.Remove(inputs[i]);
            }
        }

        foreach (var (name, matrix) in matrices.ToArray())
        {
            if (!multiplied.Contains(name) || !float.IsFinite(TensorPrimitives.MaxMagnitude<float>(matrix.ReadValues(model, path))))
                matrices.Remove(name);
        }

        return matrices;
    }

    private static bool IsProduct(ReadOnlySpan<byte> node) =>
        OnnxGraph.ReadText(node, OnnxFields.Node.OperationType) == "MatMul" && OnnxGraph.ReadText(node, OnnxFields.Node.Domain) is "" or OnnxGraph.StandardDomain;

    /// <summary>A graph on its way.</summary>
    private sealed class Conversion(byte[] model, string path, int opset, Dictionary<string, OnnxInitializer> matrices)
    {
        private readonly ProtobufMessage _graph = new();
        private readonly Dictionary<string, (string Values, string Scales)> _rows = new(StringComparer.Ordinal);
        private readonly Dictionary<string, (string Values, string Scales)> _columns = new(StringComparer.Ordinal);
        private int _count;

        internal ProtobufMessage Convert(ReadOnlyMemory<byte> graph)
        {
            AddConstant<float>(OneByOne, [1]);
            AddConstant<float>(Levels, [1f / sbyte.MaxValue]);
            AddConstant<float>(Smallest, [1e-30f]);
            AddConstant<float>(Nothing, [0]);
            AddConstant<byte>(Middle, [128]);
            AddConstant<byte>(Middles, [128], 1);
            AddConstant<long>(Flat, [-1], 1);
            AddConstant<long>(Axis, [-1], 1);
            for (var fields = new ProtobufFields(graph.Span); fields.MoveNext();)
            {
                // Old models list their constants among the inputs, too.
                var isReplaced = fields.Number switch
                {
                    OnnxFields.Graph.Node => TryAddProduct(fields.Content),
                    OnnxFields.Graph.Initializer => matrices.ContainsKey(OnnxGraph.ReadText(fields.Content, OnnxFields.Tensor.Name)),
                    OnnxFields.Graph.Input => matrices.ContainsKey(OnnxGraph.ReadText(fields.Content, OnnxFields.ValueInfo.Name)),
                    _ => false,
                };
                if (!isReplaced)
                    _graph.AddRaw(graph[fields.RawRange]);
            }

            return _graph;
        }

        private bool TryAddProduct(ReadOnlySpan<byte> node)
        {
            if (!IsProduct(node))
                return false;
            var (inputs, outputs) = (new List<string>(), new List<string>());
            OnnxGraph.ReadNode(node, inputs, outputs);
            if (inputs is not [var x, var factor] || outputs is not [var result] || !matrices.TryGetValue(factor, out var matrix))
                return false;
            var rows = Round(x, matrix.Shape[0]);
            var columns = Round(matrix);
            var product = Add("MatMulIntegerToFloat", [rows.Values, columns.Values, OneByOne, columns.Scales, Middle], domain: RuntimeDomain);
            Add("Mul", [product, rows.Scales], result);
            return true;
        }

        /// <summary>The values of a constant matrix and the scales of its columns.</summary>
        private (string Values, string Scales) Round(OnnxInitializer matrix)
        {
            if (_columns.TryGetValue(matrix.Name, out var known))
                return known;
            var rounded = OnnxWeightCompression.Quantize(matrix.ReadValues(model, path), (int)matrix.Shape[0], (int)matrix.Shape[1], perRow: false);
            return _columns[matrix.Name] = (
                AddConstant<sbyte>(Next(), rounded.Values, [.. matrix.Shape]), AddConstant<float>(Next(), rounded.Scales, matrix.Shape[1]));
        }

        /// <summary>The values of what is multiplied, 128 for 0, and the scales of its rows. A row that is not all finite has the scale NaN, and so has the product.</summary>
        private (string Values, string Scales) Round(string x, long width)
        {
            if (_rows.TryGetValue(x, out var known))
                return known;
            var greatest = AddReduce("ReduceMax", Add("Abs", [x]), axesAreInput: opset >= OpsetOfAxesAsInput);
            var scales = Add("Max", [Add("Mul", [greatest, Levels]), Smallest]);
            scales = Add("Add", [scales, Add("Mul", [AddReduce("ReduceSum", x, axesAreInput: true), Nothing])]);

            var shape = AddConstant<long>(Next(), [-1, width], 2);
            var flat = Add("Reshape", [scales, Flat]);
            var values = Add("QuantizeLinear", [Add("Reshape", [x, shape]), flat, Add("Expand", [Middles, Add("Shape", [flat])])], attributes: [("axis", 0)]);
            return _rows[x] = (Add("Reshape", [values, Add("Shape", [x])]), scales);
        }

        private string AddReduce(string operation, string x, bool axesAreInput) => axesAreInput
            ? Add(operation, [x, Axis], attributes: [("keepdims", 1)])
            : Add(operation, [x], attributes: [("axes", new[] { -1 }), ("keepdims", 1)]);

        private string Add(string operation, string[] inputs, string? output = null, string? domain = null, params (string Name, object Value)[] attributes)
        {
            output ??= Next();
            var node = OnnxMessages.Node($"{Prefix}{_count++}", operation, inputs, [output], attributes);
            _graph.Add(OnnxFields.Graph.Node, domain is null ? node : node.Add(OnnxFields.Node.Domain, domain));
            return output;
        }

        private string AddConstant<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
            where T : unmanaged
        {
            _graph.Add(OnnxFields.Graph.Initializer, OnnxMessages.Tensor(name, values, shape));
            return name;
        }

        private string Next() => $"{Prefix}{_count++}";
    }
}
