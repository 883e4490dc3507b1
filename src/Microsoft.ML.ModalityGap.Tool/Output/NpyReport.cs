using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The header of a .npy file as JSON and as a table.</summary>
internal static class NpyReport
{
    internal static JsonObject ToJson(string path, NpyHeader header, IReadOnlyList<string?> fingerprints) => new()
    {
        ["file"] = path,
        ["kind"] = "npy",
        ["shape"] = new JsonArray([.. header.Shape.Select(size => (JsonNode)size)]),
        ["type"] = ElementTypes.GetName(header.ElementType),
        ["bytes"] = new FileInfo(path).Length,
        ["modelFingerprints"] = new JsonArray([.. fingerprints.Select(fingerprint => (JsonNode?)fingerprint)]),
    };

    internal static TextTable ToTable(string path, NpyHeader header, IReadOnlyList<string?> fingerprints) => new(path, ["shape", "type", "bytes", "holds", "maps"])
    {
        Rows =
        [
            [
                $"({string.Join(", ", header.Shape)})",
                ElementTypes.GetName(header.ElementType),
                new FileInfo(path).Length.ToString("N0", CultureInfo.InvariantCulture),
                Describe(header.Shape),
                fingerprints.All(fingerprint => fingerprint is null) ? "unknown" : string.Join(", ", fingerprints.Select(fingerprint => fingerprint ?? "unknown").Distinct()),
            ],
        ],
    };

    private static string Describe(IReadOnlyList<long> shape) => shape switch
    {
        [var rows, var dimension] => string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows of {dimension} dimensions"),
        [var matrices, var rows, var dimension] => string.Create(CultureInfo.InvariantCulture, $"{matrices} modalities of {rows:N0} rows of {dimension} dimensions"),
        _ => "no embeddings: (N, D) or (M, N, D) is expected",
    };
}
