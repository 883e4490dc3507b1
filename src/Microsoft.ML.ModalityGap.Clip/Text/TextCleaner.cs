using System.Buffers;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The clean-up before tokenising: lone surrogates become U+FFFD, and what the options say: HTML entities are replaced twice, white space at the ends goes, letters become lower case.
/// White space within is left to those who split at it, unless punctuation is removed, too.
/// </summary>
internal static class TextCleaner
{
    private const char CapitalIWithDot = '\u0130';
    private const char CapitalSigma = '\u03A3';
    private const char SpaceMark = '\u2581';
    private const char Replacement = '\uFFFD';

    private static readonly SearchValues<char> _specialCapitals = SearchValues.Create([CapitalIWithDot, CapitalSigma]);

    /// <summary>How much room <see cref="Clean"/> needs: the text once, and once more in lower case, where U+0130 takes two.</summary>
    internal static int GetBufferLength(int textLength) => checked((3 * textLength) + 1);

    /// <param name="text">The text.</param>
    /// <param name="options">What is cleaned.</param>
    /// <param name="buffer">Room for it, of <see cref="GetBufferLength"/>.</param>
    /// <param name="trims">Whether white space at the ends goes even where the options clean nothing.</param>
    internal static ReadOnlySpan<char> Clean(ReadOnlySpan<char> text, ClipTokenizerOptions options, Span<char> buffer, bool trims = true)
    {
        var copy = buffer[..text.Length];
        text.CopyTo(copy);
        ReplaceLoneSurrogates(copy);
        var cleaning = options.SigLipCleaning;
        if (cleaning == SigLipCleaning.OpenClip || (cleaning is null && options.CleanHtml))
        {
            for (var i = 0; i < 2 && copy.Contains('&'); i++)
                copy = copy[..HtmlEntities.Unescape(copy)];
            trims = true;
        }

        if (trims && cleaning != SigLipCleaning.Transformers)
            copy = copy[TrimmedRange(copy)];

        if (cleaning is SigLipCleaning.BigVision or SigLipCleaning.OpenClip)
            copy.Replace('_', ' ');
        if (cleaning == SigLipCleaning.Transformers)
            copy.Replace(SpaceMark, ' ');
        if (cleaning is not null || options.RemovePunctuation)
            copy = copy[..RemovePunctuation(copy, keepsLeadingSpace: cleaning == SigLipCleaning.Transformers)];
        if (cleaning is null && !options.LowerCase)
            return copy;

        var lower = buffer[text.Length..];
        return lower[..Lower(copy, lower, letterByLetter: cleaning == SigLipCleaning.Transformers)];
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

    /// <param name="text">The text.</param>
    /// <param name="keepsLeadingSpace">Whether white space before the first character is kept as the mark of a space.</param>
    private static int RemovePunctuation(Span<char> text, bool keepsLeadingSpace)
    {
        var length = 0;
        var pendingSpace = false;
        foreach (var c in text)
        {
            if (char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)))
                continue;
            if (IsPythonSpace(c))
            {
                pendingSpace = length > 0 || keepsLeadingSpace;
                continue;
            }

            if (pendingSpace)
            {
                text[length] = length == 0 ? SpaceMark : ' ';
                length++;
            }

            pendingSpace = false;
            text[length++] = c;
        }

        return length;
    }

    /// <summary>Python's <c>str.lower</c>: .NET's invariant lower case, and the two places where that is not the whole of Unicode's.</summary>
    /// <param name="text">The text.</param>
    /// <param name="destination">Receives it in lower case.</param>
    /// <param name="letterByLetter">Whether each letter is lower-cased without its neighbours, so that no sigma is a final one.</param>
    internal static int Lower(ReadOnlySpan<char> text, Span<char> destination, bool letterByLetter)
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
                destination[length++] = !letterByLetter && FinalSigma.IsFinal(text, text.Length - rest.Length + i) ? '\u03C2' : '\u03C3';
            }

            rest = rest[(i + 1)..];
        }

        return length + rest.ToLowerInvariant(destination[length..]);
    }
}
