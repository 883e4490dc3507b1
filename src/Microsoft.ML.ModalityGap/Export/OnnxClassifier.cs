namespace Microsoft.ML.ModalityGap;

/// <summary>A zero-shot classifier on its way into an ONNX model: its image map, the class matrix, the scale, and softmax or sigmoid.</summary>
internal sealed record OnnxClassifier(ClassifyZeroShotTransformer Classifier) : OnnxHead
{
    /// <summary>The probabilities.</summary>
    internal const string Score = "score";

    /// <summary>The cosines.</summary>
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

    internal override IEnumerable<(string Key, string Value)> Describe(string name) => OnnxMetadata.DescribeClasses(
        name, Classifier.Classes.Names, Classifier.ImageMap is { } map ? OnnxMetadata.DescribeMap(name, map, Fingerprint!, modality: null) : []);
}
