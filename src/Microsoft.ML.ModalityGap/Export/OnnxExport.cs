namespace Microsoft.ML.ModalityGap;

/// <summary>Writes maps, classifiers and searches as ONNX models of their own.</summary>
internal static class OnnxExport
{
    /// <summary>A graph with one input per entry, and the outputs of its head.</summary>
    /// <param name="entries">The inputs, the name of each one's first output, and what stands between.</param>
    /// <param name="opset">The version of the operators.</param>
    internal static ProtobufMessage Build(IReadOnlyList<(string Input, string Output, OnnxHead Head)> entries, int opset)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in entries.SelectMany(entry => entry.Head.GetOutputs(entry.Output).Select(output => output.Name).Prepend(entry.Input)))
        {
            if (!names.Add(name))
                throw new ArgumentException($"Two of the graph's inputs and outputs are called '{name}'; a value of an ONNX graph has one maker. Choose another name.", nameof(entries));
        }

        var builder = new OnnxModelBuilder("modality_gap", opset, UniquePrefix(names));
        foreach (var (input, output, head) in entries)
        {
            builder.Input(input, OnnxFields.ElementType.Float32, OnnxDimension.Batch, head.InputDimension);
            foreach (var (declared, value) in head.GetOutputs(output).Zip(head.AddTo(builder, input)))
            {
                builder.Name(value, declared.Name);
                builder.Output(declared.Name, declared.ElementType, [OnnxDimension.Batch, .. declared.ShapeAfterBatch]);
            }

            foreach (var (key, value) in head.Describe(output))
                builder.Metadata(key, value);
        }

        return CheckLength(builder.Build());
    }

    /// <exception cref="ArgumentException">The model is larger than a message of protobuf may be.</exception>
    internal static ProtobufMessage CheckLength(ProtobufMessage model) => model.Length <= Array.MaxLength
        ? model
        : throw new ArgumentException($"An ONNX model takes at most 2 GB, but this one would have {model.Length / 1e9:0.0}.", nameof(model));

    /// <summary>The input and output of each column of a wide transformer. What is changed in place needs a second name: a value of a graph has one maker.</summary>
    internal static IReadOnlyList<(string Input, string Output, OnnxHead Head)> GetColumns(EmbeddingMapTransformer transformer)
    {
        var taken = transformer.Columns.Pairs.SelectMany(pair => new[] { pair.Input, pair.Output }).ToHashSet(StringComparer.Ordinal);
        var inputs = transformer.Columns.Pairs.Select(pair => pair.Input).ToHashSet(StringComparer.Ordinal);
        return [.. transformer.Columns.Pairs.Zip(transformer.Modalities, (pair, entry) => (pair.Input, GetOutput(pair.Output), (OnnxHead)OnnxMap.Create(transformer, entry.Modality)))];

        string GetOutput(string name)
        {
            if (!inputs.Contains(name))
                return name;
            do
                name += ".output";
            while (!taken.Add(name));
            return name;
        }
    }

    /// <summary>The beginning of a name that no other name has.</summary>
    internal static string UniquePrefix(IReadOnlySet<string> names)
    {
        var prefix = "modality_gap_";
        while (names.Any(name => name.StartsWith(prefix, StringComparison.Ordinal)))
            prefix += "_";
        return prefix;
    }
}
