namespace Microsoft.ML.ModalityGap;

/// <summary>The printable characters that stand for the 256 bytes in a byte-level vocabulary: printable Latin-1 for itself, the rest from U+0100 on.</summary>
internal static class ByteSymbols
{
    private static readonly char[] _ofByte = Create();

    internal static char Of(byte value) => _ofByte[value];

    /// <summary>The order in which CLIP's vocabulary begins: those that stand for themselves, then the others.</summary>
    internal static IEnumerable<char> InVocabularyOrder => _ofByte.OrderBy(symbol => symbol);

    private static char[] Create()
    {
        var symbols = new char[256];
        var next = (char)0x100;
        for (var value = 0; value < symbols.Length; value++)
            symbols[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)value : next++;
        return symbols;
    }
}
