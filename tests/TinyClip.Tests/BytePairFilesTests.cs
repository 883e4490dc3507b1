using System.Text.Json;

namespace TinyClip.Tests;

[TestClass]
public sealed class BytePairFilesTests
{
    [TestMethod]
    public void Vocabulary_CommittedFiles_HaveClipsLayout()
    {
        var folder = TinyClipModel.FindFolder();
        var vocabulary = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(Path.Combine(folder, TinyClipModel.VocabularyFile)))!;
        var tokens = vocabulary.OrderBy(token => token.Value).Select(token => token.Key).ToArray();
        var merges = File.ReadAllLines(Path.Combine(folder, TinyClipModel.MergesFile));

        CollectionAssert.AreEqual(Enumerable.Range(0, tokens.Length).ToArray(), vocabulary.Values.Order().ToArray());
        Assert.AreEqual("!", tokens[0]);
        Assert.AreEqual("\u0143", tokens[255]);
        CollectionAssert.AreEqual(tokens[..256].Select(token => token + "</w>").ToArray(), tokens[256..512]);
        Assert.AreEqual("#version: 0.2", merges[0]);
        CollectionAssert.AreEqual(merges[1..].Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)).ToArray(), tokens[512..^2]);
        CollectionAssert.AreEqual(new[] { CaptionTokenizer.StartToken, CaptionTokenizer.EndToken }, tokens[^2..]);
    }

    /// <summary>Byte pair encoding done by the book, merge by merge, comes to the one token that the caption tokenizer looks up.</summary>
    [TestMethod]
    public void Merges_EveryWordOfTheGrammar_BecomesOneToken()
    {
        var ranks = File.ReadAllLines(Path.Combine(TinyClipModel.FindFolder(), TinyClipModel.MergesFile)).Skip(1).Index().ToDictionary(line => line.Item, line => line.Index);
        var words = SceneDataset.Create(SceneSplit.Test, 2_000, seed: 4).SelectMany(scene => scene.Captions).SelectMany(CaptionTokenizer.Split).Distinct().ToArray();

        Assert.IsGreaterThan(70, words.Length);
        foreach (var word in words)
        {
            List<string> symbols = [.. word[..^1].Select(letter => letter.ToString()), word[^1] + "</w>"];
            while (Enumerable.Range(0, symbols.Count - 1).Where(i => ranks.ContainsKey($"{symbols[i]} {symbols[i + 1]}")).ToArray() is { Length: > 0 } pairs)
            {
                var best = pairs.MinBy(i => ranks[$"{symbols[i]} {symbols[i + 1]}"]);
                symbols[best] += symbols[best + 1];
                symbols.RemoveAt(best + 1);
            }

            Assert.HasCount(1, symbols, word);
        }
    }
}
