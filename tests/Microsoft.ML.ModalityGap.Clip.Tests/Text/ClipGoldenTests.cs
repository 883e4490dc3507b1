using System.Text.Json;
using Microsoft.ML.ModalityGap.Tests.Conformance;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

/// <summary>CLIP's real vocabulary against the ids of the reference tokenizer (shared/data/clip-bpe).</summary>
[TestClass]
public class ClipGoldenTests
{
    private static string VocabularyPath => SharedData.GetPath("clip-bpe", "vocab.json");

    private static string MergesPath => SharedData.GetPath("clip-bpe", "merges.txt");

    [TestMethod]
    public void FromVocabulary_Golden_IsExact() => AssertGolden(ClipTokenizer.FromVocabulary(VocabularyPath, MergesPath));

    [TestMethod]
    public void FromFolder_Golden_IsExact() => AssertGolden(ClipTokenizer.FromFolder(SharedData.GetPath("clip-bpe")));

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void FromTokenizerJson_Golden_IsExact(bool mergesAsPairs)
    {
        var tokens = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(VocabularyPath))!;
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), TinyClipVocabulary.CreateTokenizerJson(tokens, ReadMerges(), mergesAsPairs).ToJsonString());
        AssertGolden(ClipTokenizer.FromFolder(folder.Path));
    }

    [TestMethod]
    public void FromMergesFile_Golden_IsExact()
    {
        // OpenAI's file goes on behind the merges that are used.
        using var folder = new TemporaryFolder();
        TinyClipVocabulary.WriteGzip(
            folder.File("bpe_simple_vocab_16e6.txt.gz"),
            ["\"bpe_simple_vocab_16e6.txt#version: 0.2", .. ReadMerges().Select(merge => $"{merge.Left} {merge.Right}"), "not used", "nor this"]);
        var tokenizer = ClipTokenizer.FromFolder(folder.Path);
        AssertGolden(tokenizer);
        var expected = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(VocabularyPath))!;
        Assert.AreEqual(expected.Count, tokenizer.VocabularySize);
        Assert.IsTrue(((ClipBpeEncoder)tokenizer.Encoder).Vocabulary.Tokens.All(entry => expected[entry.Key] == entry.Value));
    }

    /// <summary>4,000 texts of any characters, lone surrogates included: none throws, each begins and ends as it must and fits the context.</summary>
    [TestMethod]
    public void Encode_RandomUnicode_NeverThrows()
    {
        var tokenizer = ClipTokenizer.FromVocabulary(VocabularyPath, MergesPath);
        var plain = tokenizer.WithOptions(ClipTokenizerOptions.NoCleaning);
        var random = new Random(5);
        for (var i = 0; i < 4000; i++)
        {
            var text = RandomText.CreateAny(random, random.Next(150));
            foreach (var ids in new[] { tokenizer.Encode(text), plain.Encode(text) })
            {
                Assert.AreEqual(49406, ids[0]);
                Assert.AreEqual(tokenizer.EndTokenId, ids[^1]);
                Assert.IsLessThanOrEqualTo(77, ids.Length);
            }
        }
    }

    [TestMethod]
    public void SavedModel_Golden_IsExact()
    {
        var context = new MLContext();
        var lines = ReadGolden();
        var data = context.Data.LoadFromEnumerable(lines.Select(line => new Caption { Text = line.Text }));
        var model = context.Transforms.TokenizeClipText(ClipTokenizer.FromVocabulary(VocabularyPath, MergesPath), "Text").Fit(data);
        var loaded = (TokenizeClipTextTransformer)ComponentConformance.SaveAndLoad(model, data.Schema, out _);
        AssertGolden(loaded.Tokenizer);

        var rows = ColumnValues.Read(loaded.Transform(data), "input_ids", "attention_mask");
        for (var i = 0; i < lines.Count; i++)
        {
            var count = lines[i].Ids.Length;
            CollectionAssert.AreEqual(lines[i].Ids.Concat(Enumerable.Repeat(49407, 77 - count)).Select(id => (long)id).ToArray(), (long[])rows[i][0]);
            Assert.AreEqual(count, ((long[])rows[i][1]).Sum());
        }
    }

    [TestMethod]
    public void Encode_RandomTexts_EqualsNaiveOracle()
    {
        var tokens = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(VocabularyPath))!;
        var merges = ReadMerges();
        var tokenizer = ClipTokenizer.FromVocabulary(VocabularyPath, MergesPath, new ClipTokenizerOptions { ContextLength = 500, CleanHtml = false });
        var random = new Random(3);
        for (var i = 0; i < 40; i++)
        {
            var text = string.Join(' ', Enumerable.Range(0, 20).Select(_ => RandomText.CreateBasicPlane(random, 3 + random.Next(8))));
            CollectionAssert.AreEqual(NaiveBpe.Encode(text, tokens, merges), tokenizer.Encode(text)[1..^1], text);
        }
    }

    private static void AssertGolden(ClipTokenizer tokenizer)
    {
        Assert.AreEqual(77, tokenizer.ContextLength);
        Assert.AreEqual(49408, tokenizer.VocabularySize);
        foreach (var (text, ids) in ReadGolden())
            CollectionAssert.AreEqual(ids, tokenizer.Encode(text), text);
    }

    private static List<(string Text, int[] Ids)> ReadGolden()
    {
        var lines = File.ReadLines(SharedData.GetPath("clip-bpe", "golden.jsonl")).Select(line =>
        {
            using var document = JsonDocument.Parse(line);
            var (text, ids) = (document.RootElement.GetProperty("text"), document.RootElement.GetProperty("ids"));
            return (text.GetString()!, ids.EnumerateArray().Select(id => id.GetInt32()).ToArray());
        }).ToList();
        Assert.IsGreaterThan(50, lines.Count);
        return lines;
    }

    private static List<(string Left, string Right)> ReadMerges() =>
        [.. File.ReadLines(MergesPath).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(' ')).Select(pair => (pair[0], pair[1]))];

    private sealed class Caption
    {
        public string Text { get; set; } = "";
    }
}
