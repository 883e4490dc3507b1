namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>vocab.json beside merges that are right.</summary>
internal sealed class VocabularyTarget : TokenizerTarget
{
    internal override string Name => "vocab-json";

    internal override IReadOnlyList<string> Covers => ["ClipTokenizer.FromVocabulary"];

    internal override InputShape Shape { get; } = new TextShape("<|startoftext|>", "<|endoftext|>", "a</w>", "cat</w>", "\\u0120a");

    internal override IReadOnlyList<byte[]> CreateSeeds() => [File.ReadAllBytes(Path.Combine(TinyModel.Folder, "vocab.json"))];

    protected override ClipTokenizer Load(FuzzInput input) => ClipTokenizer.FromVocabulary(input.WriteFile("vocab.json"), Path.Combine(TinyModel.Folder, "merges.txt"));
}
