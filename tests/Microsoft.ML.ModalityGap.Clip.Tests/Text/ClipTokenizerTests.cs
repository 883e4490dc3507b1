namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

[TestClass]
public class ClipTokenizerTests
{
    private static readonly ClipTokenizer _tokenizer = TinyClipVocabulary.Create();

    [TestMethod]
    public void Encode_RandomTextsOfTheBasicPlane_EqualsNaiveOracle()
    {
        var random = new Random(5);
        var wide = _tokenizer.WithOptions(new ClipTokenizerOptions { ContextLength = 4096, CleanHtml = false });
        for (var i = 0; i < 3000; i++)
        {
            var text = RandomText.CreateBasicPlane(random, random.Next(40));
            int[] expected = [TinyClipVocabulary.Start, .. NaiveBpe.Encode(text, TinyClipVocabulary.Tokens, TinyClipVocabulary.Merges), TinyClipVocabulary.End];
            CollectionAssert.AreEqual(expected, wide.Encode(text), text);
        }
    }

    [TestMethod]
    public void EncodeWord_LongWordsAndLibrary_Agree()
    {
        var encoder = (ClipBpeEncoder)_tokenizer.Encoder;
        var random = new Random(6);
        for (var i = 0; i < 500; i++)
        {
            var word = RandomText.CreateFrom(random, "photoscatdgyinw!é東京", 1 + random.Next(400));
            CollectionAssert.AreEqual(encoder.EncodeWordByLibrary(word), encoder.EncodeLongWord(word), word);
        }
    }

