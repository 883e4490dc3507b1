using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Finds added tokens in a text, from left to right, the longest first.</summary>
internal sealed class AddedTokenSplitter
{
    private readonly AddedToken[] _tokens;
    private readonly ByteTrie _trie; // over UTF-16

    internal AddedTokenSplitter(IEnumerable<AddedToken> tokens)
    {
        _tokens = [.. tokens];
        _trie = ByteTrie.Create(_tokens.Select((token, i) => (MemoryMarshal.AsBytes(token.Content.AsSpan()).ToArray(), i)));
    }

    /// <summary>The parts of a text: added tokens by their id, the text between them as it is.</summary>
    internal List<(string Text, int? Id)> Split(string text)
    {
        var parts = new List<(string, int?)>();
        var begin = 0;
        for (var i = 0; i < text.Length && !_trie.IsEmpty;)
        {
            var length = _trie.MatchLongest(MemoryMarshal.AsBytes(text.AsSpan(i)), out var index) / sizeof(char);
            if (length == 0 || (_tokens[index].IsWord && !StandsAlone(text, i, i + length)))
            {
                i += Math.Max(length, 1);
                continue;
            }

            var (start, end) = (i, i + length);
            while (_tokens[index].StripsLeft && start > begin && char.IsWhiteSpace(text[start - 1]))
                start--;
            while (_tokens[index].StripsRight && end < text.Length && char.IsWhiteSpace(text[end]))
                end++;
            if (start > begin)
                parts.Add((text[begin..start], null));
            parts.Add((text[i..(i + length)], _tokens[index].Id));
            i = begin = end;
        }

        if (begin < text.Length)
            parts.Add((text[begin..], null));
        return parts;
    }

    private static bool StandsAlone(string text, int start, int end) =>
        (start == 0 || !IsWordCharacter(text[start - 1])) && (end == text.Length || !IsWordCharacter(text[end]));

    private static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c) || c == '_';
}
