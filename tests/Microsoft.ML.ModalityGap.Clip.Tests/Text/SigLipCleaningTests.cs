namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

/// <summary>The three references' cleaning of SigLIP's texts. What is expected was worked out by hand from their published code.</summary>
[TestClass]
public class SigLipCleaningTests
{
    [TestMethod]
    [DataRow(SigLipCleaning.BigVision, "A_red  star &amp; (moon)!", "a red star amp moon")]
    [DataRow(SigLipCleaning.OpenClip, "A_red  star &amp; (moon)!", "a red star moon")]
    [DataRow(SigLipCleaning.Transformers, "A_red  star &amp; (moon)!", "ared star amp moon")]
    [DataRow(SigLipCleaning.BigVision, "_x_y_", "x y")]
    [DataRow(SigLipCleaning.OpenClip, "&amp;lt;b&amp;gt; caf\u00E9", "b caf\u00E9")]
    [DataRow(SigLipCleaning.Transformers, "&amp;lt;b", "ampltb")]
    [DataRow(SigLipCleaning.BigVision, "  -- a\u00A0photo\t", "a photo")]
    [DataRow(SigLipCleaning.OpenClip, "  -- a\u00A0photo\t", "a photo")]
    [DataRow(SigLipCleaning.Transformers, "  -- a\u00A0photo\t", "\u2581a photo")]
    [DataRow(SigLipCleaning.Transformers, "--a\u2581photo", "a photo")]
    [DataRow(SigLipCleaning.Transformers, "\u2581", "")]
    [DataRow(SigLipCleaning.BigVision, "\u2581", "\u2581")]
    [DataRow(SigLipCleaning.Transformers, " ... ", "")]
    [DataRow(SigLipCleaning.BigVision, "\u039F\u0394\u039F\u03A3", "\u03BF\u03B4\u03BF\u03C2")]
    [DataRow(SigLipCleaning.Transformers, "\u039F\u0394\u039F\u03A3", "\u03BF\u03B4\u03BF\u03C3")]
    [DataRow(SigLipCleaning.Transformers, "\u0130!", "i\u0307")]
    public void Clean_EachReference_DoesAsItsCode(SigLipCleaning cleaning, string text, string expected)
    {
        var buffer = new char[TextCleaner.GetBufferLength(text.Length)];
        Assert.AreEqual(expected, TextCleaner.Clean(text, new ClipTokenizerOptions { SigLipCleaning = cleaning }, buffer).ToString());
    }

    [TestMethod]
    public void Clean_AllOfAscii_LosesItsPunctuation()
    {
        var text = string.Concat(Enumerable.Range(0x21, 0x7F - 0x21).Select(c => (char)c).Where(c => !char.IsAsciiLetterOrDigit(c)));
        Assert.HasCount(32, text);
        foreach (var cleaning in Enum.GetValues<SigLipCleaning>())
        {
            var buffer = new char[TextCleaner.GetBufferLength(text.Length + 2)];
            var expected = cleaning == SigLipCleaning.Transformers ? "xy" : "x y";
            Assert.AreEqual(expected, TextCleaner.Clean($"x{text}y", new ClipTokenizerOptions { SigLipCleaning = cleaning }, buffer).ToString(), cleaning.ToString());
        }
    }

    [TestMethod]
    public void Clean_NoCleaning_LeavesTheTextAsItIs()
    {
        const string Text = "  A_b &amp; C!  \u2581";
        var buffer = new char[TextCleaner.GetBufferLength(Text.Length)];
        Assert.AreEqual(Text, TextCleaner.Clean(Text, ClipTokenizerOptions.NoCleaning, buffer, trims: false).ToString());
        Assert.AreEqual("  a_b &amp; c!  \u2581", TextCleaner.Clean(Text, ClipTokenizerOptions.SigLip2, buffer, trims: false).ToString());
    }

    [TestMethod]
    [DataRow(null, false)]
    [DataRow(true, true)]
    [DataRow(false, false)]
    public void Encode_SigLipMask_IsOneThroughoutUnlessAskedFor(bool? maskPadding, bool masks)
    {
        var path = Path.Combine(SentencePieceGoldenTests.Folder, "unigram.model");
        var tokenizer = ClipTokenizer.FromSentencePiece(path, ClipTokenizerOptions.SigLip with { MaskPadding = maskPadding });
        Assert.AreEqual(masks, tokenizer.MasksPadding);
        var ids = new int[64];
        var mask = new int[64];
        var count = tokenizer.Encode("a photo of a cat", ids, mask, out _);
        Assert.AreEqual(6, count);
        Assert.AreEqual(masks ? 6 : 64, mask.Sum());
        CollectionAssert.AreEqual(Enumerable.Repeat(1, 59).ToArray(), ids[5..]);
    }

    [TestMethod]
    public void SigLipCleaning_UnknownValue_Throws() =>
        Assert.AreEqual("SigLipCleaning", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ClipTokenizerOptions { SigLipCleaning = (SigLipCleaning)3 }).ParamName);
}
