using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

/// <summary>The rules of SentencePiece's format: against a naive implementation of nothing but these, and over damaged and hostile files.</summary>
[TestClass]
public class SentencePieceRulesTests
{
    private const string Letters = "abcd \u00E9\u6771";

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Encode_RandomModelsAndTexts_EqualsTheNaiveRules(bool isBytePairEncoding)
    {
        var random = new Random(7);
        for (var m = 0; m < 60; m++)
        {
            var (bytes, prefix, extra) = (random.Next(2) == 0, random.Next(3) > 0, random.Next(3) > 0);
            var pieces = SentencePieceModelWriter.CreateSpecialPieces(bytes);
            var texts = Enumerable.Range(0, 40).Select(_ => RandomText.CreateFrom(random, Letters, random.Next(1, 5)).Replace(' ', '\u2581')).Distinct();
            foreach (var text in texts)
                pieces.Add((text, isBytePairEncoding ? -random.Next(12) : -(float)(random.NextDouble() * 12), random.Next(12) switch { 0 => 4, 1 => 5, _ => 1 }));
            var tokenizer = new SentencePieceModelWriter
            {
                ModelType = isBytePairEncoding ? 2 : 1,
                ByteFallback = bytes,
                AddDummyPrefix = prefix,
                RemoveExtraSpaces = extra,
                Pieces = [.. pieces],
            }.Load();
            var naive = new NaiveSentencePiece([.. pieces], isBytePairEncoding, bytes, prefix, extra);
            for (var i = 0; i < 40; i++)
            {
                var text = RandomText.CreateFrom(random, Letters, random.Next(25));
                CollectionAssert.AreEqual(
                    naive.Encode(text), tokenizer.Encode(text)[..^1], $"model {m}, '{text}': {string.Join(' ', naive.Encode(text))} expected, {string.Join(' ', tokenizer.Encode(text))} found");
            }
        }
    }

    // ab c and a bc are as likely: of ways to one place the longest last piece counts.
    [TestMethod]
    public void Encode_EquallyLikelyWays_TakesTheLongestLastPiece()
    {
        var pieces = SentencePieceModelWriter.CreateSpecialPieces(bytes: false);
        pieces.AddRange([("ab", -2, 1), ("c", -1, 1), ("a", -1, 1), ("bc", -2, 1)]);
        var tokenizer = new SentencePieceModelWriter { Pieces = [.. pieces], AddDummyPrefix = false }.Load();
        CollectionAssert.AreEqual((int[])[5, 6, 1], tokenizer.Encode("abc"));
    }

    // Longest rule first, user-defined pieces untouched, a rule that ends in a space joined with the next space.
    [TestMethod]
    [DataRow("xab", "\u2581yc")]
    [DataRow("xa", "\u2581yb")]
    [DataRow("x z", "\u2581y\u2581z")]
    [DataRow("tt z", "\u2581s\u2581z")]
    [DataRow("<x> x", "\u2581<x>\u2581y")]
    public void Encode_CharacterRules_AreFollowed(string text, string expected)
    {
        var pieces = SentencePieceModelWriter.CreateSpecialPieces(bytes: false);
        pieces.AddRange("\u2581ybcszt".Select(letter => (letter.ToString(), -1f, 1)));
        pieces.Add(("<x>", 0, 4));
        var tokenizer = new SentencePieceModelWriter
        {
            Pieces = [.. pieces],
            CharacterMap = CharacterMapWriter.Create(("x", "y"), ("a", "b"), ("ab", "c"), ("tt", "s "), ("q", "")),
        }.Load();
        var found = string.Concat(tokenizer.Encode(text)[..^1].Select(id => pieces[id].Piece));
        Assert.AreEqual(expected, found);
    }

