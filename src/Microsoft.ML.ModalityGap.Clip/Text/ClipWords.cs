namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Splits a cleaned text as CLIP's pattern does, by code points and in any case:
/// <c>&lt;\|startoftext\|&gt;|&lt;\|endoftext\|&gt;|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+</c>.
/// </summary>
internal static class ClipWords
{
    internal const string StartOfText = "<|startoftext|>";
    internal const string EndOfText = "<|endoftext|>";

    /// <summary>
    /// The one character that neither class of the pattern takes when case is ignored: a mark whose upper case is the letter Ι. The reference drops it.
    /// </summary>
    private const char CombiningYpogegrammeni = '\u0345';

    /// <summary>Finds the next word.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Where to look from; behind the word afterwards.</param>
    /// <param name="word">The word.</param>
    /// <returns>Whether there is one.</returns>
    internal static bool MoveNext(ReadOnlySpan<char> text, ref int position, out ReadOnlySpan<char> word)
    {
        var kind = WordCharacter.Space;
        var width = 0;
        while (position < text.Length && (kind = Classify(text, position, out width)) == WordCharacter.Space)
            position += width;
        if (position >= text.Length)
        {
            word = default;
            return false;
        }

        var start = position;
        if (kind == WordCharacter.Other && MatchLiteral(text[start..]) is var length and > 0)
        {
            position += length;
        }
        else
        {
            // A digit stands alone; letters and symbols go together with their like.
            position += width;
            while (kind != WordCharacter.Number && position < text.Length && Classify(text, position, out width) == kind)
                position += width;
        }

        word = text[start..position];
        return true;
    }

    private static WordCharacter Classify(ReadOnlySpan<char> text, int position, out int width)
    {
        var kind = WordCharacters.Classify(text, position, out width);
        return kind == WordCharacter.Other && text[position] == CombiningYpogegrammeni ? WordCharacter.Space : kind;
    }

    /// <summary>The length of the special token or English ending that a text begins with, else 0.</summary>
    private static int MatchLiteral(ReadOnlySpan<char> text)
    {
        if (text[0] == '<')
        {
            return StartsWith(text, StartOfText) ? StartOfText.Length
                : StartsWith(text, EndOfText) ? EndOfText.Length
                : 0;
        }

        if (text[0] != '\'' || text.Length < 2)
            return 0;
        if (Fold(text[1]) is 's' or 't' or 'm' or 'd')
            return 2;
        return StartsWith(text, "'re") || StartsWith(text, "'ve") || StartsWith(text, "'ll") ? 3 : 0;
    }

    private static bool StartsWith(ReadOnlySpan<char> text, ReadOnlySpan<char> literal)
    {
        if (text.Length < literal.Length)
            return false;
        for (var i = 0; i < literal.Length; i++)
        {
            if (Fold(text[i]) != literal[i])
                return false;
        }

        return true;
    }

    /// <summary>Case folding as far as it can lead to the letters of the pattern: the long s is an s.</summary>
    private static char Fold(char c) => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c == '\u017F' ? 's' : c;
}
