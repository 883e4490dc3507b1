namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

[TestClass]
public class SentencePieceTests
{
    // "Cats" has the segmentations ▁cat s (−6), ▁c a t s (−20) and those with ▁ c: the first is the likeliest.
    [TestMethod]
    [DataRow("A photo of cats", new[] { "\u2581a", "\u2581photo", "\u2581of", "\u2581cat", "s" })]
    [DataRow("A, photo -- of: (a) DOG!! ", new[] { "\u2581a", "\u2581photo", "\u2581of", "\u2581a", "\u2581dog" })]
    [DataRow("  a, photo", new[] { "\u2581", "\u2581a", "\u2581photo" })]
    [DataRow("cogs", new[] { "\u2581c", "o", "g", "s" })]
    [DataRow("a \u6771", new[] { "\u2581a", "\u2581", "<unk>" })]
    [DataRow("", new string[0])]
    public void Encode_HandMadeUnigram_GivesTheLikeliestPieces(string text, string[] pieces)
    {
        var expected = pieces.Select(TinySentencePiece.Id).Append(1).ToArray();
        CollectionAssert.AreEqual(expected, Load(TinySentencePiece.Create()).Encode(text));
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(0)]
    [DataRow(15)]
    public void FromSentencePiece_AnyBeginningToken_GivesTheSameRow(int beginningId)
    {
        var tokenizer = Load(TinySentencePiece.Create(beginningId));
        Assert.IsNull(tokenizer.StartTokenId);
        Assert.AreEqual((1, 1, 64), (tokenizer.EndTokenId, tokenizer.PaddingTokenId, tokenizer.ContextLength));
        var ids = new long[64];
        var mask = new long[64];
        Assert.AreEqual(4, tokenizer.Encode("a photo of", ids, mask, out var truncated));
        Assert.IsFalse(truncated);
        CollectionAssert.AreEqual(new long[] { 4, 5, 6, 1, 1, 1 }, ids[..6]);
        CollectionAssert.AreEqual(Enumerable.Repeat(1L, 64).ToArray(), mask); // SigLIP attends to its padding
    }

    [TestMethod]
    public void Encode_LongText_IsCutAndKeepsTheEndToken()
    {
        var tokenizer = Load(TinySentencePiece.Create()).WithOptions(ClipTokenizerOptions.SigLip with { ContextLength = 4, PadWith = ClipPadding.Zero });
        var ids = new long[4];
        tokenizer.Encode("a photo of", ids, [], out var truncated);
        Assert.IsFalse(truncated);
        tokenizer.Encode("a photo of cats", ids, [], out truncated);
        Assert.IsTrue(truncated);
        CollectionAssert.AreEqual(new long[] { 4, 5, 6, 1 }, ids);
        tokenizer.Encode("a", ids, [], out _);
        CollectionAssert.AreEqual(new long[] { 4, 1, 0, 0 }, ids);
    }

    [TestMethod]
    public void Encode_RandomUnicode_NeverThrows()
    {
        var tokenizer = Load(TinySentencePiece.Create());
        var plain = tokenizer.WithOptions(new ClipTokenizerOptions { LowerCase = false, CleanHtml = false });
        var random = new Random(2);
        for (var i = 0; i < 2000; i++)
        {
            var text = RandomText.CreateAny(random, random.Next(150));
            Assert.AreEqual(1, tokenizer.Encode(text)[^1]);
            Assert.AreEqual(1, plain.Encode(text)[^1]);
        }

        Assert.HasCount(64, tokenizer.Encode(RandomText.CreateAny(random, 100_000)));
        Assert.HasCount(64, tokenizer.Encode(string.Concat(Enumerable.Repeat("cat", 33_333))));
    }

    [TestMethod]
    public void FromFolder_UnigramTokenizerJsonBesideModel_TakesTheModel()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), """{"model": {"type": "Unigram", "vocab": []}}""");
        File.WriteAllBytes(folder.File("spiece.model"), TinySentencePiece.Create());
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"model_max_length": 16, "pad_token": "<pad>"}""");
        var tokenizer = ClipTokenizer.FromFolder(folder.Path);
        Assert.AreEqual((16, 0), (tokenizer.ContextLength, tokenizer.PaddingTokenId));
        Assert.AreEqual(ClipTokenizerOptions.SigLip, tokenizer.Options);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("This is no model.")]
    public void FromSentencePiece_NoModel_Throws(string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("spiece.model"), content);
        var path = folder.File("spiece.model");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ClipTokenizer.FromSentencePiece(path)).Message, path);
    }

    private static ClipTokenizer Load(byte[] model)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("spiece.model"), model);
        return ClipTokenizer.FromSentencePiece(folder.File("spiece.model"));
    }
}
