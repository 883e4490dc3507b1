using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>modality-gap.json in the folder of a run.</summary>
internal sealed class ConfigFileTarget : ToolTarget
{
    internal override string Name => "modality-gap.json";

    internal override InputShape Shape { get; } = new TextShape("modalities", "pair", "names", "model", "map", "image", "text", "../rows.npy", "/dev/null", "a,b");

    // The path of the rows is the process's own.
    internal override IReadOnlyList<byte[]> CreateSeeds() => [Encoding.UTF8.GetBytes($$"""{ "modalities": { "image": "{{Npy}}", "text": "{{Npy}}" } }""")];

    protected override string GetFolder(FuzzInput input)
    {
        var folder = input.Reserve("folder");
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "modality-gap.json"), input.Bytes);
        return folder;
    }

    protected override string[] GetArguments(FuzzInput input) => ["evaluate", "--json"];
}
