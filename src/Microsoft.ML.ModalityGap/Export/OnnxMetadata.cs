using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>What a model's <c>metadata_props</c> say of the maps in it, per output that a map stands behind.</summary>
internal static class OnnxMetadata
{
    private const string FingerprintPrefix = "modality_gap.fingerprint.";
    private const string MapFingerprintPrefix = "modality_gap.map_fingerprint.";
    private const string MapPrefix = "modality_gap.map.";
    private const string ClassesPrefix = "modality_gap.classes.";
    private const string IdsPrefix = "modality_gap.ids.";
    private const string ModalityPrefix = "modality_gap.modality.";

    /// <summary>The entries that describe the map behind an output.</summary>
    internal static IEnumerable<(string Key, string Value)> DescribeMap(string output, EmbeddingMap map, string jointFingerprint, string? modality)
    {
        yield return (FingerprintPrefix + output, jointFingerprint);
        yield return (MapFingerprintPrefix + output, map.Fingerprint);
        yield return (MapPrefix + output, map.ToString());
        if (modality is not null)
            yield return (ModalityPrefix + output, modality);
    }

    /// <summary>The entries that name the classes of an output's slots.</summary>
    internal static IEnumerable<(string Key, string Value)> DescribeClasses(string output, IReadOnlyList<string> names, IEnumerable<(string Key, string Value)> map) =>
        map.Prepend((ClassesPrefix + output, JsonSerializer.Serialize(names)));

    /// <summary>The entries that name the rows that an output's places are of.</summary>
    internal static IEnumerable<(string Key, string Value)> DescribeIds(string output, IReadOnlyList<EmbeddingId> ids, IEnumerable<(string Key, string Value)> map) =>
        map.Prepend((IdsPrefix + output, ids[0].IsNumber ? JsonSerializer.Serialize(ids.Select(id => id.Number)) : JsonSerializer.Serialize(ids.Select(id => id.ToString()))));

    /// <summary>The joint fingerprint behind each output that has a map.</summary>
    internal static IReadOnlyDictionary<string, string> ReadFingerprints(ReadOnlySpan<byte> model)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var fields = new ProtobufFields(model);
        while (fields.MoveNext())
        {
            if (fields.Number == OnnxFields.Model.Metadata
                && OnnxGraph.ReadText(fields.Content, OnnxFields.Entry.Key) is var key && key.StartsWith(FingerprintPrefix, StringComparison.Ordinal))
            {
                result[key[FingerprintPrefix.Length..]] = OnnxGraph.ReadText(fields.Content, OnnxFields.Entry.Value);
            }
        }

        return result;
    }
}
