namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Splits a text as GPT-2's pattern does, by code points, so that nothing is lost:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.
/// </summary>
internal static class ByteLevelWords
{
    private static readonly string[] _endings = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    /// <summary>Finds the next word, its leading space included; a run of white space before a word leaves that space to it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Where it begins; behind it afterwards.</param>
    /// <param name="word">The word.</param>
    /// <returns>Whether there is one.</returns>
    internal static bool MoveNext(ReadOnlySpan<char> text, ref int position, out ReadOnlySpan<char> word)
    {
        var start = position;
        if (start >= text.Length)
        {
            word = default;
            return false;
        }

        if (MatchEnding(text[start..]) is var length and > 0)
        {
            position += length;
        }
        else
        {
            var first = text[start] == ' ' && start + 1 < text.Length && WordCharacters.Classify(text, start + 1, out _) != WordCharacter.Space ? start + 1 : start;
            var kind = WordCharacters.Classify(text, first, out var width);
            position = first + width;
            while (position < text.Length && WordCharacters.Classify(text, position, out width) == kind)
                position += width;

            // White space is one character each.
            if (kind == WordCharacter.Space && position < text.Length && position - start > 1)
                position--;
        }

        word = text[start..position];
        return true;
    }

    private static int MatchEnding(ReadOnlySpan<char> text)
    {
        if (text[0] != '\'')
            return 0;
        foreach (var ending in _endings)
        {
            if (text.StartsWith(ending, StringComparison.Ordinal))
                return ending.Length;
        }

        return 0;
    }
}