    [TestMethod]
    public void FromSentencePiece_ForgedRules_AreRefused()
    {
        var good = CharacterMapWriter.Create(("x", "y"));
        byte[][] forged =
        [
            good[..3],
            [0xFF, 0xFF, 0xFF, 0xFF, .. good[4..]], // a length beyond the end
            [0x01, 0x00, 0x00, 0x00, .. good[4..]], // no whole block
            good[..^1], // the last replacement has no end
            [.. good, .. new byte[5000].Select(_ => (byte)'a'), 0], // a replacement that lets texts grow a thousandfold
            CharacterMapWriter.Assemble(ForgeOffset(), [0]),
            CharacterMapWriter.Assemble(ForgeValue(), [0]),
        ];
        foreach (var map in forged)
        {
            var writer = new SentencePieceModelWriter { Pieces = [.. SentencePieceModelWriter.CreateSpecialPieces(bytes: false)], CharacterMap = map };
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => writer.Load()).Message, "precompiled_charsmap");
        }
    }

    /// <summary>A tree that leads back to itself reads as far as a rule may reach, not for ever.</summary>
    [TestMethod]
    public void Encode_RulesInACircle_EndInTime()
    {
        var units = new uint[512];
        Array.Fill(units, 0x8000_0001u);
        units[0] = CharacterMapWriter.CreateUnit(0, 0, 256, false);
        units[256 ^ 'a'] = CharacterMapWriter.CreateUnit(256 ^ 'a', (byte)'a', 256, false);
        var tokenizer = new SentencePieceModelWriter
        {
            Pieces = [.. SentencePieceModelWriter.CreateSpecialPieces(bytes: false), ("a", -1, 1)],
            CharacterMap = CharacterMapWriter.Assemble(units, [0]),
        }.Load();
        var watch = Stopwatch.StartNew();
        Assert.HasCount(512, tokenizer.Encode(new string('a', 50_000)));
        Assert.IsLessThan(20_000, watch.ElapsedMilliseconds);
    }

    [TestMethod]
    [DataRow("double", "twice")]
    [DataRow("unknowns", "unknown")]
    [DataRow("none", "unknown")]
    [DataRow("nan", "score")]
    [DataRow("empty", "0 bytes")]
    [DataRow("long", "5000 bytes")]
    [DataRow("type", "type 9")]
    [DataRow("words", "type 3")]
    [DataRow("bytes", "<0x00>")]
    [DataRow("end", "ends a text")]
    public void FromSentencePiece_WrongModel_SaysWhy(string kind, string message)
    {
        var pieces = SentencePieceModelWriter.CreateSpecialPieces(bytes: false);
        pieces.AddRange(kind switch
        {
            "double" => [("a", 0, 1), ("a", 0, 1)],
            "unknowns" => [("a", 0, 2)],
            "nan" => [("a", float.NaN, 1)],
            "empty" => [("", 0, 1)],
            "long" => [(new string('a', 5000), 0, 1)],
            "type" => [("a", 0, 9)],
            _ => Array.Empty<(string, float, int)>(),
        });
        if (kind == "none")
            pieces.RemoveAt(2);
        if (kind == "end")
            pieces[1] = ("</s>", 0, 1);
        var writer = new SentencePieceModelWriter { Pieces = [.. pieces], ModelType = kind == "words" ? 3 : 1, ByteFallback = kind == "bytes" };
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => writer.Load());
        StringAssert.Contains(exception.Message, message);
        StringAssert.Contains(exception.Message, "spiece.model");
    }

    /// <summary>Every cut and every changed byte of a model either loads, and then tokenises, or is refused clearly.</summary>
    [TestMethod]
    public void FromSentencePiece_DamagedFile_LoadsOrSaysWhy()
    {
        var model = new SentencePieceModelWriter
        {
            Pieces = [.. SentencePieceModelWriter.CreateSpecialPieces(bytes: false), ("\u2581", -2, 1), ("a", -1, 1), ("ab", -1, 4), ("abc", -1, 5)],
            CharacterMap = CharacterMapWriter.Create(("x", "y"), ("ab", "c")),
        }.ToArray();
        var random = new Random(5);
        var refused = 0;
        for (var i = 0; i < 3000; i++)
        {
            var damaged = model.ToArray();
            if (i < 500)
                damaged = damaged[..random.Next(damaged.Length)];
            else
                damaged[random.Next(random.Next(2) == 0 ? 150 : damaged.Length)] = (byte)random.Next(256);
            try
            {
                SentencePieceModelWriter.Load(damaged).Encode("x abc ab a");
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.IsGreaterThan(500, refused);
    }

    private static uint[] ForgeOffset()
    {
        var units = new uint[512];
        units[0] = CharacterMapWriter.CreateUnit(0, 0, 256, false);
        units[256 ^ 'a'] = CharacterMapWriter.CreateUnit(256 ^ 'a', (byte)'a', 1 << 20, true);
        return units;
    }

    private static uint[] ForgeValue()
    {
        var units = new uint[768];
        units[0] = CharacterMapWriter.CreateUnit(0, 0, 256, false);
        units[256 ^ 'a'] = CharacterMapWriter.CreateUnit(256 ^ 'a', (byte)'a', 512, true);
        units[512] = 0x8000_0000u | 999_999;
        return units;
    }
}
