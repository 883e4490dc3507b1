using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Ids of rows, one a line.</summary>
internal sealed class IdsTarget : ToolTarget
{
    internal override string Name => "ids";

    internal override InputShape Shape { get; } = new TextShape("7", "\r\n", "\t", " ");

    internal override IReadOnlyList<byte[]> CreateSeeds() => [Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Seeds.Count).Select(i => $"id{i / 2}\n")))];

    protected override string[] GetArguments(FuzzInput input)
    {
        var ids = input.WriteFile("ids.txt");
        return ["evaluate", "--modality", $"image={Npy}", "--modality", $"text={Npy}", "--ids", $"image={ids}", "--ids", $"text={ids}", "--json", "--no-config"];
    }
}
