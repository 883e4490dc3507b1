using System.Globalization;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What an ONNX model takes and gives, and the maps in it, as JSON and as a table.</summary>
internal static class OnnxReport
{
    internal static JsonObject ToJson(string path)
    {
        var model = OnnxModelFile.Read(path);
        var fingerprints = OnnxMetadata.ReadFingerprints(model.Bytes.Span);
        return new JsonObject
        {
            ["file"] = path,
            ["kind"] = "onnx",
            ["opset"] = model.Opset,
            ["bytes"] = model.Bytes.Length,
            ["inputs"] = new JsonArray([.. model.Inputs.Select(input => Describe(input, fingerprint: null))]),
            ["outputs"] = new JsonArray([.. model.Outputs.Select(output => Describe(output, fingerprints.GetValueOrDefault(output.Name)))]),
        };

        static JsonNode Describe(OnnxValueInfo value, string? fingerprint)
        {
            var json = new JsonObject { ["name"] = value.Name, ["type"] = OnnxTensor.Create(value).Description };
            if (fingerprint is not null)
                json["fingerprint"] = fingerprint;
            return json;
        }
    }

    internal static TextTable ToTable(string path)
    {
        var model = OnnxModelFile.Read(path);
        var fingerprints = OnnxMetadata.ReadFingerprints(model.Bytes.Span);
        var title = string.Create(CultureInfo.InvariantCulture, $"{path}: ONNX, opset {model.Opset}, {model.Bytes.Length:N0} bytes");
        return new TextTable(title, ["value", "is", "type", "map"])
        {
            Rows =
            [
                .. model.Inputs.Select(input => new[] { input.Name, "input", OnnxTensor.Create(input).Description, "" }),
                .. model.Outputs.Select(output => new[] { output.Name, "output", OnnxTensor.Create(output).Description, fingerprints.GetValueOrDefault(output.Name, "none") }),
            ],
        };
    }
}
