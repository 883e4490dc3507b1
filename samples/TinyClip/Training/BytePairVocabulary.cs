using System.Text.Json;
using System.Text.Encodings.Web;

namespace TinyClip;

/// <summary>
/// A byte-level byte pair encoding learned from captions, laid out as CLIP's: 256 bytes as printable characters, the same with the end-of-word mark,
/// the merges in the order in which they were learned, and the start and end tokens.
/// </summary>
internal sealed class BytePairVocabulary
{
    private const string WordEnd = "</w>";

    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string Left, string Right)> _merges = [];

    private BytePairVocabulary()
    {
    }

    /// <summary>The tokens and their ids.</summary>
    internal Dictionary<string, int> Ids { get; } = new(StringComparer.Ordinal);

    /// <summary>Merges the most frequent pair of neighbours, the first in ordinal order among equals, until every word is one token.</summary>
    internal static BytePairVocabulary Learn(IEnumerable<string> captions)
    {
        var words = captions.SelectMany(CaptionTokenizer.Split).CountBy(word => word)
            .OrderBy(word => word.Key, StringComparer.Ordinal)
            .Select(word => (Symbols: SymbolsOf(word.Key), Count: word.Value)).ToList();

        var vocabulary = new BytePairVocabulary();
        while (true)
        {
            var pairs = new Dictionary<(string Left, string Right), long>();
            foreach (var (symbols, count) in words)
            {
                for (var i = 1; i < symbols.Count; i++)
                    pairs[(symbols[i - 1], symbols[i])] = pairs.GetValueOrDefault((symbols[i - 1], symbols[i])) + count;
            }

            if (pairs.Count == 0)
                break;
            var best = pairs.OrderByDescending(pair => pair.Value)
                .ThenBy(pair => pair.Key.Left, StringComparer.Ordinal).ThenBy(pair => pair.Key.Right, StringComparer.Ordinal).First().Key;
            vocabulary._merges.Add(best);
            foreach (var (symbols, _) in words)
                Merge(symbols, best);
        }

        var alphabet = ByteCharacters();
        foreach (var token in (string[])[
            .. alphabet, .. alphabet.Select(character => character + WordEnd), .. vocabulary._merges.Select(merge => merge.Left + merge.Right),
            CaptionTokenizer.StartToken, CaptionTokenizer.EndToken])
        {
            vocabulary.Ids.Add(token, vocabulary.Ids.Count);
        }

        return vocabulary;
    }

    /// <summary>Writes <c>vocab.json</c> and <c>merges.txt</c>.</summary>
    internal void Save(string folder)
    {
        File.WriteAllText(Path.Combine(folder, TinyClipModel.VocabularyFile), JsonSerializer.Serialize(Ids, s_json) + "\n");
        var lines = _merges.Select(merge => $"{merge.Left} {merge.Right}").Prepend("#version: 0.2");
        File.WriteAllText(Path.Combine(folder, TinyClipModel.MergesFile), string.Join('\n', lines) + "\n");
    }

    /// <summary>The letters of a word, the last with the mark. Captions are ASCII, where a byte is the character of the same number.</summary>
    private static List<string> SymbolsOf(string word)
    {
        if (word.FirstOrDefault(character => character is < '!' or > '~') is var odd and not '\0')
            throw new ArgumentException($"Captions are printable ASCII; '{word}' has U+{(int)odd:X4}.", nameof(word));
        return [.. word[..^1].Select(character => character.ToString()), word[^1] + WordEnd];
    }

    private static void Merge(List<string> symbols, (string Left, string Right) pair)
    {
        for (var i = 0; i < symbols.Count - 1; i++)
        {
            if (symbols[i] != pair.Left || symbols[i + 1] != pair.Right)
                continue;
            symbols[i] += symbols[i + 1];
            symbols.RemoveAt(i + 1);
        }
    }

    /// <summary>
    /// A printable character for each byte, in CLIP's order: first the bytes that are printable in Latin-1, as themselves; then the others, in order,
    /// as the characters from U+0100.
    /// </summary>
    private static string[] ByteCharacters()
    {
        var printable = Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range(0xa1, 0xac - 0xa1 + 1)).Concat(Enumerable.Range(0xae, 0xff - 0xae + 1));
        var others = Enumerable.Range(0x100, 256 - printable.Count());
        return [.. printable.Concat(others).Select(code => ((char)code).ToString())];
    }
}
