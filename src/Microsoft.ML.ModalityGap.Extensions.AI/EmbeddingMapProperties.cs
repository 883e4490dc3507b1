using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>What an embedding's <see cref="Embedding.AdditionalProperties"/> say of the map it came through.</summary>
public static class EmbeddingMapProperties
{
    /// <summary>
    /// The key of the fingerprint: <see cref="EmbeddingMapTransformer.Fingerprint"/>, a string. Only embeddings of equal fingerprints may be compared, so
    /// it is worth storing beside the vectors.
    /// </summary>
    public const string Fingerprint = "modality_gap.fingerprint";

    /// <summary>The key of the modality whose map was applied, a string.</summary>
    public const string Modality = "modality_gap.modality";

    /// <summary>The fingerprint of the map an embedding came through; <see langword="null"/> where it came through none.</summary>
    /// <param name="embedding">The embedding.</param>
    public static string? FindMapFingerprint(this Embedding embedding)
    {
        ArgumentNullException.ThrowIfNull(embedding);
        return embedding.AdditionalProperties?.TryGetValue<string>(Fingerprint, out var fingerprint) == true ? fingerprint : null;
    }
}
