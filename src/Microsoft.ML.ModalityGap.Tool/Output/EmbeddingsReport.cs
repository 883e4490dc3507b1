using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What files of embeddings hold, as JSON and as a table.</summary>
internal static class EmbeddingsReport
{
    internal static JsonObject ToJson(string path, IReadOnlyList<(string Member, StoredMatrix Matrix)> arrays)
    {
        if (arrays is not [("", var single)])
        {
            return new()
            {
                ["file"] = path,
                ["kind"] = GetKind(path, arrays),
                ["arrays"] = new JsonArray([.. arrays.Select(array => (JsonNode)Describe(array.Matrix, new JsonObject { ["name"] = array.Matrix.Name }))]),
            };
        }

        var json = Describe(single, new JsonObject { ["file"] = path, ["kind"] = "npy" });
        json["bytes"] = new FileInfo(path).Length;
        return json;
    }

    internal static TextTable ToTable(string path, IReadOnlyList<(string Member, StoredMatrix Matrix)> arrays) => new(path, ["array", "shape", "type", "holds", "maps"])
    {
        Rows =
        [
            .. arrays.Select(array => new[]
            {
                array.Member.Length > 0 ? array.Member : Path.GetFileName(array.Matrix.Name),
                array.Matrix.ShapeText,
                array.Matrix.Format + (array.Matrix.IsFortranOrder && array.Matrix.Shape.Count > 1 ? ", by column" : ""),
                Describe(array.Matrix.Shape),
                array.Matrix.Fingerprints.All(fingerprint => fingerprint is null) ? "unknown" : string.Join(", ", array.Matrix.Fingerprints.Select(fingerprint => fingerprint ?? "unknown").Distinct()),
            }),
        ],
    };

    private static string GetKind(string path, IReadOnlyList<(string Member, StoredMatrix Matrix)> arrays) =>
        File.Exists(path) ? Path.GetExtension(path).TrimStart('.').ToLowerInvariant() : arrays.Any(array => array.Member.Length > 0) ? "arrays" : "shards";

    private static JsonObject Describe(StoredMatrix matrix, JsonObject json)
    {
        json["shape"] = new JsonArray([.. matrix.Shape.Select(size => (JsonNode)size)]);
        json["type"] = matrix.Format.ToString();
        json["modelFingerprints"] = new JsonArray([.. matrix.Fingerprints.Select(fingerprint => (JsonNode?)fingerprint)]);
        return json;
    }

    private static string Describe(IReadOnlyList<long> shape) => shape switch
    {
        [var rows, var dimension] => string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows of {dimension} dimensions"),
        [var matrices, var rows, var dimension] => string.Create(CultureInfo.InvariantCulture, $"{matrices} modalities of {rows:N0} rows of {dimension} dimensions"),
        _ => "no embeddings: (N, D) or (M, N, D) is expected",
    };
}
