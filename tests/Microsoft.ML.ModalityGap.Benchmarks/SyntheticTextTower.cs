namespace Microsoft.ML.ModalityGap.Benchmarks;

/// <summary>
/// A causal text tower of the size and the layout of CLIP ViT-B/32's: 12 layers, 512 wide, 8 heads, up to 77 tokens along an axis that is open, as public exports leave it. Its weights are
/// random, from a seed, and only its vocabulary is smaller, which costs no time.
/// </summary>
internal static class SyntheticTextTower
{
    internal const int ContextLength = 77, Tokens = 4000;
    private const int Layers = 12, Width = 512, Heads = 8;

    /// <summary>Writes the model.</summary>
    internal static void Write(string path)
    {
        var random = new Random(1);
        var graph = new OnnxModelBuilder("text", 17);
        var ids = graph.Input("input_ids", OnnxFields.ElementType.Int64, OnnxDimension.Batch, "sequence");
        var reach = graph.Add("Shape", [ids], ("start", 1));
        var causal = new float[ContextLength * ContextLength];
        for (var i = 0; i < causal.Length; i++)
            causal[i] = i % ContextLength > i / ContextLength ? -1e9f : 0;
        var bias = graph.Add("Slice", [
            graph.Constant(causal, ContextLength, ContextLength), graph.Constant((ReadOnlySpan<long>)[0, 0], 2), graph.Add("Concat", [reach, reach], ("axis", 0))]);

        string Weights(params ReadOnlySpan<long> shape)
        {
            var values = new float[checked((int)(shape[0] * shape[1]))];
            for (var i = 0; i < values.Length; i++)
                values[i] = ((2 * random.NextSingle()) - 1) / MathF.Sqrt(shape[0]);
            return graph.Constant(values, shape);
        }

        string Dense(string x, int from, int to) => graph.Add("Add", [graph.Add("MatMul", [x, Weights(from, to)]), graph.Constant(new float[to], to)]);
        string Normalize(string x)
        {
            var ones = new float[Width];
            Array.Fill(ones, 1);
            return graph.Add("LayerNormalization", [x, graph.Constant(ones, Width), graph.Constant(new float[Width], Width)], ("axis", -1), ("epsilon", 1e-5f));
        }

        string Transposed(string x, params int[] order) => graph.Add("Transpose", [x], ("perm", order));
        var byHead = graph.Constant((ReadOnlySpan<long>)[0, 0, Heads, Width / Heads], 4);
        var together = graph.Constant((ReadOnlySpan<long>)[0, 0, Width], 3);
        string Project(string x, params int[] order) => Transposed(graph.Add("Reshape", [Dense(x, Width, Width), byHead]), order);

        var x = graph.Add("Gather", [Weights(Tokens, Width), ids], ("axis", 0));
        x = graph.Add("Add", [x, graph.Add("Slice", [Weights(ContextLength, Width), graph.Constant((ReadOnlySpan<long>)[0], 1), reach])]);
        for (var layer = 0; layer < Layers; layer++)
        {
            var normal = Normalize(x);
            var weights = graph.Add("MatMul", [Project(normal, 0, 2, 1, 3), Project(normal, 0, 2, 3, 1)]);
            weights = graph.Add("Mul", [weights, graph.Constant((ReadOnlySpan<float>)[1 / MathF.Sqrt(Width / Heads)])]);
            weights = graph.Add("Softmax", [graph.Add("Add", [weights, bias])], ("axis", -1));
            var seen = Transposed(graph.Add("MatMul", [weights, Project(normal, 0, 2, 1, 3)]), 0, 2, 1, 3);
            x = graph.Add("Add", [x, Dense(graph.Add("Reshape", [seen, together]), Width, Width)]);
            var up = Dense(Normalize(x), Width, 4 * Width);
            var gate = graph.Add("Sigmoid", [graph.Add("Mul", [up, graph.Constant((ReadOnlySpan<float>)[1.702f])])]);
            x = graph.Add("Add", [x, Dense(graph.Add("Mul", [up, gate]), 4 * Width, Width)]);
        }

        x = graph.Add("GatherND", [Normalize(x), graph.Add("ArgMax", [ids], ("axis", 1), ("keepdims", 1))], ("batch_dims", 1));
        graph.Name(graph.Add("MatMul", [x, Weights(Width, Width)]), "text_embeds");
        graph.Output("text_embeds", OnnxFields.ElementType.Float32, OnnxDimension.Batch, Width);
        using var file = File.Create(path);
        graph.Build().WriteTo(file);
    }
}
