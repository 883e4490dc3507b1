using System.Buffers;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The clean-up before tokenising: lone surrogates become U+FFFD, HTML entities are replaced twice, white space at the ends goes, letters become lower case.
/// White space within is left to those who split at it, unless punctuation is removed, too.
/// </summary>
internal static class TextCleaner
{
    private const char CapitalIWithDot = '\u0130';
    private const char CapitalSigma = '\u03A3';
    private const char Replacement = '\uFFFD';

    private static readonly SearchValues<char> _specialCapitals = SearchValues.Create([CapitalIWithDot, CapitalSigma]);

    /// <summary>How much room <see cref="Clean"/> needs: the text once, and once more in lower case, where U+0130 takes two.</summary>
    internal static int GetBufferLength(int textLength) => checked((3 * textLength) + 1);

    internal static ReadOnlySpan<char> Clean(ReadOnlySpan<char> text, ClipTokenizerOptions options, Span<char> buffer)
    {
        var copy = buffer[..text.Length];
        text.CopyTo(copy);
        ReplaceLoneSurrogates(copy);
        for (var i = 0; i < 2 && options.CleanHtml && copy.Contains('&'); i++)
            copy = copy[..HtmlEntities.Unescape(copy)];

        copy = copy[TrimmedRange(copy)];
        if (options.RemovePunctuation)
            copy = copy[..RemovePunctuation(copy)];
        if (!options.LowerCase)
            return copy;

        var lower = buffer[text.Length..];
        return lower[..Lower(copy, lower)];
    }

    private static void ReplaceLoneSurrogates(Span<char> text)
    {
        var i = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        for (; (uint)i < (uint)text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else
                text[i] = Replacement;
        }
    }

    /// <summary>What Python's <c>str.strip</c> leaves; to it, unlike to .NET, the four separators U+001C to U+001F are white space.</summary>
    private static Range TrimmedRange(ReadOnlySpan<char> text)
    {
        var start = 0;
        while (start < text.Length && IsPythonSpace(text[start]))
            start++;
        var end = text.Length;
        while (end > start && IsPythonSpace(text[end - 1]))
            end--;
        return start..end;
    }

    private static bool IsPythonSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    private static int RemovePunctuation(Span<char> text)
    {
        var length = 0;
        var pendingSpace = false;
        foreach (var c in text)
        {
            if (char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)))
                continue;
            if (IsPythonSpace(c))
            {
                pendingSpace = length > 0;
                continue;
            }

            if (pendingSpace)
                text[length++] = ' ';
            pendingSpace = false;
            text[length++] = c;
        }

        return length;
    }

    /// <summary>Python's <c>str.lower</c>: .NET's invariant lower case, and the two places where that is not the whole of Unicode's.</summary>
    private static int Lower(ReadOnlySpan<char> text, Span<char> destination)
    {
        var length = 0;
        var rest = text;
        while (rest.IndexOfAny(_specialCapitals) is var i and >= 0)
        {
            length += rest[..i].ToLowerInvariant(destination[length..]);
            if (rest[i] == CapitalIWithDot)
            {
                destination[length++] = 'i';
                destination[length++] = '\u0307';
            }
            else
            {
                destination[length++] = FinalSigma.IsFinal(text, text.Length - rest.Length + i) ? '\u03C2' : '\u03C3';
            }

            rest = rest[(i + 1)..];
        }

        return length + rest.ToLowerInvariant(destination[length..]);
    }
}
