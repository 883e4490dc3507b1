using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>Splits a normalised text into pieces of a vocabulary. Safe for many threads.</summary>
internal abstract class PieceSegmenter
{
    /// <summary>No vocabulary has longer pieces (SentencePiece's trainer stops at 16 characters); bounds the time a text takes.</summary>
    internal const int LongestPiece = 4096;

    /// <summary>Writes the ids of a text.</summary>
    /// <param name="text">Valid UTF-8.</param>
    /// <param name="writer">Receives them.</param>
    internal abstract void Segment(ReadOnlySpan<byte> text, ref PieceWriter writer);

    /// <summary>The length of a character in UTF-8 by its first byte.</summary>
    internal static int GetCharacterLength(byte first) => first < 0x80 ? 1 : Math.Max(1, BitOperations.LeadingZeroCount(~((uint)first << 24)));
}
