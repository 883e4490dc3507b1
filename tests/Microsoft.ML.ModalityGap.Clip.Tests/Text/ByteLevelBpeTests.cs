using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

/// <summary>RoBERTa's kind of vocabulary, as CLAP's text tower has it. The oracles are GPT-2's pattern by .NET's own regular expressions, and merging done naively.</summary>
[TestClass]
public sealed partial class ByteLevelBpeTests
{
    private static readonly string[] _special = ["<s>", "<pad>", "</s>", "<unk>"];

    // Spaces are written \u0120, as in the published files.
    private static readonly (string Left, string Right)[] _merges =
    [
        ("\u0120", "t"), ("h", "e"), ("\u0120t", "he"), ("i", "n"), ("\u0120", "a"), ("in", "g"), ("d", "o"), ("do", "g"), ("\u0120", "dog"), ("b", "a"), ("ba", "r"), ("r", "k"), ("1", "2"), ("'", "s"), ("\u0120", "\u0120"), ("a", "a"), ("aa", "aa"),
    ];

    private static readonly Dictionary<string, int> _tokens = CreateTokens();

    [TestMethod]
    public void Encode_ByHand_IsTheFormatsOwn()
    {
        using var folder = Write();
        var tokenizer = ClipTokenizer.FromFolder(folder.Path);
        int Id(string token) => _tokens[token];
        (string Text, string[] Tokens)[] cases =
        [
            ("", []),
            ("the dog", ["t", "he", "\u0120dog"]),
            (" the dog's barking", ["\u0120the", "\u0120dog", "'s", "\u0120", "bar", "k", "ing"]),
            ("a  dog", ["a", "\u0120", "\u0120dog"]),
            ("a   ", ["a", "\u0120\u0120", "\u0120"]),
            ("12 123", ["12", "\u0120", "12", "3"]),
            ("\u00E9\n", ["\u00C3", "\u00A9", "\u010A"]),
            ("aaaaa", ["aaaa", "a"]),
        ];
        foreach (var (text, tokens) in cases)
            CollectionAssert.AreEqual((int[])[0, .. tokens.Select(Id), 2], tokenizer.Encode(text), text);
        Assert.AreEqual((0, 2, 1, true, 77), (tokenizer.StartTokenId, tokenizer.EndTokenId, tokenizer.PaddingTokenId, tokenizer.MasksPadding, tokenizer.ContextLength));

        var (ids, mask) = (new long[77], new long[77]);
        tokenizer.Encode("the dog", ids, mask, out var truncated);
        CollectionAssert.AreEqual((long[])[0, Id("t"), Id("he"), Id("\u0120dog"), 2, 1], ids[..6]);
        Assert.AreEqual((5L, false), (mask.Sum(), truncated));
        var cut = tokenizer.WithOptions(tokenizer.Options with { ContextLength = 4 });
        CollectionAssert.AreEqual((int[])[0, Id("t"), Id("he"), 2], cut.Encode("the dog"));
    }

    /// <summary>4,000 random texts: none throws, each is the oracle's, and so is what was saved and loaded, and read from tokenizer.json.</summary>
    [TestMethod]
    public void Encode_RandomTexts_IsThePatternAndTheMergesDoneNaively()
    {
        using var folder = Write();
        using var json = Write(asJson: true);
        ClipTokenizer[] tokenizers = [.. new[] { folder, json }.Select(source => ClipTokenizer.FromFolder(source.Path, ClipTokenizerOptions.NoCleaning with { ContextLength = 400 }))];
        using var stream = new MemoryStream();
        var signature = new BlockSignature("TEST", Version: 2);
        CheckedBlock.Write(stream, signature, writer => ClipTokenizerFormat.Write(writer, tokenizers[0]));
        stream.Position = 0;
        var loaded = ClipTokenizerFormat.Read(CheckedBlock.Read(stream, signature, "tokenizer"));
        var ranks = _merges.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        var random = new Random(7);
        string[] parts = ["the", " dog", "'s", "'S", "'ll", "  ", "\t", "\n", "12", "\u0661", "aaaa", "é", "東京", "\U0001F600", "\u3000", "\u00A0", "\u0345", "\u0301", "!", "...", "\0", "<s>", " ", "\uD83D", "\uDE00", "x"];
        for (var i = 0; i < 4000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)]));
            var actual = tokenizers[0].Encode(text);
            int[] expected = [0, .. Words().Matches(Repair(text)).SelectMany(word => Merge(word.Value, ranks)).Select(token => _tokens[token]), 2];
            CollectionAssert.AreEqual(expected, actual, JsonSerializer.Serialize(text));
            CollectionAssert.AreEqual(expected, loaded.Encode(text));
            CollectionAssert.AreEqual(expected, tokenizers[1].Encode(text));
        }
    }

    [TestMethod]
    [DataRow("[\"add_prefix_space\"]", "add_prefix_space")]
    [DataRow("[\"lacks a byte\"]", "lacks")]
    public void Load_OfWhatIsNotFollowed_SaysSo(string what, string fragment)
    {
        using var folder = Write();
        if (what.Contains("prefix", StringComparison.Ordinal))
            File.WriteAllText(folder.File("tokenizer_config.json"), """{"add_prefix_space":true,"tokenizer_class":"RobertaTokenizer"}""");
        else
            File.WriteAllText(folder.File("vocab.json"), JsonSerializer.Serialize(_tokens.Where(token => token.Key != "\u0100").ToDictionary()));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ClipTokenizer.FromFolder(folder.Path)).Message, fragment);
    }

    /// <summary>What a lone surrogate becomes before a text is encoded.</summary>
    private static string Repair(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static List<string> Merge(string word, Dictionary<(string, string), int> ranks) =>
        NaiveBpe.Merge([.. Encoding.UTF8.GetBytes(word).Select(TinyClipVocabulary.Symbol)], ranks);

    private static Dictionary<string, int> CreateTokens()
    {
        var tokens = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var token in _special.Concat(Enumerable.Range(0, 256).Select(value => TinyClipVocabulary.Symbol((byte)value))).Concat(_merges.Select(merge => merge.Left + merge.Right)).Append("<mask>"))
            tokens.Add(token, tokens.Count);
        return tokens;
    }

    private static TemporaryFolder Write(bool asJson = false)
    {
        var folder = new TemporaryFolder();
        if (!asJson)
        {
            File.WriteAllText(folder.File("vocab.json"), JsonSerializer.Serialize(_tokens));
            File.WriteAllLines(folder.File("merges.txt"), ["#version: 0.2", .. _merges.Select(merge => $"{merge.Left} {merge.Right}")]);
            return folder;
        }

        File.WriteAllText(folder.File("tokenizer.json"), new JsonObject
        {
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE", ["end_of_word_suffix"] = "", ["vocab"] = JsonNode.Parse(JsonSerializer.Serialize(_tokens)),
                ["merges"] = new JsonArray([.. _merges.Select(merge => JsonValue.Create($"{merge.Left} {merge.Right}"))]),
            },
        }.ToJsonString());
        return folder;
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
