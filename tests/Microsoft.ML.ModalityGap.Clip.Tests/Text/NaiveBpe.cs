using System.Text.RegularExpressions;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

/// <summary>
/// An oracle that shares nothing with the library: CLIP's algorithm as its paper's code states it, merging every occurrence of the best pair again and again,
/// over words found by a regular expression. For texts of the basic plane without HTML.
/// </summary>
internal static partial class NaiveBpe
{
    public static int[] Encode(string text, IReadOnlyDictionary<string, int> tokens, IReadOnlyList<(string Left, string Right)> merges)
    {
        var ranks = new Dictionary<(string, string), int>();
        for (var rank = 0; rank < merges.Count; rank++)
            ranks.Add(merges[rank], rank);
        return [.. Words().Matches(text.ToLowerInvariant()).SelectMany(word => EncodeWord(word.Value, ranks)).Select(token => tokens[token])];
    }

    public static List<string> EncodeWord(string word, IReadOnlyDictionary<(string, string), int> ranks) => Merge(TinyClipVocabulary.ToSymbols(word), ranks);

    public static List<string> Merge(List<string> symbols, IReadOnlyDictionary<(string, string), int> ranks)
    {
        while (symbols.Count > 1)
        {
            var best = symbols.Zip(symbols.Skip(1)).MinBy(pair => ranks.GetValueOrDefault(pair, int.MaxValue));
            if (!ranks.ContainsKey(best))
                break;
            symbols = MergePair(symbols, best);
        }

        return symbols;
    }

    public static List<string> MergePair(List<string> symbols, (string Left, string Right) pair)
    {
        var result = new List<string>();
        for (var i = 0; i < symbols.Count; i++)
        {
            if (i + 1 < symbols.Count && symbols[i] == pair.Left && symbols[i + 1] == pair.Right)
                result.Add(symbols[i] + symbols[++i]);
            else
                result.Add(symbols[i]);
        }

        return result;
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
