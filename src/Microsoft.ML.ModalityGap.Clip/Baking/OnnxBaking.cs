using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>Puts a map, a classifier or a search behind an output of an encoder, in one model.</summary>
internal static class OnnxBaking
{
    // Before, constants had to be inputs as well.
    private const int OldestIrVersion = 4;

    internal static void Append(string encoderPath, OnnxHead head, string outputPath, OnnxBakingOptions options)
    {
        AtomicFile.CheckTarget(outputPath);
        if (Path.GetFullPath(outputPath) == Path.GetFullPath(encoderPath))
            throw new ArgumentException($"'{outputPath}' is the encoder itself, which would be lost. Name another file.", nameof(outputPath));

        var encoder = OnnxModelFile.Read(encoderPath);
        var output = FindOutput(encoder, head, options);
        var weights = OnnxExternalWeights.Find(encoder, outputPath);

        // Opened with the weights where they are; then written with the names they will have.
        OnnxModelSource.CheckLoads(Build(encoder, output, head, options, file => file), encoder.Folder, outputPath);
        var model = Build(encoder, output, head, options, weights.GetNewName);
        if (model.Length > Array.MaxLength)
            throw new InvalidDataException($"With {head.What}, '{encoderPath}' would be larger than the 2 GB a protobuf file may have. Export the encoder with its weights in a file of their own.");
        weights.WriteWith(outputPath, model);
    }

    private static OnnxValueInfo FindOutput(OnnxModelFile encoder, OnnxHead head, OnnxBakingOptions options)
    {
        var tensor = OnnxEncoderSignature.ChooseOutput([.. encoder.Outputs.Select(OnnxTensor.Create)], encoder.Path, options.OutputName);
        var output = encoder.Outputs.First(output => output.Name == tensor.Name);
        if (tensor.Dimensions is [_, > 0 and var dimension] && dimension != head.InputDimension)
        {
            throw new InvalidDataException(
                $"The encoder '{encoder.Path}' yields {dimension} dimensions in {tensor}, but {head.What} takes {head.InputDimension}. It has to be made of embeddings of this encoder.");
        }

        if (encoder.Opset < OnnxNodes.MinimumOpset || encoder.IrVersion < OldestIrVersion)
        {
            throw new InvalidDataException(
                $"The encoder '{encoder.Path}' has opset {encoder.Opset} and format version {encoder.IrVersion}; {head.What} needs opset {OnnxNodes.MinimumOpset} and version {OldestIrVersion} at least. Export the encoder again, with a newer opset.");
        }

        if (encoder.Inputs.Any(input => input.Name == output.Name))
            throw new InvalidDataException($"The output '{output.Name}' of '{encoder.Path}' is an input as well: nothing makes it.");
        if (head.Fingerprint is not null && OnnxMetadata.ReadFingerprints(encoder.Bytes.Span).TryGetValue(output.Name, out var fingerprint))
        {
            throw new InvalidDataException(
                $"The encoder '{encoder.Path}' has the map {fingerprint} behind this output already. Take the original encoder; to apply two maps, chain them with {nameof(EmbeddingMap)}.{nameof(EmbeddingMap.Then)}.");
        }

        return output;
    }

    private static ProtobufMessage Build(OnnxModelFile encoder, OnnxValueInfo output, OnnxHead head, OnnxBakingOptions options, Func<string, string> relocate)
    {
        var names = CollectNames(encoder.Graph);
        var name = options.MappedOutputName ?? head.OutputName ?? output.Name;
        var declared = head.GetOutputs(name);
        var replaces = name == output.Name;
        if (declared.FirstOrDefault(added => names.Contains(added.Name) && !(replaces && added.Name == name)) is { } taken)
        {
            throw new ArgumentException(
                $"The encoder '{encoder.Path}' has a value called '{taken.Name}' already.{(taken.Name == name ? $" Choose another {nameof(OnnxBakingOptions.MappedOutputName)}." : "")}", nameof(options));
        }

        var prefix = OnnxExport.UniquePrefix(names);
        var raw = replaces ? prefix + output.Name : output.Name;
        var nodes = new OnnxModelBuilder("", encoder.Opset, prefix);
        var isHalf = output.ElementType == (int)TensorElementType.Float16;
        var values = head.AddTo(nodes, isHalf ? nodes.Add("Cast", [raw], ("to", OnnxFields.ElementType.Float32)) : raw);
        var batch = output.Shape is [var first, _] ? first : OnnxDimension.Batch;
        var infos = declared.Zip(values, (added, value) =>
        {
            var elementType = isHalf && options.KeepFloat16 && added.ElementType == OnnxFields.ElementType.Float32 ? OnnxFields.ElementType.Float16 : added.ElementType;
            if (elementType == added.ElementType)
                nodes.Name(value, added.Name);
            else
                nodes.Name(value, added.Name, "Cast", ("to", elementType));
            return OnnxMessages.ValueInfo(added.Name, elementType, [batch, .. added.ShapeAfterBatch]);
        }).ToList();

        var rewriter = new OnnxGraphRewriter { Rename = value => value == output.Name ? raw : value, Relocate = relocate };
        var graph = rewriter.Rewrite(encoder.Graph, (field, content) =>
            replaces && field == OnnxFields.Graph.Output && OnnxGraph.ReadText(content.Span, OnnxFields.ValueInfo.Name) == output.Name ? infos[0] : null)
            ?? new ProtobufMessage().AddRaw(encoder.Graph);
        nodes.Nodes.ForEach(node => graph.Add(OnnxFields.Graph.Node, node));
        nodes.Initializers.ForEach(constant => graph.Add(OnnxFields.Graph.Initializer, constant));
        foreach (var info in infos.Skip(replaces ? 1 : 0))
            graph.Add(OnnxFields.Graph.Output, info);

        var model = OnnxGraph.ReplaceGraph(encoder.Bytes, graph);
        foreach (var (key, text) in head.Describe(name))
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
