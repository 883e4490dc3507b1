namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>.hits: what a shard of an index found.</summary>
internal sealed class HitsFileTarget : ToolTarget
{
    internal override string Name => "hits-file";

    internal override double Share => 0.5;

    internal override InputShape Shape { get; } = new BlockShape();

    internal override IReadOnlyList<byte[]> CreateSeeds()
    {
        var index = Path.Combine(Seeds.Folder, "hits.index");
        Run("search", "--modality", $"image={Npy}", "--first-row", "0", "--save-index", index, "--no-config");
        return [Seeds.SaveFile("x.hits", path => Run("search", "--index", index, "--queries", Npy, "--first-row", "0", "--out", path, "--no-config"))];
    }

    protected override string[] GetArguments(FuzzInput input) => ["merge", input.WriteFile("x.hits"), "--out", input.Reserve("hits.tsv"), "--json", "--no-config"];
}
