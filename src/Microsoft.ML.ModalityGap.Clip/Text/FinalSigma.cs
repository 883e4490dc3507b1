using System.Globalization;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Unicode's condition Final_Sigma: Σ ends a word, so that its lower case is ς rather than σ.</summary>
internal static class FinalSigma
{
    /// <summary>Whether a cased letter comes before the position and none after it, case-ignorable characters aside.</summary>
    internal static bool IsFinal(ReadOnlySpan<char> text, int position)
    {
        var before = text[..position];
        while (!before.IsEmpty)
        {
            Rune.DecodeLastFromUtf16(before, out var rune, out var width);
            before = before[..^width];
            if (IsCaseIgnorable(rune))
                continue;
            return IsCased(rune) && !BeginsCased(text[(position + 1)..]);
        }

        return false;
    }

    private static bool BeginsCased(ReadOnlySpan<char> after)
    {
        while (!after.IsEmpty)
        {
            Rune.DecodeFromUtf16(after, out var rune, out var width);
            after = after[width..];
            if (!IsCaseIgnorable(rune))
                return IsCased(rune);
        }

        return false;
    }

    // Other_Lowercase and Other_Uppercase beside the letters; those among the modifiers are case-ignorable and never get here.
    private static bool IsCased(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || rune.Value is 0x00AA or 0x00BA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    private static bool IsCaseIgnorable(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || rune.Value is '\'' or '.' or ':' or 0x00B7 or 0x0387 or 0x055F or 0x05F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027
            or 0xFE13 or 0xFE52 or 0xFE55 or 0xFF07 or 0xFF0E or 0xFF1A;
}
