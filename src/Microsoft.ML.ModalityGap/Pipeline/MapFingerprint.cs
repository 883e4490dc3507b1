using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Which maps the vectors of a column came through, kept as an annotation of the column: vectors of different maps lie in different spaces, and their cosines
/// say nothing.
/// </summary>
internal static class MapFingerprint
{
    /// <summary>The annotation's kind: a text, the joint fingerprint.</summary>
    internal const string AnnotationKind = "ModalityGapFingerprint";

    /// <summary>The fingerprint of a column, or <see langword="null"/> where nothing tells which maps it came through, if any.</summary>
    internal static string? Find(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(AnnotationKind) is not { Type: TextDataViewType })
            return null;
        ReadOnlyMemory<char> value = default;
        column.Annotations.GetValue(AnnotationKind, ref value);
        return value.IsEmpty ? null : value.ToString();
    }

    /// <summary>Adds the annotation.</summary>
    internal static void Add(DataViewSchema.Annotations.Builder annotations, string fingerprint) =>
        annotations.Add(AnnotationKind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = fingerprint.AsMemory());

    /// <summary>The annotation as a promise.</summary>
    internal static SchemaShape.Column Promise() =>
        new(AnnotationKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, isKey: false);

    /// <summary>The joint fingerprint of maps that belong together, whatever their order: of one fitted model, whose vectors may be compared.</summary>
    internal static string Join(IEnumerable<EmbeddingMap> maps) => Hash(maps.Select(map => map.Fingerprint).Distinct().Order(StringComparer.Ordinal));

    /// <summary>The fingerprint behind a transformer whose input came through maps already.</summary>
    internal static string Then(string? before, string next) => before is null ? next : Hash([before, next]);

    /// <summary>Refuses to compare vectors of different maps. What is not known is not refused.</summary>
    /// <param name="firstName">What the first are, such as <c>column 'Image'</c>.</param>
    /// <param name="first">Their fingerprint, or <see langword="null"/>.</param>
    /// <param name="secondName">What the second are.</param>
    /// <param name="second">Their fingerprint, or <see langword="null"/>.</param>
    /// <exception cref="InvalidDataException">Both are known and differ.</exception>
    internal static void Check(string firstName, string? first, string secondName, string? second)
    {
        if (first is not null && second is not null && first != second)
        {
            throw new InvalidDataException(
                $"The vectors of {firstName} came through the maps {first} and those of {secondName} through the maps {second}; their cosines say nothing. Map both with one fitted model.");
        }
    }

    /// <summary>The same of two columns.</summary>
    internal static void Check(DataViewSchema.Column first, DataViewSchema.Column second) =>
        Check($"column '{first.Name}'", Find(first), $"column '{second.Name}'", Find(second));

    /// <summary>
    /// Says why vectors are not those a map expects; <see langword="null"/> where they are, or where too little is known to tell. Vectors of unknown origin pass: most raw ones are.
    /// </summary>
    /// <param name="name">What the vectors are, such as <c>Column 'Image'</c>.</param>
    /// <param name="found">Their fingerprint, or <see langword="null"/>.</param>
    /// <param name="expected">The map's <see cref="ModalityMap.ExpectedInput"/>.</param>
    /// <param name="own">The fingerprint of the model that is about to map them.</param>
    internal static string? DescribeUnexpected(string name, string? found, string? expected, string own)
    {
        if (found is null || expected == ModalityMap.AnyInput || found == expected)
            return null;

        // Of a map made by hand only that it comes twice can be told.
        if (expected is null && found != own)
            return null;
        var fittedOn = found == own || expected is null ? "which are those about to be applied"
            : expected == ModalityMap.RawInput ? $"but the maps {own} were fitted on vectors that had come through none"
            : $"but the maps {own} were fitted on vectors that had come through {expected}";
        return $"{name} holds vectors that are mapped already: they came through the maps {found}, {fittedOn}. Mapped again they would lie off the centre, and the gap would be open again.";
    }

    private static string Hash(IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', parts))))[..16];
}
