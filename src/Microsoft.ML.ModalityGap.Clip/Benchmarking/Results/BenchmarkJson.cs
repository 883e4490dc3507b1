using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Microsoft.ML.ModalityGap;

/// <summary>Results as JSON, and measurements from it.</summary>
internal static class BenchmarkJson
{
    private static readonly JsonSerializerOptions _options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    internal static string Write(BenchmarkResult result) => new JsonObject
    {
        ["provenance"] = new JsonObject(result.Provenance.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Name, entry.Value))),
        ["measurements"] = JsonSerializer.SerializeToNode(result.Measurements, _options),
        ["findings"] = JsonSerializer.SerializeToNode(result.Findings, _options),
        ["notMeasured"] = JsonSerializer.SerializeToNode(result.NotMeasured, _options),
    }.ToJsonString(_options) + "\n";

    internal static byte[] Write(MeasuredCell cell) => JsonSerializer.SerializeToUtf8Bytes(cell, _options);

    /// <summary>What <see cref="Write(MeasuredCell)"/> wrote; <see langword="null"/> where it is damaged.</summary>
    internal static MeasuredCell? ReadCell(byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize<MeasuredCell>(content, _options) is { Measurements: not null, NotMeasured: not null } cell ? cell : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
