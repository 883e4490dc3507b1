using Microsoft.ML.ModalityGap.Tests.Clip.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>SentencePiece models: a small unigram one, one of BPE as Gemma's, and one with a compiled map of characters.</summary>
internal sealed class SentencePieceTarget : TokenizerTarget
{
    private const int Normalizer = 3;

    internal override string Name => "sentencepiece";

    internal override IReadOnlyList<string> Covers => ["ClipTokenizer.FromSentencePiece"];

    internal override double Share => 1.5;

    internal override InputShape Shape { get; } = new ProtobufShape([1]);

    internal override IReadOnlyList<byte[]> CreateSeeds()
    {
        var small = TinySentencePiece.Create();
        var fields = ProtobufNode.Read(small)!;

        // A double array that maps 'A' to 'a': the root, the unit behind it by the letter's code, and its value.
        var units = new uint[256];
        units[0] = 1u << 10;
        units[1 ^ 'A'] = (uint)'A' | (1u << 8) | (128u << 10);
        units[1 ^ 'A' ^ 128] = 1u << 31;
        byte[] map = [.. BitConverter.GetBytes(units.Length * sizeof(uint)), .. Seeds.ToBytes(units), (byte)'a', 0];
        fields.First(field => field.Field == Normalizer).Fields!.Add(ProtobufNode.Raw(2, map));
        return [small, ProtobufNode.Write(fields), File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "bpe_gemma_like.model"))];
    }

    protected override ClipTokenizer Load(FuzzInput input) => ClipTokenizer.FromSentencePiece(input.WriteFile("spiece.model"));
}