    [TestMethod]
    public void Encode_RandomUnicode_NeverThrowsAndKeepsTheRowsForm()
    {
        var random = new Random(7);
        var ids = new long[_tokenizer.ContextLength];
        var mask = new long[_tokenizer.ContextLength];
        for (var i = 0; i < 5000; i++)
        {
            var count = _tokenizer.Encode(RandomText.CreateAny(random, random.Next(200)), ids, mask, out var truncated);
            Assert.AreEqual(TinyClipVocabulary.Start, ids[0]);
            Assert.AreEqual(TinyClipVocabulary.End, ids[count - 1]);
            Assert.IsTrue(ids.All(id => id >= 0 && id < _tokenizer.VocabularySize));
            Assert.IsTrue(mask.Take(count).All(value => value == 1) && mask.Skip(count).All(value => value == 0));
            Assert.IsTrue(!truncated || count == ids.Length);
        }
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    [DataRow("a")]
    [DataRow("!")]
    [DataRow("\u6771\u4EAC")]
    [DataRow("&amp;")]
    [DataRow("&")]
    [DataRow("&#")]
    [DataRow("\u03A3'")]
    [DataRow("\u0130")]
    [DataRow("e\u0301")]
    [DataRow("\U0001F431\u200D")]
    [DataRow("<|")]
    [DataRow(" ")]
    public void Encode_HundredThousandCharacters_IsCutInReasonableTime(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 100_000 / unit.Length));
        var row = _tokenizer.Encode(text);
        Assert.AreEqual(unit == " " ? 2 : 77, row.Length);
        Assert.AreEqual(TinyClipVocabulary.End, row[^1]);
    }

    [TestMethod]
    public void Encode_HundredThousandRandomCharacters_IsCut()
    {
        foreach (var text in new[] { RandomText.CreateAny(new Random(8), 100_000), new string('\uD800', 100_000), new string('\uDC00', 100_000) })
        {
            _tokenizer.Encode(text, new long[77], new long[77], out var truncated);
            Assert.IsTrue(truncated);
        }
    }

    [TestMethod]
    public void Encode_ExactlyFull_IsNotTruncatedAndOneMoreIs()
    {
        var tokenizer = _tokenizer.WithOptions(new ClipTokenizerOptions { ContextLength = 6 });
        var ids = new long[6];
        var mask = new long[6];
        Assert.AreEqual(6, tokenizer.Encode("1 2 3 4", ids, mask, out var truncated));
        Assert.IsFalse(truncated);
        var full = ids.ToArray();

        Assert.AreEqual(6, tokenizer.Encode("1 2 3 4 5", ids, mask, out truncated));
        Assert.IsTrue(truncated);
        CollectionAssert.AreEqual(full, ids, "the end token stays");

        // A word of several tokens is cut within; each Cyrillic letter is two bytes here.
        tokenizer.Encode("1 2 \u0416\u0416\u0416", ids, mask, out truncated);
        Assert.IsTrue(truncated);
        CollectionAssert.AreEqual(_tokenizer.Encode("1 2 \u0416\u0416\u0416")[..5], ids[..5].Select(id => (int)id).ToArray());
        Assert.AreEqual(TinyClipVocabulary.End, ids[5]);
    }

    [TestMethod]
    public void Encode_Padding_FollowsTheOption()
    {
        var ids = new long[77];
        _tokenizer.Encode("a cat", ids, [], out _);
        Assert.IsTrue(ids.Skip(4).All(id => id == TinyClipVocabulary.End));
        _tokenizer.WithOptions(new ClipTokenizerOptions { PadWith = ClipPadding.Zero }).Encode("a cat", ids, [], out _);
        Assert.AreEqual(TinyClipVocabulary.End, ids[3]);
        Assert.IsTrue(ids.Skip(4).All(id => id == 0));
    }

    [TestMethod]
    public void Encode_ThirtyTwoBits_EqualsSixtyFour()
    {
        var (ids, mask, wideIds, wideMask) = (new int[77], new int[77], new long[77], new long[77]);
        Assert.AreEqual(_tokenizer.Encode("two dogs playing", wideIds, wideMask, out _), _tokenizer.Encode("two dogs playing", ids, mask, out _));
        CollectionAssert.AreEqual(wideIds, ids.Select(id => (long)id).ToArray());
        CollectionAssert.AreEqual(wideMask, mask.Select(value => (long)value).ToArray());
    }

    [TestMethod]
    public void Encode_SpansOfOtherLength_Throws()
    {
        var exception = Assert.ThrowsExactly<ArgumentException>(() => _tokenizer.Encode("a", new long[76], new long[76], out _));
        Assert.AreEqual("ids", exception.ParamName);
        exception = Assert.ThrowsExactly<ArgumentException>(() => _tokenizer.Encode("a", new int[77], new int[76], out _));
        Assert.AreEqual("mask", exception.ParamName);
    }

    [TestMethod]
    public void Encode_SpecialTokensInTheText_AreTheSpecialIds() =>
        CollectionAssert.AreEqual(
            new[] { TinyClipVocabulary.Start, TinyClipVocabulary.Start, TinyClipVocabulary.End, TinyClipVocabulary.End },
            _tokenizer.Encode("<|StartOfText|><|endoftext|>"));

    [TestMethod]
    public void Encode_ManyThreads_GivesTheSameIds()
    {
        var random = new Random(9);
        var texts = Enumerable.Range(0, 2000).Select(_ => RandomText.CreateAny(random, random.Next(60))).ToArray();
        var shared = TinyClipVocabulary.Create();
        var results = new int[8][][];
        Parallel.For(0, results.Length, i => results[i] = [.. texts.Select(text => shared.Encode(text))]);
        for (var i = 0; i < texts.Length; i++)
        {
            var alone = _tokenizer.Encode(texts[i]);
            foreach (var result in results)
                CollectionAssert.AreEqual(alone, result[i]);
        }
    }

    [TestMethod]
    public void WordCache_ManyWords_StaysBoundedAndKeepsWhatIsUsed()
    {
        var cache = new WordCache(generationSize: 10);
        int[] kept = [42];
        cache.Add("kept", kept);
        for (var i = 0; i < 1000; i++)
        {
            cache.Add($"word{i}", [i]);
            Assert.IsTrue(cache.TryGet("kept", out var ids));
            Assert.AreSame(kept, ids);
            Assert.IsLessThanOrEqualTo(20, cache.Count);
        }

        Assert.IsFalse(cache.TryGet("word0", out _));
        Assert.IsTrue(cache.TryGet("word999", out _));
        cache.Add(new string('x', WordCache.LongestWord + 1), kept);
        Assert.IsFalse(cache.TryGet(new string('x', WordCache.LongestWord + 1), out _));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(0)]
    [DataRow(-77)]
    [DataRow(int.MaxValue)]
    public void Options_ContextLengthOutOfRange_Throws(int length) =>
        Assert.AreEqual(
            nameof(ClipTokenizerOptions.ContextLength),
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ClipTokenizerOptions { ContextLength = length }).ParamName);

    [TestMethod]
    public void Options_UnknownPadding_Throws() =>
        Assert.AreEqual("PadWith", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ClipTokenizerOptions { PadWith = (ClipPadding)9 }).ParamName);
}
