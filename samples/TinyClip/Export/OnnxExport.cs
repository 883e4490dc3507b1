using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TinyClip;

/// <summary>Writes the trained encoders as ONNX, with the names of the public CLIP exports. TorchSharp has no export of its own.</summary>
internal static class OnnxExport
{
    /// <summary>The image encoder; batch normalisation, which is linear once trained, is folded into the convolutions.</summary>
    internal static byte[] Export(ImageEncoder encoder, int dimension)
    {
        var graph = new OnnxGraph("tinyclip_vision");
        const int size = TinyClipModel.ImageSize;
        var x = graph.Input<float>("pixel_values", 3, size, size);
        for (var i = 0; i < encoder.Convolutions.Length; i++)
        {
            var (weight, bias) = Fold(encoder.Convolutions[i].weight!, encoder.Normalizations[i]);
            var (kernel, padding) = (ImageEncoder.KernelOf(i), ImageEncoder.KernelOf(i) / 2);
            var stride = ImageEncoder.StrideOf(i);
            x = graph.Node(
                "Conv", [x, Constant(graph, weight), Constant(graph, bias)], ("kernel_shape", (int[])[kernel, kernel]), ("strides", (int[])[stride, stride]),
                ("pads", (int[])[padding, padding, padding, padding]));
            x = graph.Node("Relu", [x]);
            if (ImageEncoder.IsPooled(i))
                x = MaxPool(x, 2, 2);
        }

        string Flat(string value) => graph.Node("Flatten", [value], ("axis", 1));
        string MaxPool(string value, int height, int width) => graph.Node(
            "MaxPool", [value], ("kernel_shape", (int[])[height, width]), ("strides", (int[])[height, width]));
        const int map = ImageEncoder.MapSize;
        string[] read =
        [
            MaxPool(x, map, map / 2), MaxPool(x, map / 2, map), graph.Node("GlobalMaxPool", [x]), graph.Node("GlobalAveragePool", [x]),
        ];
        x = graph.Node("Concat", [.. read.Select(Flat)], ("axis", 1));
        var (hidden, hiddenBias) = Fold(encoder.Together.weight!, encoder.TogetherNormalization);
        x = graph.Node("MatMul", [x, Constant(graph, hidden.t().contiguous())]);
        x = graph.Node("Relu", [graph.Node("Add", [x, Constant(graph, hiddenBias)])]);
        graph.Output("image_embeds", Dense(graph, x, encoder.Projection), dimension);
        return graph.ToArray();
    }

    /// <summary>The text encoder.</summary>
    internal static byte[] Export(TextEncoder encoder, int dimension)
    {
        const int length = TinyClipModel.ContextLength;
        var graph = new OnnxGraph("tinyclip_text");
        var ids = graph.Input<long>("input_ids", length);
        var mask = graph.Input<long>("attention_mask", length);

        // 0 where a token may look, a large negative number where it may not: at what comes later, and at what is masked.
        var causal = new float[length * length];
        for (var i = 0; i < causal.Length; i++)
            causal[i] = i % length > i / length ? -1e9f : 0;
        var masked = graph.Node("Sub", [graph.Constant<float>([1f]), graph.Node("Cast", [mask], ("to", 1))]);
        masked = graph.Node("Mul", [masked, graph.Constant<float>([-1e9f])]);
        masked = graph.Node("Unsqueeze", [masked, graph.Constant<long>([1, 2], 2)]);
        var bias = graph.Node("Add", [masked, graph.Constant<float>(causal, length, length)]);

        var x = graph.Node("Gather", [Constant(graph, encoder.Tokens.weight!), ids], ("axis", 0));
        x = graph.Node("Add", [x, Constant(graph, encoder.Positions)]);
        foreach (var block in encoder.Blocks)
            x = Export(graph, block, x, bias);
        x = Normalize(graph, x, encoder.Last);

        var end = graph.Node("ArgMax", [ids], ("axis", 1), ("keepdims", 1));
        x = graph.Node("GatherND", [x, end], ("batch_dims", 1));
        graph.Output("text_embeds", Dense(graph, x, encoder.Projection), dimension);
        return graph.ToArray();
    }

    private static string Export(OnnxGraph graph, TransformerBlock block, string input, string bias)
    {
        const int length = TinyClipModel.ContextLength, width = TextEncoder.Width, heads = TextEncoder.Heads;
        var together = Dense(graph, Normalize(graph, input, block.FirstNorm), block.QueryKeyValue);
        var split = graph.Nodes("Split", [together, graph.Constant<long>([width, width, width], 3)], 3, ("axis", -1));
        var byHead = graph.Constant<long>([0, length, heads, width / heads], 4);
        string Transposed(string value, params int[] order) => graph.Node("Transpose", [value], ("perm", order));
        string Heads(string value, params int[] order) => Transposed(graph.Node("Reshape", [value, byHead]), order);

        var weights = graph.Node("MatMul", [Heads(split[0], 0, 2, 1, 3), Heads(split[1], 0, 2, 3, 1)]);
        weights = graph.Node("Mul", [weights, graph.Constant<float>([(float)(1 / Math.Sqrt(width / heads))])]);
        weights = graph.Node("Softmax", [graph.Node("Add", [weights, bias])], ("axis", -1));
        var seen = Transposed(graph.Node("MatMul", [weights, Heads(split[2], 0, 2, 1, 3)]), 0, 2, 1, 3);
        seen = graph.Node("Reshape", [seen, graph.Constant<long>([0, length, width], 3)]);
        var x = graph.Node("Add", [input, Dense(graph, seen, block.Output)]);

        var up = Dense(graph, Normalize(graph, x, block.SecondNorm), block.Up);
        var gate = graph.Node("Sigmoid", [graph.Node("Mul", [up, graph.Constant<float>([1.702f])])]);
        return graph.Node("Add", [x, Dense(graph, graph.Node("Mul", [up, gate]), block.Down)]);
    }

    /// <summary>x Wᵀ + b over the last dimension.</summary>
    private static string Dense(OnnxGraph graph, string x, Linear linear)
    {
        using var transposed = linear.weight!.detach().t().contiguous();
        var product = graph.Node("MatMul", [x, Constant(graph, transposed)]);
        return linear.bias is null ? product : graph.Node("Add", [product, Constant(graph, linear.bias)]);
    }

    private static string Normalize(OnnxGraph graph, string x, LayerNorm norm) =>
        graph.Node("LayerNormalization", [x, Constant(graph, norm.weight!), Constant(graph, norm.bias!)], ("axis", -1), ("epsilon", 1e-5f));

    private static string Constant(OnnxGraph graph, Tensor tensor)
    {
        using var values = tensor.detach().contiguous();
        return graph.Constant<float>(values.data<float>().ToArray(), values.shape);
    }

    private static (Tensor Weight, Tensor Bias) Fold(Tensor weight, TorchSharp.Modules.BatchNorm normalization)
    {
        using var frozen = no_grad();
        var scale = normalization.weight! / (normalization.running_var! + 1e-5).sqrt();
        long[] perOutput = [-1, .. Enumerable.Repeat(1L, (int)weight.dim() - 1)];
        return (weight * scale.view(perOutput), normalization.bias! - (normalization.running_mean! * scale));
    }
}
