using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A file of prompts.</summary>
internal sealed class PromptTemplatesTarget : FuzzTarget
{
    internal override string Name => "prompt-templates";

    internal override IReadOnlyList<string> Covers => ["PromptTemplates.FromFile"];

    internal override double Share => 0.5;

    internal override InputShape Shape { get; } = new TextShape("{}", "a photo of {}", "\r\n", "{", "}", "{0}");

    internal override IReadOnlyList<byte[]> CreateSeeds() => [Encoding.UTF8.GetBytes("a photo of a {}.\na drawing of {}\n{}\n")];

    internal override void Read(FuzzInput input) => _ = PromptTemplates.FromFile(input.WriteFile("templates.txt")).ToString();
}
