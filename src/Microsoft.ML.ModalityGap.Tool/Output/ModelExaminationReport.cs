using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What <c>doctor</c> found, as JSON and as a table.</summary>
internal static class ModelExaminationReport
{
    internal static JsonObject ToJson(ModelExamination examination) => new()
    {
        ["folder"] = examination.Folder,
        ["findings"] = new JsonArray([.. examination.Findings.Select(finding => (JsonNode)new JsonObject
        {
            ["part"] = finding.Part,
            ["what"] = finding.Name,
            ["value"] = finding.Value,
            ["file"] = finding.File,
        })]),
        ["warnings"] = new JsonArray([.. examination.Warnings.Select(warning => (JsonNode)warning)]),
        ["problems"] = new JsonArray([.. examination.Problems.Select(problem => (JsonNode)problem)]),
    };

    internal static TextTable ToTable(ModelExamination examination) => new(examination.Folder, ["part", "what", "value", "from"])
    {
        Rows = [.. examination.Findings.Select(finding => (IReadOnlyList<string>)[finding.Part, finding.Name, finding.Value, finding.File ?? "tried"])],
    };
}
