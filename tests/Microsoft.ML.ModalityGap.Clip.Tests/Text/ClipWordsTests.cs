namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

[TestClass]
public class ClipWordsTests
{
    // The expected words are those of CLIP's reference steps (html.unescape twice, strip, lower, its pattern), run in Python with the regex module.
    [TestMethod]
    [DataRow("a photo of a cat", "a photo of a cat")]
    [DataRow("A Photo, of a CAT!!", "a photo , of a cat !!")]
    [DataRow("it's isn't we'll they've I'm you'd they're", "it 's isn 't we 'll they 've i 'm you 'd they 're")]
    [DataRow("IT'S WE'LL", "it 's we 'll")]
    [DataRow("'scarf 'lx 'r 've've ''s !'s", "'s carf ' lx ' r 've 've '' s !' s")]
    [DataRow("12,345 oranges cost $9.99", "1 2 , 3 4 5 oranges cost $ 9 . 9 9")]
    [DataRow("\u00BD\u2167\u2168x\u00B2", "\u00BD \u2177 \u2178 x \u00B2")]
    [DataRow("na\u00EFve \u2014 d\u00E9j\u00E0", "na\u00EFve \u2014 d\u00E9j\u00E0")]
    [DataRow("\u6771\u4EAC\u30BF\u30EF\u30FC3\u306E\u5199\u771F", "\u6771\u4EAC\u30BF\u30EF\u30FC 3 \u306E\u5199\u771F")]
    [DataRow("\U00010400\U00010401 \U0001D518\U0001D52B\U0001D526 \U00020000\U00020001",
        "\U00010428\U00010429 \U0001D518\U0001D52B\U0001D526 \U00020000\U00020001")]
    [DataRow("\U0001F431\U0001F436 \U0001F469\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466!",
        "\U0001F431\U0001F436 \U0001F469\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466!")]
    [DataRow("e\u0301n\u0303", "e \u0301 n \u0303")]
    [DataRow("\u039F\u0394\u03A5\u03A3\u03A3\u0395\u03A5\u03A3 \u03A3\u0391\u03A3 \u03A3",
        "\u03BF\u03B4\u03C5\u03C3\u03C3\u03B5\u03C5\u03C2 \u03C3\u03B1\u03C2 \u03C3")]
    [DataRow("a\u03A3' a\u03A3.b \u02B0\u03A3 \u2160\u03A3 \u00AA\u03A3 \U0001F170\u03A3",
        "a\u03C2 ' a\u03C3 . b \u02B0\u03C3 \u2170 \u03C2 \u00AA\u03C2 \U0001F170 \u03C2")]
    [DataRow("\u0130stanbul I", "i \u0307 stanbul i")]
    [DataRow("\u1E9E \u01C5 \u01C4 \u212A\u2126", "\u00DF \u01C6 \u01C6 k\u03C9")]
    [DataRow("'\u017F", "'\u017F")]
    [DataRow("<|startoftext|>a<|EndOfText|>!<|endoftext|>", "<|startoftext|> a <|endoftext|> !<| endoftext |>")]
    [DataRow("\u001C\u001F a\u001Cb\u001E ", "a \u001C b")]
    [DataRow("a\u00A0\u0085\u2003\u3000\u2028b\u200Bc\uFEFF", "a b \u200B c \uFEFF")]
    [DataRow("a\u0345b", "a b")]
    [DataRow("&lt;b&gt;bold&lt;/b&gt;", "< b > bold </ b >")]
    [DataRow("&amp;amp;lt; &amp;eacute;", "& lt ; \u00E9")]
    [DataRow("&#39;s &#x41;&#X42&#67;", "'s abc")]
    [DataRow("&#128;&#x9f;&#129;x", "\u20AC \u00FF \u0081 x")]
    [DataRow("&#0;&#xD800;&#1114112;&#99999999999;", "\uFFFD\uFFFD\uFFFD\uFFFD")]
    [DataRow("&#1;&#11;&#xFDD0;&#x1FFFF;a", "a")]
    [DataRow("&#12;&#13;&#9;a", "a")]
    [DataRow("&notit; &not &copy2 &frac14x &frac1", "\u00AC it ; \u00AC \u00A9 2 \u00BC x & frac 1")]
    [DataRow("&apos;&apos &lang;&rang; &thetasym;", "'& apos \u27E8\u27E9 \u03D1")]
    [DataRow("&AMP;&LT&GT;&QUOT&COPY;&REG", "&<>\"\u00A9\u00AE")]
    [DataRow("&alpha &Alpha;&alpha; &unknown;", "& alpha \u03B1\u03B1 & unknown ;")]
    [DataRow("&nbsp;a&nbsp;", "a")]
    [DataRow("& && &# &#x &#; &;", "& && &# &# x &#; &;")]
    [DataRow("&ampamp; &amp;#x1F431;", "& \U0001F431")]
    public void Clean_Split_GivesTheReferencesWords(string text, string expected) =>
        Assert.AreEqual(expected, string.Join(' ', Split(text, ClipTokenizerOptions.Default)));

