using System.Text.Json;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

/// <summary>Small models and what Google's sentencepiece 0.1.97 makes of texts with them, without cleaning and end token.</summary>
[TestClass]
public class SentencePieceGoldenTests
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "SentencePieceModels");


    [TestMethod]
    [DataRow("unigram")]
    [DataRow("unigram_byte_fallback")]
    [DataRow("bpe")]
    [DataRow("bpe_gemma_like")]
    [DataRow("bpe_user_defined")]
    public void Encode_GoldenTexts_GivesGooglesIds(string model)
    {
        var tokenizer = ClipTokenizer.FromSentencePiece(Path.Combine(Folder, model + ".model"), ClipTokenizerOptions.NoCleaning);
        var lines = File.ReadLines(Path.Combine(Folder, "golden.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("model").GetString() == model).ToArray();
        Assert.HasCount(19, lines);
        foreach (var line in lines)
        {
            var text = line.GetProperty("text").GetString()!;
            var expected = line.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).Append(tokenizer.EndTokenId).ToArray();
            CollectionAssert.AreEqual(expected, tokenizer.Encode(text), $"{text}: {string.Join(' ', tokenizer.Encode(text))}");
        }
    }

    [TestMethod]
    [DataRow("unigram")]
    [DataRow("unigram_byte_fallback")]
    [DataRow("bpe")]
    [DataRow("bpe_gemma_like")]
    [DataRow("bpe_user_defined")]
    public void Encode_RandomUnicode_NeverThrows(string model)
    {
        var tokenizer = ClipTokenizer.FromSentencePiece(Path.Combine(Folder, model + ".model"));
        var plain = tokenizer.WithOptions(ClipTokenizerOptions.NoCleaning);
        var random = new Random(3);
        for (var i = 0; i < 4000; i++)
        {
            var text = RandomText.CreateAny(random, random.Next(150));
            Assert.AreEqual(tokenizer.EndTokenId, tokenizer.Encode(text)[^1]);
            Assert.AreEqual(tokenizer.EndTokenId, plain.Encode(text)[^1]);
        }
    }
}
