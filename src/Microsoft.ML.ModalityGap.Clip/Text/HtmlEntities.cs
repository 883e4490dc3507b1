using System.Net;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Replaces HTML's character references by the rules of HTML5, as Python's <c>html.unescape</c> does. The names are those of HTML 4, which
/// <see cref="WebUtility"/> knows, and <c>&amp;apos;</c>. HTML5's other names stay as they are, or, where they begin with a name that needs no
/// semicolon (<c>&amp;parallel;</c> with <c>&amp;para</c>), are read as that and a rest.
/// </summary>
internal static class HtmlEntities
{
    // The longest is &thetasym;.
    private const int LongestName = 8;

    // The longest of the names that need no semicolon, such as &frac14 and &yacute.
    private const int LongestBareName = 6;

    /// <summary>What numeric references to 0x80 to 0x9F mean: the characters of Windows' code page 1252, and themselves where it has none.</summary>
    private const string Windows1252 =
        "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F"
        + "\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    /// <summary>Replaces the references in place, once.</summary>
    /// <returns>The new length, which is never greater.</returns>
    internal static int Unescape(Span<char> text)
    {
        var length = 0;
        var i = 0;
        while (i < text.Length)
        {
            var plain = text[i..].IndexOf('&');
            if (plain < 0)
                plain = text.Length - i;
            text.Slice(i, plain).CopyTo(text[length..]);
            length += plain;
            i += plain;
            if (i == text.Length)
                break;

            // A reference is longer than what it stands for, so nothing is overwritten before it is read.
            var consumed = ReadReference(text[i..], out var character);
            if (consumed == 0)
            {
                text[length++] = text[i++];
                continue;
            }

            i += consumed;
            if (character is { } rune)
                length += rune.EncodeToUtf16(text[length..]);
        }

        return length;
    }

    /// <summary>Reads the reference a text begins with.</summary>
    /// <returns>Its length; 0 when this is none.</returns>
    private static int ReadReference(ReadOnlySpan<char> text, out Rune? character) =>
        text.Length > 1 && text[1] == '#' ? ReadNumeric(text, out character) : ReadNamed(text, out character);

    private static int ReadNumeric(ReadOnlySpan<char> text, out Rune? character)
    {
        character = null;
        var isHexadecimal = text.Length > 2 && text[2] is 'x' or 'X';
        var start = isHexadecimal ? 3 : 2;
        var end = start;
        var value = 0;
        for (; end < text.Length && (isHexadecimal ? char.IsAsciiHexDigit(text[end]) : char.IsAsciiDigit(text[end])); end++)
        {
            // Stays beyond the last code point once it is there.
            var digit = char.IsAsciiDigit(text[end]) ? text[end] - '0' : (text[end] | 0x20) - 'a' + 10;
            value = value > 0x10FFFF ? value : (value * (isHexadecimal ? 16 : 10)) + digit;
        }

        if (end == start)
            return 0;
        character = FromNumber(value);
        return end < text.Length && text[end] == ';' ? end + 1 : end;
    }

    /// <summary>HTML5's rules for numbers: some are remapped, some are replaced, some vanish.</summary>
    private static Rune? FromNumber(int value) => value switch
    {
        0 or > 0x10FFFF or (>= 0xD800 and <= 0xDFFF) => Rune.ReplacementChar,
        '\t' or '\n' or '\f' or '\r' => new Rune(value),
        >= 0x80 and <= 0x9F => new Rune(Windows1252[value - 0x80]),
        < 0x20 or 0x7F or (>= 0xFDD0 and <= 0xFDEF) => null,
        _ => (value & 0xFFFE) == 0xFFFE ? null : new Rune(value),
    };

    private static int ReadNamed(ReadOnlySpan<char> text, out Rune? character)
    {
        var end = 1;
        while (end < text.Length && end <= LongestName && char.IsAsciiLetterOrDigit(text[end]))
            end++;

        if (end < text.Length && text[end] == ';' && Find(text[1..end], out character))
            return end + 1;

        // Without a semicolon the longest name wins that a text begins with: &notit is ¬it.
        for (end = Math.Min(end, LongestBareName + 1); end > 2; end--)
        {
            if (IsBareName(text[1..end], out character))
                return end;
        }

        character = null;
        return 0;
    }

    /// <summary>The old names, which browsers always read without a semicolon: those of Latin-1, some of them in capitals, too.</summary>
    private static bool IsBareName(ReadOnlySpan<char> name, out Rune? character) =>
        Find(name, out character) && character!.Value.Value <= 0xFF && name is not "apos";

    private static bool Find(ReadOnlySpan<char> name, out Rune? character)
    {
        character = null;
        if (name.IsEmpty)
            return false;
        if (name is "AMP" or "LT" or "GT" or "QUOT" or "COPY" or "REG")
            return Find(name.ToString().ToLowerInvariant(), out character);

        var reference = $"&{name};";
        var decoded = WebUtility.HtmlDecode(reference);
        if (decoded == reference)
            return false;
        character = decoded switch
        {
            // HTML5 moved these two to the mathematical brackets.
            "\u2329" => new Rune(0x27E8),
            "\u232A" => new Rune(0x27E9),
            _ => Rune.GetRuneAt(decoded, 0),
        };
        return true;
    }
}
