namespace Microsoft.ML.ModalityGap;

/// <summary>A zero-shot classifier on its way into an ONNX model: its image map, the class matrix, the scale, and softmax or sigmoid.</summary>
internal sealed record OnnxClassifier(ClassifyZeroShotTransformer Classifier) : OnnxHead
{
    /// <summary>The probabilities.</summary>
    internal const string Score = "score";

    /// <summary>The cosines, with what a cache adds to them.</summary>
    internal const string Similarity = "similarity";

    /// <summary>The likeliest class's number.</summary>
    internal const string Label = "label";

    internal override string What => "the classifier";

    internal override int InputDimension => Classifier.InputDimension;

    internal override string? Fingerprint => Classifier.ImageMap is { } map ? MapFingerprint.Join([map]) : null;

    internal override string? OutputName => Score;

    private bool IsSingleLabel => Classifier.Options.Mode == ZeroShotMode.SingleLabel;

    internal override IReadOnlyList<OnnxHeadOutput> GetOutputs(string name)
    {
        OnnxHeadOutput score = new(name, OnnxFields.ElementType.Float32, Classifier.Classes.Count), similarity = new(Similarity, OnnxFields.ElementType.Float32, Classifier.Classes.Count);
        return IsSingleLabel ? [score, similarity, new(Label, OnnxFields.ElementType.Int64)] : [score, similarity];
    }

    internal override IReadOnlyList<string> AddTo(OnnxNodes nodes, string input)
    {
        var classes = Classifier.Classes;
        var unit = nodes.AddUnitRows(Classifier.ImageMap is { } map ? map.AddTo(nodes, input) : input);
        var similarity = nodes.AddProduct(unit, classes.Embeddings.Span, classes.Count, classes.Dimension);
        if (Classifier.Cache is { } cache)
            similarity = AddCache(nodes, cache, classes, unit, similarity);
        if (!IsSingleLabel)
        {
            // The same as s·(cos − t), and exact where cos is t.
            var above = nodes.Add("Sub", [similarity, nodes.Constant([.. Classifier.Thresholds], classes.Count)]);
            return [nodes.Add("Sigmoid", [nodes.Add("Mul", [above, nodes.Constant([Classifier.LogitScale], 1)])]), similarity];
        }

        var score = nodes.Add("Softmax", [nodes.Add("Mul", [similarity, nodes.Constant([Classifier.LogitScale], 1)])], ("axis", 1));
        var likeliest = nodes.Add("ArgMax", [similarity], ("axis", 1), ("keepdims", 0));

        // A row without a direction has no class.
        var first = nodes.Add("Gather", [similarity, nodes.Constant((ReadOnlySpan<long>)[0L])], ("axis", 1));
        return [score, similarity, nodes.Add("Where", [nodes.Add("IsNaN", [first]), nodes.Constant((ReadOnlySpan<long>)[-1L], 1), likeliest])];
    }

    /// <summary>What <see cref="ZeroShotCache.Blender"/> does to the cosines of unit rows.</summary>
    private static string AddCache(OnnxNodes nodes, ZeroShotCache cache, ZeroShotClasses classes, string unit, string similarity)
    {
        var opinion = nodes.Add("Softmax", [nodes.Add("Mul", [similarity, nodes.Constant([ZeroShotCache.OpinionScale], 1)])], ("axis", 1));
        var expected = nodes.Add("MatMul", [opinion, nodes.Constant(classes.Embeddings.Span, classes.Count, classes.Dimension)]);
        var products = nodes.Add("Mul", [nodes.AddProduct(expected, cache.Rows, cache.Count, classes.Dimension), nodes.Constant([ZeroShotCache.OpinionScale], 1)]);
        var agreement = nodes.Add("Sub", [products, nodes.Constant(cache.LogSums, cache.Count)]);
        var (least, most) = (nodes.AddReduce("ReduceMin", agreement), nodes.AddReduce("ReduceMax", agreement));
        var share = nodes.Add("Div", [nodes.Add("Sub", [agreement, least]), nodes.Add("Sub", [most, least])]);
        var alike = nodes.Add("Where", [nodes.Add("Greater", [most, least]), nodes.Add("Mul", [share, nodes.Constant([2f], 1)]), nodes.Constant([1f], 1)]);
        var distance = nodes.Add("Sub", [nodes.Constant([1f], 1), nodes.Add("Mul", [nodes.AddProduct(unit, cache.Rows, cache.Count, classes.Dimension), alike])]);
        var weights = nodes.Add("Exp", [nodes.Add("Mul", [distance, nodes.Constant([-cache.Sharpness], 1)])]);
        var targets = new float[cache.Count * classes.Count];
        for (var j = 0; j < cache.Count; j++)
            targets[j * classes.Count + cache.Labels[j]] = cache.Weight / ZeroShotCache.WeightScale;
        return nodes.Add("Add", [similarity, nodes.Add("MatMul", [weights, nodes.Constant(targets, cache.Count, classes.Count)])]);
    }

    internal override IEnumerable<(string Key, string Value)> Describe(string name) => OnnxMetadata.DescribeClasses(
        name, Classifier.Classes.Names, Classifier.ImageMap is { } map ? OnnxMetadata.DescribeMap(name, map, Fingerprint!, modality: null) : []);
}
