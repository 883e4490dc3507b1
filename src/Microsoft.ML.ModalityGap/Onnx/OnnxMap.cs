namespace Microsoft.ML.ModalityGap;

/// <summary>A map on its way into an ONNX model, and what is to be said of it there.</summary>
/// <param name="Map">The map.</param>
/// <param name="Fingerprint">Of the maps of all modalities together, as mapped columns carry it.</param>
/// <param name="Modality">Whose map it is, where that is known.</param>
internal sealed record OnnxMap(EmbeddingMap Map, string Fingerprint, string? Modality)
{
    internal static OnnxMap Create(EmbeddingMap map) => new(map, MapFingerprint.Join([map]), Modality: null);

    internal static OnnxMap Create(EmbeddingMapTransformer transformer, string modality) => new(transformer.GetModality(modality).Map, transformer.Fingerprint, modality);
}
