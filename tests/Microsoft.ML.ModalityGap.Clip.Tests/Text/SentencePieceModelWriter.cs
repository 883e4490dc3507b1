using System.Text;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

/// <summary>Writes SentencePiece models of any kind, right and wrong ones, in the layout of the published protocol (sentencepiece_model.proto).</summary>
internal sealed class SentencePieceModelWriter
{
    public int ModelType { get; init; } = 1;

    public bool ByteFallback { get; init; }

    public bool AddDummyPrefix { get; init; } = true;

    public bool RemoveExtraSpaces { get; init; } = true;

    public byte[] CharacterMap { get; init; } = [];

    public required (string Piece, float Score, int Type)[] Pieces { get; init; }

    /// <summary>The special tokens of T5's and SigLIP's models, and the 256 bytes where they are wanted.</summary>
    public static List<(string Piece, float Score, int Type)> CreateSpecialPieces(bool bytes)
    {
        List<(string, float, int)> pieces = [("<pad>", 0, 3), ("</s>", 0, 3), ("<unk>", 0, 2)];
        if (bytes)
            pieces.AddRange(Enumerable.Range(0, 256).Select(value => ($"<0x{value:X2}>", 0f, 6)));
        return pieces;
    }

    public byte[] ToArray()
    {
        using var stream = new MemoryStream();
        foreach (var (piece, score, type) in Pieces)
        {
            Field(stream, 1, message =>
            {
                Field(message, 1, text => text.Write(Encoding.UTF8.GetBytes(piece)));
                Varint(message, (2 << 3) | 5);
                message.Write(BitConverter.GetBytes(score));
                Number(message, 3, type);
            });
        }

        Field(stream, 2, trainer =>
        {
            Number(trainer, 3, ModelType);
            Number(trainer, 35, ByteFallback ? 1 : 0);
            Number(trainer, 42, 1);
        });
        Field(stream, 3, normalizer =>
        {
            Field(normalizer, 2, map => map.Write(CharacterMap));
            Number(normalizer, 3, AddDummyPrefix ? 1 : 0);
            Number(normalizer, 4, RemoveExtraSpaces ? 1 : 0);
        });
        return stream.ToArray();
    }

    /// <summary>Writes it and loads it without cleaning.</summary>
    public ClipTokenizer Load() => Load(ToArray());

    public static ClipTokenizer Load(byte[] model)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("spiece.model"), model);
        return ClipTokenizer.FromSentencePiece(folder.File("spiece.model"), ClipTokenizerOptions.NoCleaning with { ContextLength = 512 });
    }

    private static void Number(Stream stream, int field, int value)
    {
        Varint(stream, (uint)(field << 3));
        Varint(stream, (ulong)(long)value);
    }

    private static void Field(Stream stream, int field, Action<Stream> write)
    {
        using var content = new MemoryStream();
        write(content);
        Varint(stream, (uint)((field << 3) | 2));
        Varint(stream, (ulong)content.Length);
        content.WriteTo(stream);
    }

    private static void Varint(Stream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)value);
    }
}
