using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap;

/// <summary>A vector with what its embedding says of it: the maps it came through, and its modality.</summary>
internal sealed record StatedEmbedding(float[] Values, string? Fingerprint = null, string? Modality = null)
{
    // The keys of EmbeddingMapProperties, which is in a package of its own; a test holds them equal.
    internal const string FingerprintKey = "modality_gap.fingerprint";
    internal const string ModalityKey = "modality_gap.modality";

    internal static StatedEmbedding From(Embedding<float> embedding) => new(embedding.Vector.ToArray(), FindText(embedding, FingerprintKey), FindText(embedding, ModalityKey));

    /// <summary>A vector of one of the types that are kept as they are, or <see langword="null"/> for no vector.</summary>
    /// <exception cref="NotSupportedException">The value is none of them.</exception>
    internal static StatedEmbedding? FromNative(object? value) => value switch
    {
        null => null,
        ReadOnlyMemory<float> memory => memory.IsEmpty ? null : new StatedEmbedding(memory.ToArray()),
        float[] array => new StatedEmbedding([.. array]),
        Embedding<float> embedding => From(embedding),
        _ => throw new NotSupportedException($"A vector is a ReadOnlyMemory<float>, a float[] or an Embedding<float>, not a {value.GetType().Name}."),
    };

    /// <summary>A copy in the type of a property.</summary>
    internal object ToNative(Type type)
    {
        float[] copy = [.. Values];
        return type == typeof(float[]) ? copy : type == typeof(Embedding<float>) ? ToEmbedding(copy) : (ReadOnlyMemory<float>)copy;
    }

    private Embedding<float> ToEmbedding(float[] values)
    {
        var embedding = new Embedding<float>(values);
        if (Fingerprint is not null)
            (embedding.AdditionalProperties ??= [])[FingerprintKey] = Fingerprint;
        if (Modality is not null)
            (embedding.AdditionalProperties ??= [])[ModalityKey] = Modality;
        return embedding;
    }

    private static string? FindText(Embedding embedding, string key) => embedding.AdditionalProperties?.TryGetValue<string>(key, out var text) == true ? text : null;
}
