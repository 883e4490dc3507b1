namespace Microsoft.ML.ModalityGap;

/// <summary>A map on its way into an ONNX model, and what is to be said of it there.</summary>
/// <param name="Map">The map.</param>
/// <param name="JointFingerprint">Of the maps of all modalities together, as mapped columns carry it.</param>
/// <param name="Modality">Whose map it is, where that is known.</param>
internal sealed record OnnxMap(EmbeddingMap Map, string JointFingerprint, string? Modality) : OnnxHead
{
    internal override string What => "the map";

    internal override int InputDimension => Map.InputDimension;

    internal override string? Fingerprint => JointFingerprint;

    internal override string? OutputName => null;

    internal static OnnxMap Create(EmbeddingMap map) => new(map, MapFingerprint.Join([map]), Modality: null);

    internal static OnnxMap Create(EmbeddingMapTransformer transformer, string modality) => new(transformer.GetModality(modality).Map, transformer.Fingerprint, modality);

    internal override IReadOnlyList<OnnxHeadOutput> GetOutputs(string name) => [new(name, OnnxFields.ElementType.Float32, Map.OutputDimension)];

    internal override IReadOnlyList<string> AddTo(OnnxNodes nodes, string input) => [Map.AddTo(nodes, input)];

    internal override IEnumerable<(string Key, string Value)> Describe(string name) => OnnxMetadata.DescribeMap(name, Map, JointFingerprint, Modality);
}
