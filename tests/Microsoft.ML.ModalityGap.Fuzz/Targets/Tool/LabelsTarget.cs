using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Labels of rows, one a line.</summary>
internal sealed class LabelsTarget : ToolTarget
{
    internal override string Name => "labels";

    internal override InputShape Shape { get; } = new TextShape("cat", "dog", "\r\n", "\t");

    internal override IReadOnlyList<byte[]> CreateSeeds() => [Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Seeds.Count).Select(i => i % 2 == 0 ? "cat\n" : "dog\n")))];

    protected override string[] GetArguments(FuzzInput input)
    {
        var classes = Seeds.Keep("classes.txt", "cat\ndog\n"u8.ToArray());
        var embeddings = Seeds.Keep("classes.npy", FramedShape.CreateNpy("<f4", $"2, {Seeds.Dimension}", Seeds.ToBytes(Seeds.Rows(2, Seeds.Dimension, 5))));
        return ["classify", "--in", Npy, "--class-embeddings", embeddings, "--classes", classes, "--labels", input.WriteFile("labels.txt"), "--json", "--no-config"];
    }
}
