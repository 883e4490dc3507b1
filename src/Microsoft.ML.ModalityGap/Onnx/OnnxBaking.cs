using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Puts a map behind an output of an encoder, in one model.</summary>
internal static class OnnxBaking
{
    // Before, constants had to be inputs as well.
    private const int OldestIrVersion = 4;

    internal static void Append(string encoderPath, OnnxMap map, string outputPath, OnnxBakingOptions options)
    {
        AtomicFile.CheckTarget(outputPath);
        if (Path.GetFullPath(outputPath) == Path.GetFullPath(encoderPath))
            throw new ArgumentException($"'{outputPath}' is the encoder itself, which would be lost. Name another file.", nameof(outputPath));

        var encoder = OnnxModelFile.Read(encoderPath);
        var output = FindOutput(encoder, map, options);
        var weights = OnnxExternalWeights.Find(encoder, outputPath);

        // Opened with the weights where they are; then written with the names they will have.
        OnnxModelSource.CheckLoads(Build(encoder, output, map, options, file => file), encoder.Folder, outputPath);
        var model = Build(encoder, output, map, options, weights.GetNewName);
        if (model.Length > Array.MaxLength)
            throw new InvalidDataException($"With the map, '{encoderPath}' would be larger than the 2 GB a protobuf file may have. Export the encoder with its weights in a file of their own.");
        weights.WriteWith(outputPath, model);
    }

    private static OnnxValueInfo FindOutput(OnnxModelFile encoder, OnnxMap map, OnnxBakingOptions options)
    {
        var tensor = OnnxEncoderSignature.ChooseOutput([.. encoder.Outputs.Select(output => output.ToTensor())], encoder.Path, options.OutputName);
        var output = encoder.Outputs.First(output => output.Name == tensor.Name);
        if (tensor.Dimensions is [_, > 0 and var dimension] && dimension != map.Map.InputDimension)
        {
            throw new InvalidDataException(
                $"The encoder '{encoder.Path}' yields {dimension} dimensions in {tensor}, but the map takes {map.Map.InputDimension}. Fit the map on embeddings of this encoder.");
        }

        if (encoder.Opset < OnnxNodes.MinimumOpset || encoder.IrVersion < OldestIrVersion)
        {
            throw new InvalidDataException(
                $"The encoder '{encoder.Path}' has opset {encoder.Opset} and format version {encoder.IrVersion}; a map needs opset {OnnxNodes.MinimumOpset} and version {OldestIrVersion} at least. Export the encoder again, with a newer opset.");
        }

        if (encoder.Inputs.Any(input => input.Name == output.Name))
            throw new InvalidDataException($"The output '{output.Name}' of '{encoder.Path}' is an input as well: nothing makes it.");
        var mapped = options.MappedOutputName ?? output.Name;
        var fingerprints = OnnxMetadata.ReadFingerprints(encoder.Bytes.Span);
        if (fingerprints.TryGetValue(output.Name, out var fingerprint) || fingerprints.TryGetValue(mapped, out fingerprint))
        {
            throw new InvalidDataException(
                $"The encoder '{encoder.Path}' has the map {fingerprint} behind this output already. Take the original encoder; to apply two maps, chain them with {nameof(EmbeddingMap)}.{nameof(EmbeddingMap.Then)}.");
        }

        return output;
    }

    private static ProtobufMessage Build(OnnxModelFile encoder, OnnxValueInfo output, OnnxMap map, OnnxBakingOptions options, Func<string, string> relocate)
    {
        var names = CollectNames(encoder.Graph);
        var mapped = options.MappedOutputName ?? output.Name;
        var replaces = mapped == output.Name;
        if (!replaces && names.Contains(mapped))
            throw new ArgumentException($"The encoder '{encoder.Path}' has a value called '{mapped}' already. Choose another {nameof(OnnxBakingOptions.MappedOutputName)}.", nameof(options));
        var prefix = OnnxMapExport.UniquePrefix(names);
        var raw = replaces ? prefix + output.Name : output.Name;

        var nodes = new OnnxModelBuilder("", encoder.Opset, prefix);
        var isHalf = output.ElementType == (int)TensorElementType.Float16;
        var elementType = isHalf && options.KeepFloat16 ? OnnxFields.ElementType.Float16 : OnnxFields.ElementType.Float32;
        var value = nodes.AddMap(map.Map, isHalf ? nodes.Add("Cast", [raw], ("to", OnnxFields.ElementType.Float32)) : raw);
        nodes.Name(value, mapped, "Cast", ("to", elementType));
        var batch = output.Shape is [var first, _] ? first : OnnxDimension.Batch;
        var info = OnnxMessages.ValueInfo(mapped, elementType, [batch, map.Map.OutputDimension]);

        var rewriter = new OnnxGraphRewriter { Rename = name => name == output.Name ? raw : name, Relocate = relocate };
        var graph = rewriter.Rewrite(encoder.Graph, (field, content) =>
            replaces && field == OnnxFields.Graph.Output && OnnxGraph.ReadText(content.Span, OnnxFields.ValueInfo.Name) == output.Name ? info : null)
            ?? new ProtobufMessage().AddRaw(encoder.Graph);
        nodes.Nodes.ForEach(node => graph.Add(OnnxFields.Graph.Node, node));
        nodes.Initializers.ForEach(constant => graph.Add(OnnxFields.Graph.Initializer, constant));
        if (!replaces)
            graph.Add(OnnxFields.Graph.Output, info);

        var model = OnnxGraph.ReplaceGraph(encoder.Bytes, graph);
        foreach (var (key, text) in OnnxMetadata.Describe(mapped, map))
            model.Add(OnnxFields.Model.Metadata, OnnxMessages.Entry(key, text));
        return model;
    }

    private static HashSet<string> CollectNames(ReadOnlyMemory<byte> graph)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        new OnnxGraphRewriter { Rename = name => { names.Add(name); return name; } }.Rewrite(graph);
        var fields = new ProtobufFields(graph.Span);
        while (fields.MoveNext())
        {
            if (fields.Number == OnnxFields.Graph.Input)
                names.Add(OnnxGraph.ReadText(fields.Content, OnnxFields.ValueInfo.Name));
            else if (fields.Number == OnnxFields.Graph.Initializer)
                names.Add(OnnxGraph.ReadText(fields.Content, OnnxFields.Tensor.Name));
            else if (fields.Number == OnnxFields.Graph.Node)
                names.Add(OnnxGraph.ReadText(fields.Content, OnnxFields.Node.Name));
        }

        return names;
    }
}
