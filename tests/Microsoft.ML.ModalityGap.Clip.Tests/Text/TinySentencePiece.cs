using System.Text;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

/// <summary>
/// A SentencePiece model written by hand, in the layout of the published protocol (sentencepiece_model.proto), with T5's and SigLIP's special tokens:
/// 0 pad, 1 end, 2 unknown, no beginning.
/// </summary>
internal static class TinySentencePiece
{
    private const int Unigram = 1;
    private const int Normal = 1;
    private const int Unknown = 2;
    private const int Control = 3;

    /// <summary>The pieces in the order of their ids; scores are log probabilities.</summary>
    public static (string Piece, float Score, int Type)[] Pieces { get; } =
    [
        ("<pad>", 0, Control), ("</s>", 0, Control), ("<unk>", 0, Unknown),
        ("\u2581", -4, Normal), ("\u2581a", -2, Normal), ("\u2581photo", -3, Normal), ("\u2581of", -2, Normal), ("\u2581cat", -3, Normal), ("s", -3, Normal),
        ("c", -6, Normal), ("a", -6, Normal), ("t", -6, Normal), ("\u2581dog", -3, Normal), ("o", -6, Normal), ("g", -6, Normal), ("\u2581c", -5, Normal),
    ];

    public static int Id(string piece) => Array.FindIndex(Pieces, entry => entry.Piece == piece);

    /// <summary>The file.</summary>
    /// <param name="beginningId">The id of the token for a text's beginning; T5's and SigLIP's models state −1.</param>
    public static byte[] Create(int beginningId = -1)
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
            Number(trainer, 3, Unigram);
            Number(trainer, 40, 2);
            Number(trainer, 41, beginningId);
            Number(trainer, 42, 1);
            Number(trainer, 43, 0);
            Field(trainer, 45, text => text.Write("<unk>"u8));
            Field(trainer, 47, text => text.Write("</s>"u8));
            Field(trainer, 48, text => text.Write("<pad>"u8));
        });
        Field(stream, 3, normalizer =>
        {
            Field(normalizer, 1, text => text.Write("identity"u8));
            Number(normalizer, 3, 1);
            Number(normalizer, 4, 1);
            Number(normalizer, 5, 1);
        });
        return stream.ToArray();
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
