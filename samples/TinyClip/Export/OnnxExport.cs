using Microsoft.ML.ModalityGap;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TinyClip;

/// <summary>Writes the trained encoders as ONNX, with the names of the public CLIP exports. TorchSharp has no export of its own.</summary>
internal static class OnnxExport
{
    private const int Opset = 17;

    /// <summary>The image encoder; batch normalisation, which is linear once trained, is folded into the convolutions.</summary>
    internal static byte[] Export(ImageEncoder encoder, int dimension)
    {
        var graph = new OnnxModelBuilder("tinyclip_vision", Opset);
        const int size = TinyClipModel.ImageSize;
        var x = graph.Input("pixel_values", OnnxFields.ElementType.Float32, OnnxDimension.Batch, 3, size, size);
        for (var i = 0; i < encoder.Convolutions.Length; i++)
        {
            var (weight, bias) = Fold(encoder.Convolutions[i].weight!, encoder.Normalizations[i]);
            var (kernel, padding) = (ImageEncoder.KernelOf(i), ImageEncoder.KernelOf(i) / 2);
            var stride = ImageEncoder.StrideOf(i);
            x = graph.Add(
                "Conv", [x, Constant(graph, weight), Constant(graph, bias)], ("kernel_shape", (int[])[kernel, kernel]), ("strides", (int[])[stride, stride]),
                ("pads", (int[])[padding, padding, padding, padding]));
            x = graph.Add("Relu", [x]);
            if (ImageEncoder.IsPooled(i))
                x = MaxPool(x, 2, 2);
        }

        string Flat(string value) => graph.Add("Flatten", [value], ("axis", 1));
        string MaxPool(string value, int height, int width) => graph.Add(
            "MaxPool", [value], ("kernel_shape", (int[])[height, width]), ("strides", (int[])[height, width]));
        const int map = ImageEncoder.MapSize;
        string[] readings =
            [MaxPool(x, map, map / 2), MaxPool(x, map / 2, map), graph.Add("GlobalMaxPool", [x]), graph.Add("GlobalAveragePool", [x])];
        x = graph.Add("Concat", [.. readings.Select(Flat)], ("axis", 1));
        var (hidden, hiddenBias) = Fold(encoder.Together.weight!, encoder.TogetherNormalization);
        x = graph.Add("MatMul", [x, Constant(graph, hidden.t())]);
        x = graph.Add("Relu", [graph.Add("Add", [x, Constant(graph, hiddenBias)])]);
        return Finish(graph, "image_embeds", Dense(graph, x, encoder.Projection), dimension);
    }

    /// <summary>The text encoder.</summary>
    internal static byte[] Export(TextEncoder encoder, int dimension)
    {
        const int length = TinyClipModel.ContextLength;
        var graph = new OnnxModelBuilder("tinyclip_text", Opset);
        var ids = graph.Input("input_ids", OnnxFields.ElementType.Int64, OnnxDimension.Batch, "sequence");
        var mask = graph.Input("attention_mask", OnnxFields.ElementType.Int64, OnnxDimension.Batch, "sequence");

        // Rows may be shorter than the context: what is made for the longest is cut to their reach.
        var reach = graph.Add("Shape", [ids], ("start", 1));
        var square = graph.Add("Concat", [reach, reach], ("axis", 0));

        // 0 where a token may look, a large negative number where it may not: at what comes later, and at what is masked.
        var causal = new float[length * length];
        for (var i = 0; i < causal.Length; i++)
            causal[i] = i % length > i / length ? -1e9f : 0;
        var masked = graph.Add("Sub", [graph.Constant((ReadOnlySpan<float>)[1f]), graph.Add("Cast", [mask], ("to", 1))]);
        masked = graph.Add("Mul", [masked, graph.Constant((ReadOnlySpan<float>)[-1e9f])]);
        masked = graph.Add("Unsqueeze", [masked, graph.Constant((ReadOnlySpan<long>)[1, 2], 2)]);
        var bias = graph.Add("Add", [masked, graph.Add("Slice", [graph.Constant(causal, length, length), graph.Constant((ReadOnlySpan<long>)[0, 0], 2), square])]);

        var x = graph.Add("Gather", [Constant(graph, encoder.Tokens.weight!), ids], ("axis", 0));
        x = graph.Add("Add", [x, graph.Add("Slice", [Constant(graph, encoder.Positions), graph.Constant((ReadOnlySpan<long>)[0], 1), reach])]);
        foreach (var block in encoder.Blocks)
            x = Export(graph, block, x, bias);
        x = Normalize(graph, x, encoder.Last);

        var end = graph.Add("ArgMax", [ids], ("axis", 1), ("keepdims", 1));
        x = graph.Add("GatherND", [x, end], ("batch_dims", 1));
        return Finish(graph, "text_embeds", Dense(graph, x, encoder.Projection), dimension);
    }

