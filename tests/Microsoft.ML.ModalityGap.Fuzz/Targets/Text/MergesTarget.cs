namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>merges.txt beside a vocabulary that is right.</summary>
internal sealed class MergesTarget : TokenizerTarget
{
    internal override string Name => "merges-txt";

    internal override InputShape Shape { get; } = new TextShape("#version: 0.2", "a", "t</w>", " ", "\n", "\r\n");

    internal override IReadOnlyList<byte[]> CreateSeeds() => [File.ReadAllBytes(Path.Combine(TinyModel.Folder, "merges.txt"))];

    protected override ClipTokenizer Load(FuzzInput input) => ClipTokenizer.FromVocabulary(Path.Combine(TinyModel.Folder, "vocab.json"), input.WriteFile("merges.txt"));
}
