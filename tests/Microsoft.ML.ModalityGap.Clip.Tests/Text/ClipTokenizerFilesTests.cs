using System.Text.Json;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

[TestClass]
public class ClipTokenizerFilesTests
{
    private const string BpeStart = "{\"model\": {\"type\": \"BPE\", \"end_of_word_suffix\": \"</w>\", ";
    private const string Text = "Two dogs playing in the snow; the cat's toy, \u00E9t\u00E9 \u6771\u4EAC";
    private static readonly int[] _expected = TinyClipVocabulary.Create().Encode(Text);

    private static string[] MergeLines => [.. TinyClipVocabulary.Merges.Select(merge => $"{merge.Left} {merge.Right}")];

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void FromTokenizerJson_BothKindsOfMerges_GivesTheSameIds(bool mergesAsPairs)
    {
        using var folder = new TemporaryFolder();
        var json = TinyClipVocabulary.CreateTokenizerJson(TinyClipVocabulary.Tokens, TinyClipVocabulary.Merges, mergesAsPairs);
        File.WriteAllText(folder.File("t.json"), json.ToJsonString());
        CollectionAssert.AreEqual(_expected, ClipTokenizer.FromTokenizerJson(folder.File("t.json")).Encode(Text));
    }

    /// <summary>300 MB of one line, and of many, in 300 KB: neither is unpacked to its end.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void FromMergesFile_UnpackingToMoreThanAVocabulary_IsRefused(bool hasLines)
    {
        using var folder = new TemporaryFolder();
        using (var stream = new System.IO.Compression.GZipStream(File.Create(folder.File("merges.gz")), System.IO.Compression.CompressionLevel.Fastest))
        {
            var block = new byte[1 << 20];
            Array.Fill(block, hasLines ? (byte)'\n' : (byte)'a');
            for (var i = 0; i < 300; i++)
                stream.Write(block);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ClipTokenizer.FromMergesFile(folder.File("merges.gz"))).Message, "more than 33554432 bytes");
        Assert.IsLessThan(640L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    [Timeout(600_000)]
    public void Load_PipeThatNobodyWritesTo_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = NamedPipe.Create(folder.File("tokenizer.json"));
        foreach (var load in new Func<ClipTokenizer>[] { () => ClipTokenizer.FromTokenizerJson(path), () => ClipTokenizer.FromMergesFile(path), () => ClipTokenizer.FromSentencePiece(path), () => ClipTokenizer.FromFolder(folder.Path) })
            StringAssert.Contains(Assert.Throws<IOException>(load).Message, path);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void FromMergesFile_CompressedOrNot_DerivesTheVocabulary(bool compressed)
    {
        using var folder = new TemporaryFolder();
        string[] lines = ["\"bpe_simple_vocab_16e6.txt#version: 0.2", .. MergeLines];
        if (compressed)
            TinyClipVocabulary.WriteGzip(folder.File("merges"), lines);
        else
            File.WriteAllLines(folder.File("merges"), lines);
        var tokenizer = ClipTokenizer.FromMergesFile(folder.File("merges"));
        CollectionAssert.AreEquivalent(TinyClipVocabulary.Tokens, new Dictionary<string, int>(((ClipBpeEncoder)tokenizer.Encoder).Vocabulary.Tokens));
        CollectionAssert.AreEqual(_expected, tokenizer.Encode(Text));
    }

    [TestMethod]
    public void FromFolder_Preference_IsAsDocumented()
    {
        using var folder = new TemporaryFolder();
        StringAssert.Contains(Assert.ThrowsExactly<FileNotFoundException>(() => ClipTokenizer.FromFolder(folder.Path)).Message, "tokenizer.json");

        TinyClipVocabulary.WriteGzip(folder.File("bpe_simple_vocab_16e6.txt.gz"), ["#version", MergeLines[0]]);
        Assert.AreEqual(515, ClipTokenizer.FromFolder(folder.Path).VocabularySize);

        TinyClipVocabulary.WriteVocabulary(folder);
        Assert.AreEqual(TinyClipVocabulary.Tokens.Count, ClipTokenizer.FromFolder(folder.Path).VocabularySize);

        var tokens = new Dictionary<string, int>(TinyClipVocabulary.Tokens) { ["extra"] = 100_000 };
        File.WriteAllText(folder.File("tokenizer.json"), TinyClipVocabulary.CreateTokenizerJson(tokens, TinyClipVocabulary.Merges, false).ToJsonString());
        Assert.AreEqual(tokens.Count, ClipTokenizer.FromFolder(folder.Path).VocabularySize);
    }

    [TestMethod]
    [DataRow("""{"model_max_length": 32, "pad_token": "!"}""", 32, 0)]
    [DataRow("""{"model_max_length": 16, "pad_token": {"content": "<|startoftext|>"}}""", 16, -1)]
    [DataRow("""{"model_max_length": 1000000000000000019884624838656, "pad_token": null}""", 77, -2)]
    [DataRow("{}", 77, -2)]
    public void FromFolder_TokenizerConfig_GivesLengthAndPadding(string config, int length, int padding)
    {
        using var folder = new TemporaryFolder();
        TinyClipVocabulary.WriteVocabulary(folder);
        File.WriteAllText(folder.File("tokenizer_config.json"), config);
        var tokenizer = ClipTokenizer.FromFolder(folder.Path);
        Assert.AreEqual(length, tokenizer.ContextLength);
        Assert.AreEqual(padding switch { -1 => TinyClipVocabulary.Start, -2 => TinyClipVocabulary.End, _ => padding }, tokenizer.PaddingTokenId);
        Assert.AreEqual(9, ClipTokenizer.FromFolder(folder.Path, new ClipTokenizerOptions { ContextLength = 9 }).ContextLength, "an option goes first");
    }

    [TestMethod]
    public void FromFolder_UnknownPaddingToken_Throws()
    {
        using var folder = new TemporaryFolder();
        TinyClipVocabulary.WriteVocabulary(folder);
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"pad_token": "<pad>"}""");
        AssertRefused(() => ClipTokenizer.FromFolder(folder.Path), "'<pad>'", "vocab.json");
    }

    [TestMethod]
    public void Load_MissingFile_ThrowsWithItsPath()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("missing");
        foreach (var load in new Action[]
        {
            () => ClipTokenizer.FromVocabulary(path, path),
            () => ClipTokenizer.FromMergesFile(path),
            () => ClipTokenizer.FromTokenizerJson(path),
            () => ClipTokenizer.FromSentencePiece(path),
        })
        {
            StringAssert.Contains(Assert.ThrowsExactly<FileNotFoundException>(load).Message, path);
        }

        StringAssert.Contains(Assert.ThrowsExactly<DirectoryNotFoundException>(() => ClipTokenizer.FromFolder(path)).Message, path);
    }

    [TestMethod]
    [DataRow("", "not valid JSON")]
    [DataRow("{\"model\": {", "not valid JSON")]
    [DataRow("[1]", "JSON object")]
    [DataRow("{}", "'model'")]
    [DataRow("{\"model\": 3}", "should be Object")]
    [DataRow("{\"model\": {\"type\": \"Unigram\", \"vocab\": []}}", "'Unigram'")]
    [DataRow("{\"model\": {\"type\": \"WordPiece\"}}", "'WordPiece'")]
    [DataRow("{\"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": []}}", "end in ''")]
    [DataRow(BpeStart + "\"merges\": []}}", "'vocab'")]
    [DataRow("{\"model\": {\"type\": \"BPE\", \"end_of_word_suffix\": 7}}", "end in ''")]
    [DataRow(BpeStart + "\"vocab\": {\"\\uD800\": 1}, \"merges\": []}}", "no valid text")]
    [DataRow(BpeStart + "\"vocab\": {\"a\": \"b\"}, \"merges\": []}}", "'a'")]
    [DataRow(BpeStart + "\"vocab\": {\"a\": 1}, \"merges\": [\"a\"]}}", "model.merges[0]")]
    [DataRow(BpeStart + "\"vocab\": {\"a\": 1}, \"merges\": [[\"a\", 1]]}}", "model.merges[0]")]
    [DataRow(BpeStart + "\"vocab\": {\"a\": 1}, \"merges\": []}, \"added_tokens\": [{}]}", "added_tokens")]
    [DataRow(BpeStart + "\"vocab\": {\"a\": 1}, \"merges\": []}, \"added_tokens\": [{\"content\": \"a\", \"id\": 2}]}", "id 1")]
    [DataRow(BpeStart + "\"vocab\": {\"a\": 1}, \"merges\": []}}", "lacks")]
    public void FromTokenizerJson_BrokenOrOther_ThrowsAndSaysWhat(string content, string expected)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("tokenizer.json");
        File.WriteAllText(path, content);
        AssertRefused(() => ClipTokenizer.FromTokenizerJson(path), expected, path);
    }

    [TestMethod]
    public void FromTokenizerJson_BytesThatAreNoUtf8_AreRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("tokenizer.json");
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes(BpeStart + "\"vocab\": {\"\u00E9\": 1}, \"merges\": []}}"));
        AssertRefused(() => ClipTokenizer.FromTokenizerJson(path), "no valid text", path);
    }

    [TestMethod]
    [DataRow("a b c", "line 2")]
    [DataRow("ab", "line 2")]
    [DataRow("zzz a</w>", "'zzz'")]
    [DataRow("q z", "'qz'")]
    [DataRow("", "no merges")]
    public void FromVocabulary_BadMerges_Throws(string line, string expected)
    {
        using var folder = new TemporaryFolder();
        TinyClipVocabulary.WriteVocabulary(folder);
        File.WriteAllText(folder.File("merges.txt"), "#version: 0.2\n" + line);
        AssertRefused(() => ClipTokenizer.FromVocabulary(folder.File("vocab.json"), folder.File("merges.txt")), expected, folder.File("merges.txt"));
    }

    [TestMethod]
    [DataRow("<|endoftext|>", null, "'<|endoftext|>'")]
    [DataRow("\u00FF</w>", null, "0xFF")]
    [DataRow("a", -1, "negative")]
    [DataRow("a", 5, "same id 5")]
    public void FromVocabulary_BadVocabulary_Throws(string token, int? id, string expected)
    {
        using var folder = new TemporaryFolder();
        TinyClipVocabulary.WriteVocabulary(folder);
        var tokens = new Dictionary<string, int>(TinyClipVocabulary.Tokens);
        if (id is null)
            tokens.Remove(token);
        else
            tokens[token] = id.Value;
        File.WriteAllText(folder.File("vocab.json"), JsonSerializer.Serialize(tokens));
        AssertRefused(() => ClipTokenizer.FromFolder(folder.Path), expected, folder.File("vocab.json"));
    }

    [TestMethod]
    public void FromMergesFile_DamagedGzip_Throws()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("merges.txt.gz");
        TinyClipVocabulary.WriteGzip(path, MergeLines);
        var content = File.ReadAllBytes(path);
        content[content.Length / 2] ^= 0xFF;
        content[12] ^= 0xFF;
        File.WriteAllBytes(path, content);
        AssertRefused(() => ClipTokenizer.FromMergesFile(path), path);
    }

    /// <summary>A gzip of half a megabyte that unpacks to 128: one line without end, or many lines that are none.</summary>
    [TestMethod]
    [DataRow("a")]
    [DataRow("\n")]
    public void FromMergesFile_GzipThatUnpacksToFarMore_IsRefusedWithoutMemory(string content)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("merges.txt.gz");
        var block = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(content, 1 << 20)));
        using (var stream = new System.IO.Compression.GZipStream(File.Create(path), System.IO.Compression.CompressionLevel.Fastest))
        {
            for (var i = 0; i < 128; i++)
                stream.Write(block);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(() => ClipTokenizer.FromMergesFile(path), path);
        Assert.IsLessThan(256L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertRefused(Action load, params string[] parts)
    {
        var exception = Assert.ThrowsExactly<InvalidDataException>(load);
        foreach (var part in parts)
            StringAssert.Contains(exception.Message, part);
    }
}