    private static byte[] Finish(OnnxModelBuilder graph, string output, string value, int dimension)
    {
        graph.Name(value, output);
        graph.Output(output, OnnxFields.ElementType.Float32, OnnxDimension.Batch, dimension);
        return graph.Build("TinyClip").ToArray();
    }

    private static string Export(OnnxModelBuilder graph, TransformerBlock block, string input, string bias)
    {
        const int width = TextEncoder.Width, heads = TextEncoder.Heads;
        var together = Dense(graph, Normalize(graph, input, block.FirstNorm), block.QueryKeyValue.Merge());
        var split = graph.Add("Split", [together, graph.Constant((ReadOnlySpan<long>)[width, width, width], 3)], 3, ("axis", -1));
        var byHead = graph.Constant((ReadOnlySpan<long>)[0, 0, heads, width / heads], 4);
        string Transposed(string value, params int[] order) => graph.Add("Transpose", [value], ("perm", order));
        string Heads(string value, params int[] order) => Transposed(graph.Add("Reshape", [value, byHead]), order);

        var weights = graph.Add("MatMul", [Heads(split[0], 0, 2, 1, 3), Heads(split[1], 0, 2, 3, 1)]);
        weights = graph.Add("Mul", [weights, graph.Constant((ReadOnlySpan<float>)[(float)(1 / Math.Sqrt(width / heads))])]);
        weights = graph.Add("Softmax", [graph.Add("Add", [weights, bias])], ("axis", -1));
        var seen = Transposed(graph.Add("MatMul", [weights, Heads(split[2], 0, 2, 1, 3)]), 0, 2, 1, 3);
        seen = graph.Add("Reshape", [seen, graph.Constant((ReadOnlySpan<long>)[0, 0, width], 3)]);
        var x = graph.Add("Add", [input, Dense(graph, seen, block.Output)]);

        var up = Dense(graph, Normalize(graph, x, block.SecondNorm), block.Up);
        var gate = graph.Add("Sigmoid", [graph.Add("Mul", [up, graph.Constant((ReadOnlySpan<float>)[1.702f])])]);
        return graph.Add("Add", [x, Dense(graph, graph.Add("Mul", [up, gate]), block.Down)]);
    }

    /// <summary>x Wᵀ + b over the last dimension.</summary>
    private static string Dense(OnnxModelBuilder graph, string x, Linear linear)
    {
        using var transposed = linear.weight!.detach().t().contiguous();
        var product = graph.Add("MatMul", [x, Constant(graph, transposed)]);
        return linear.bias is null ? product : graph.Add("Add", [product, Constant(graph, linear.bias)]);
    }

    private static string Dense(OnnxModelBuilder graph, string x, (Tensor Weight, Tensor Bias) matrix)
    {
        using var transposed = matrix.Weight.t().contiguous();
        return graph.Add("Add", [graph.Add("MatMul", [x, Constant(graph, transposed)]), Constant(graph, matrix.Bias)]);
    }

    private static string Normalize(OnnxModelBuilder graph, string x, LayerNorm norm) =>
        graph.Add("LayerNormalization", [x, Constant(graph, norm.weight!), Constant(graph, norm.bias!)], ("axis", -1), ("epsilon", 1e-5f));

    private static string Constant(OnnxModelBuilder graph, Tensor tensor)
    {
        using var values = tensor.detach().contiguous();
        return graph.Constant(values.data<float>().ToArray(), values.shape);
    }

    private static (Tensor Weight, Tensor Bias) Fold(Tensor weight, TorchSharp.Modules.BatchNorm normalization)
    {
        using var frozen = no_grad();
        var scale = normalization.weight! / (normalization.running_var! + 1e-5).sqrt();
        long[] perOutput = [-1, .. Enumerable.Repeat(1L, (int)weight.dim() - 1)];
        return (weight * scale.view(perOutput), normalization.bias! - (normalization.running_mean! * scale));
    }
}
