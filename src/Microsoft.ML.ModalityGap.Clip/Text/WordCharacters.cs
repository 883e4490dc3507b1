using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>What the patterns of byte-pair encodings tell characters apart by: <c>\s</c>, <c>\p{L}</c>, <c>\p{N}</c>, and the rest.</summary>
internal enum WordCharacter
{
    Space,
    Letter,
    Number,
    Other,
}

/// <summary>Classifies code points.</summary>
internal static class WordCharacters
{
    /// <param name="text">The text.</param>
    /// <param name="position">Where the code point begins.</param>
    /// <param name="width">How many characters it takes.</param>
    internal static WordCharacter Classify(ReadOnlySpan<char> text, int position, out int width)
    {
        var c = text[position];
        width = 1;
        if (char.IsAscii(c))
        {
            if (char.IsAsciiLetter(c))
                return WordCharacter.Letter;
            if (char.IsAsciiDigit(c))
                return WordCharacter.Number;
            return char.IsWhiteSpace(c) ? WordCharacter.Space : WordCharacter.Other;
        }

        if (char.IsWhiteSpace(c))
            return WordCharacter.Space;
        int codePoint = c;
        if (char.IsHighSurrogate(c) && position + 1 < text.Length && char.IsLowSurrogate(text[position + 1]))
        {
            codePoint = char.ConvertToUtf32(c, text[position + 1]);
            width = 2;
        }

        return CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => WordCharacter.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => WordCharacter.Number,
            _ => WordCharacter.Other,
        };
    }
}
