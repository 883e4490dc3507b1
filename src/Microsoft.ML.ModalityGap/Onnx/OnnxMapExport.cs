namespace Microsoft.ML.ModalityGap;

/// <summary>Writes maps as ONNX models of their own.</summary>
internal static class OnnxMapExport
{
    /// <summary>A graph with one input and one output per entry.</summary>
    internal static ProtobufMessage Build(IReadOnlyList<(string Input, string Output, OnnxMap Map)> entries, int opset)
    {
        var names = entries.SelectMany(entry => new[] { entry.Input, entry.Output }).ToHashSet(StringComparer.Ordinal);
        var builder = new OnnxModelBuilder("embedding_map", opset, UniquePrefix(names));
        foreach (var (input, output, map) in entries)
        {
            builder.Input(input, OnnxFields.ElementType.Float32, OnnxDimension.Batch, map.Map.InputDimension);
            builder.Name(builder.AddMap(map.Map, input), output);
            builder.Output(output, OnnxFields.ElementType.Float32, OnnxDimension.Batch, map.Map.OutputDimension);
            foreach (var (key, value) in OnnxMetadata.Describe(output, map))
                builder.Metadata(key, value);
        }

        return builder.Build();
    }

    /// <summary>The input and output of each column of a wide transformer. What is changed in place needs a second name: a value of a graph has one maker.</summary>
    internal static IReadOnlyList<(string Input, string Output, OnnxMap Map)> GetColumns(EmbeddingMapTransformer transformer)
    {
        var taken = transformer.Columns.Pairs.SelectMany(pair => new[] { pair.Input, pair.Output }).ToHashSet(StringComparer.Ordinal);
        var inputs = transformer.Columns.Pairs.Select(pair => pair.Input).ToHashSet(StringComparer.Ordinal);
        return [.. transformer.Columns.Pairs.Zip(transformer.Modalities, (pair, entry) => (pair.Input, GetOutput(pair.Output), OnnxMap.Create(transformer, entry.Modality)))];

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
