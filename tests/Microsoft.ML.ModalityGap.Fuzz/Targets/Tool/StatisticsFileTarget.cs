namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>.stats: what a shard measured.</summary>
internal sealed class StatisticsFileTarget : ToolTarget
{
    internal override string Name => "stats-file";

    internal override double Share => 0.5;

    internal override InputShape Shape { get; } = new BlockShape();

    // No shard is named twice.
    private static string Texts => Seeds.Keep("texts.npy", File.ReadAllBytes(Npy));

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        Seeds.SaveFile("x.stats", path => Run("statistics", "--modality", $"image={Npy}", "--modality", $"text={Texts}", "--pairs", "--out", path, "--no-config")),
        Seeds.SaveFile("x.stats", path => Run("statistics", "--modality", $"image={Npy}", "--modality", $"text={Texts}", "--out", path, "--no-config")),
    ];

    protected override string[] GetArguments(FuzzInput input) => ["fit", "--statistics", input.WriteFile("x.stats"), "--out", input.Reserve("map.zip"), "--json", "--no-config"];
}
