using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

/// <summary>
/// A vocabulary of CLIP's kind, small enough for unit tests: all bytes, and merges trained here on a handful of captions in the plainest way.
/// </summary>
internal static class TinyClipVocabulary
{
    private static readonly string[] _corpus =
    [
        "a photo of a cat", "a photo of the dog", "two dogs playing in the snow", "the cat's toy", "photographs of playing cats", "a toy dog, a toy cat !!!",
        "été à la plage", "snow snow snow", "the theatre", "東京東京", "12 34",
    ];

    static TinyClipVocabulary()
    {
        var words = _corpus.SelectMany(text => text.Split(' ')).Select(word => ToSymbols(word)).ToList();
        for (var i = 0; i < 90; i++)
        {
            var best = words.SelectMany(word => word.Zip(word.Skip(1)))
                .GroupBy(pair => pair)
                .OrderByDescending(group => group.Count())
                .ThenBy(group => group.Key.First + " " + group.Key.Second, StringComparer.Ordinal)
                .FirstOrDefault();
            if (best is null)
                break;
            Merges.Add(best.Key);
            words = words.ConvertAll(word => NaiveBpe.MergePair(word, best.Key));
        }

        var bytes = Enumerable.Range(0, 256).Select(value => Symbol((byte)value)).Order(StringComparer.Ordinal).ToArray();
        string[] tokens =
            [.. bytes, .. bytes.Select(token => token + "</w>"), .. Merges.Select(merge => merge.Left + merge.Right), "<|startoftext|>", "<|endoftext|>"];
        for (var id = 0; id < tokens.Length; id++)
            Tokens.Add(tokens[id], id);
    }

    public static Dictionary<string, int> Tokens { get; } = new(StringComparer.Ordinal);

    public static List<(string Left, string Right)> Merges { get; } = [];

    public static int Start => Tokens["<|startoftext|>"];

    public static int End => Tokens["<|endoftext|>"];

    public static ClipTokenizer Create(ClipTokenizerOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        WriteVocabulary(folder);
        return ClipTokenizer.FromFolder(folder.Path, options);
    }

    /// <summary>The bytes of a word as the printable characters of a byte-level vocabulary, the last with the mark of a word's end.</summary>
    public static List<string> ToSymbols(string word)
    {
        var symbols = Encoding.UTF8.GetBytes(word).Select(Symbol).ToList();
        symbols[^1] += "</w>";
        return symbols;
    }

    public static void WriteVocabulary(TemporaryFolder folder)
    {
        File.WriteAllText(folder.File("vocab.json"), JsonSerializer.Serialize(Tokens));
        File.WriteAllLines(folder.File("merges.txt"), ["#version: 0.2", .. Merges.Select(merge => $"{merge.Left} {merge.Right}")]);
    }

    /// <summary>What Hugging Face's library writes, as far as it matters.</summary>
    public static JsonObject CreateTokenizerJson(
        IReadOnlyDictionary<string, int> tokens, IEnumerable<(string Left, string Right)> merges, bool mergesAsPairs) => new()
    {
        ["version"] = "1.0",
        ["added_tokens"] = new JsonArray(
            new JsonObject { ["id"] = tokens["<|startoftext|>"], ["content"] = "<|startoftext|>" },
            new JsonObject { ["id"] = tokens["<|endoftext|>"], ["content"] = "<|endoftext|>" }),
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["continuing_subword_prefix"] = "",
            ["end_of_word_suffix"] = "</w>",
            ["vocab"] = new JsonObject(
                tokens.Where(entry => !entry.Key.StartsWith("<|", StringComparison.Ordinal))
                    .Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
            ["merges"] = new JsonArray(
                [.. merges.Select(merge => mergesAsPairs ? (JsonNode)new JsonArray(merge.Left, merge.Right) : $"{merge.Left} {merge.Right}")]),
        },
    };

    public static void WriteGzip(string path, IEnumerable<string> lines)
    {
        using var stream = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        stream.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
    }

    // The printable bytes of Latin-1 stand for themselves, the others in order for U+0100 and up.
    public static string Symbol(byte value)
    {
        static bool IsPrintable(int b) => b is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);
        return ((char)(IsPrintable(value) ? value : 256 + Enumerable.Range(0, value).Count(b => !IsPrintable(b)))).ToString();
    }
}