    [TestMethod]
    [DataRow("&hellip;&rarr;&yuml;&fnof;", "\u2026\u2192\u00FF\u0192")]
    [DataRow("&hearts;&OElig;&bull;", "\u2665\u0153\u2022")]
    public void Clean_NamesOfHtml4_AreReplaced(string text, string expected) => Assert.AreEqual(expected, Clean(text, ClipTokenizerOptions.Default));

    [TestMethod]
    public void Clean_NamesOfHtml5Alone_Stay()
    {
        Assert.AreEqual("&nopf;&boxvh;", Clean("&Nopf;&boxVH;", ClipTokenizerOptions.Default));
        Assert.AreEqual("\u00B6llel;", Clean("&parallel;", ClipTokenizerOptions.Default), "begins with &para, which needs no semicolon");
    }

    [TestMethod]
    public void Clean_LoneSurrogates_BecomeReplacementCharacters()
    {
        // Not as data rows: attributes hold texts as UTF-8, which has no lone surrogates.
        Assert.AreEqual("a\uFFFDb", Clean("a\uD800b", ClipTokenizerOptions.Default));
        Assert.AreEqual("\uFFFD\uFFFD", Clean("\uDC00\uD800", ClipTokenizerOptions.Default));
        Assert.AreEqual("\uD83D\uDC31\uFFFD", Clean("\uD83D\uDC31\uD83D", ClipTokenizerOptions.Default));
        Assert.AreEqual("\uFFFD\uFFFD", Clean("\uD83D&#1;\uDC31", ClipTokenizerOptions.Default), "halves that an entity kept apart stay apart");
    }

    [TestMethod]
    public void Clean_StepsSwitchedOff_AreLeftOut()
    {
        Assert.AreEqual("A &amp; B", Clean(" A &amp; B ", new ClipTokenizerOptions { LowerCase = false, CleanHtml = false }));
        Assert.AreEqual("A & B", Clean(" A &amp; B ", new ClipTokenizerOptions { LowerCase = false }));
        Assert.AreEqual("a &amp; b", Clean(" A &amp; B ", new ClipTokenizerOptions { CleanHtml = false }));
    }

    [TestMethod]
    public void Clean_RemovePunctuation_TakesTheAsciiOnesAndCollapsesSpace() =>
        Assert.AreEqual(
            "a b c d \u2014 e",
            Clean("  A, (b)\t\n!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ c   d \u2014 e!", new ClipTokenizerOptions { RemovePunctuation = true, CleanHtml = false }));

    [TestMethod]
    public void Split_UpperCaseKept_StillFindsEndings() =>
        CollectionAssert.AreEqual(new[] { "IT", "'S", "<|EndOfText|>" }, Split("IT'S <|EndOfText|>", new ClipTokenizerOptions { LowerCase = false }));

    private static string Clean(string text, ClipTokenizerOptions options) =>
        TextCleaner.Clean(text, options, new char[TextCleaner.GetBufferLength(text.Length)]).ToString();

    private static string[] Split(string text, ClipTokenizerOptions options)
    {
        var cleaned = Clean(text, options);
        var words = new List<string>();
        var position = 0;
        while (ClipWords.MoveNext(cleaned, ref position, out var word))
            words.Add(word.ToString());
        return [.. words];
    }
}
