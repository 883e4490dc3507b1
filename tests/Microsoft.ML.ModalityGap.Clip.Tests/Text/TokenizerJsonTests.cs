using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Microsoft.ML.ModalityGap.Tests.Clip.Text;

/// <summary>
/// <c>tokenizer.json</c> files of type Unigram and of Gemma's kind, made of the golden SentencePiece models as transformers converts these, so that Google's ids are what is expected.
/// </summary>
[TestClass]
public class TokenizerJsonTests
{
    [TestMethod]
    [DataRow("unigram", false)]
    [DataRow("unigram", true)]
    [DataRow("unigram_byte_fallback", false)]
    [DataRow("bpe_gemma_like", false)]
    public void Encode_ConvertedModel_GivesGooglesIds(string model, bool whitespaceSplit)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), Convert(model, whitespaceSplit).ToJsonString());
        var tokenizer = ClipTokenizer.FromTokenizerJson(folder.File("tokenizer.json"), ClipTokenizerOptions.NoCleaning);
        Assert.AreEqual((null, 1, 64), (tokenizer.StartTokenId, tokenizer.EndTokenId, tokenizer.ContextLength));
        foreach (var line in File.ReadLines(Path.Combine(SentencePieceGoldenTests.Folder, "golden.jsonl")).Select(line => JsonDocument.Parse(line).RootElement))
        {
            var text = line.GetProperty("text").GetString()!;
            if (line.GetProperty("model").GetString() != model)
                continue;
            var expected = line.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).Append(1).ToArray();
            CollectionAssert.AreEqual(expected, tokenizer.Encode(text), $"{text}: {string.Join(' ', tokenizer.Encode(text))}");
        }
    }

    [TestMethod]
    [DataRow("unigram")]
    [DataRow("unigram_byte_fallback")]
    [DataRow("bpe_gemma_like")]
    public void Encode_RandomUnicode_NeverThrowsAndIsTheSameWhenStored(string model)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), Convert(model, whitespaceSplit: false).ToJsonString());
        var tokenizer = ClipTokenizer.FromTokenizerJson(folder.File("tokenizer.json"));
        var stored = TokenizeClipTextTests.SaveAndLoad(tokenizer);
        Assert.AreEqual(tokenizer.Options, stored.Options);
        var random = new Random(4);
        for (var i = 0; i < 4000; i++)
        {
            var text = RandomText.CreateAny(random, random.Next(150));
            var ids = tokenizer.Encode(text);
            Assert.AreEqual(1, ids[^1]);
            CollectionAssert.AreEqual(ids, stored.Encode(text));
        }

        Assert.HasCount(64, tokenizer.Encode(RandomText.CreateAny(random, 100_000)));
        Assert.HasCount(64, tokenizer.Encode(new string('a', 100_000)));
    }

    [TestMethod]
    public void FromFolder_Gemma_GivesSigLip2sRow()
    {
        using var folder = new TemporaryFolder();
        var json = Convert("bpe_gemma_like", whitespaceSplit: false);
        json["post_processor"] = JsonNode.Parse("""{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]}""");
        File.WriteAllText(folder.File("tokenizer.json"), json.ToJsonString());

        // Without a configuration, and with the one that SigLIP 2's folders have.
        for (var i = 0; i < 2; i++)
        {
            var tokenizer = ClipTokenizer.FromFolder(folder.Path);
            Assert.AreEqual((null, 1, 0, 64), (tokenizer.StartTokenId, tokenizer.EndTokenId, tokenizer.PaddingTokenId, tokenizer.ContextLength));
            Assert.AreEqual(ClipTokenizerOptions.SigLip2, tokenizer.Options);
            var ids = new int[64];
            var mask = new int[64];
            Assert.AreEqual(6, tokenizer.Encode("A photo of a CAT", ids, mask, out _));
            CollectionAssert.AreEqual((int[])[681, 442, 405, 295, 421, 1, .. new int[58]], ids);
            Assert.AreEqual(64, mask.Sum());
            File.WriteAllText(
                folder.File("tokenizer_config.json"),
                """{"add_bos_token": false, "add_eos_token": true, "bos_token": "<s>", "eos_token": {"content": "</s>"}, "pad_token": "<pad>", "model_max_length": 1e30}""");
        }
    }

    /// <summary>XLM-R's kind, as in jina-clip-v2: a start token, a mask, and the file's own normaliser.</summary>
    [TestMethod]
    public void FromTokenizerJson_TemplateWithStart_HasStartAndMask()
    {
        using var folder = new TemporaryFolder();
        var json = Convert("unigram", whitespaceSplit: false);
        json["added_tokens"]!.AsArray().Add(JsonNode.Parse("""{"id": 118, "content": "<s>", "special": true}"""));
        json["post_processor"] = JsonNode.Parse("""
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}]}
            """);
        json["truncation"] = JsonNode.Parse("""{"max_length": 16}""");
        json["padding"] = JsonNode.Parse("""{"strategy": "BatchLongest", "pad_id": 0}""");
        File.WriteAllText(folder.File("tokenizer.json"), json.ToJsonString());
        var tokenizer = ClipTokenizer.FromTokenizerJson(folder.File("tokenizer.json"));
        Assert.AreEqual((118, 1, 0, 16), (tokenizer.StartTokenId, tokenizer.EndTokenId, tokenizer.PaddingTokenId, tokenizer.ContextLength));
        Assert.AreEqual(ClipTokenizerOptions.NoCleaning, tokenizer.Options);
        var ids = new int[16];
        var mask = new int[16];
        tokenizer.Encode("a photo of a cat", ids, mask, out _);
        CollectionAssert.AreEqual((int[])[118, 26, 60, 31, 26, 39, 1, .. new int[9]], ids);
        Assert.AreEqual(7, mask.Sum());

        // Added tokens are found in the text, with the white space that they take.
        CollectionAssert.AreEqual((int[])[118, 26, 118, 26, 1], tokenizer.Encode("a<s>a"));
    }

    [TestMethod]
    public void FromFolder_OpenClipConfig_NamesTheCleaning()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), Convert("unigram", whitespaceSplit: false).ToJsonString());
        File.WriteAllText(
            folder.File("open_clip_config.json"), """{"model_cfg": {"text_cfg": {"context_length": 32, "hf_tokenizer_name": "x", "tokenizer_kwargs": {"clean": "canonicalize"}}}}""");
        var tokenizer = ClipTokenizer.FromFolder(folder.Path);
        Assert.AreEqual(SigLipCleaning.OpenClip, tokenizer.Options.SigLipCleaning);
        Assert.AreEqual(32, tokenizer.ContextLength);
        File.Delete(folder.File("open_clip_config.json"));
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"tokenizer_class": "SiglipTokenizer"}""");
        Assert.AreEqual(SigLipCleaning.Transformers, ClipTokenizer.FromFolder(folder.Path).Options.SigLipCleaning);
    }

    [TestMethod]
    [DataRow("""{"type": "Lowercase"}""", "A \u0130\u03A3", "a i\u0307\u03C3")]
    [DataRow("""{"type": "Strip", "strip_left": false, "strip_right": true}""", " a ", " a")]
    [DataRow("""{"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}""", "a   b", "a b")]
    [DataRow("""{"type": "Replace", "pattern": {"Regex": "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~]"}, "content": ""}""", "a_b-c!", "abc")]
    [DataRow("""{"type": "Replace", "pattern": {"String": " "}, "content": "$1"}""", "a b", "a$1b")]
    [DataRow("""{"type": "Prepend", "prepend": "x"}""", "a", "xa")]
    [DataRow("""{"type": "Prepend", "prepend": "x"}""", "", "")]
    [DataRow("""{"type": "StripAccents"}""", "e\u0301a", "ea")]
    public void Normalize_EachKind_DoesAsItsName(string normalizer, string text, string expected) =>
        Assert.AreEqual(expected, new JsonNormalizer(JsonDocument.Parse(normalizer).RootElement, "test").Normalize(text));

    /// <summary>Where .NET has no Unicode normalisation (no ICU), it is refused rather than left out.</summary>
    [TestMethod]
    [DataRow("""{"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}]}""", "caf\u00E9\uFFFEx", "cafe\uFFFEx")]
    [DataRow("""{"type": "NFKC"}""", "\uFF46\uFB01", "ffi")]
    public void Normalize_UnicodesForms_AreFollowedOrRefused(string normalizer, string text, string expected)
    {
        JsonNormalizer Create() => new(JsonDocument.Parse(normalizer).RootElement, "test");
        if ("\uFF46".Normalize(NormalizationForm.FormKC) == "f")
            Assert.AreEqual(expected, Create().Normalize(text));
        else
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(Create).Message, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT");
    }

    [TestMethod]
    [DataRow("""{"type": "Metaspace", "replacement": "_", "add_prefix_space": true}""", "a b  c", "_a|_b|_|_c")]
    [DataRow("""{"type": "Metaspace", "replacement": "_", "prepend_scheme": "never", "split": false}""", "a b", "a_b")]
    [DataRow("""{"type": "Metaspace", "replacement": "_", "prepend_scheme": "first"}""", "_a", "_a")]
    [DataRow("""{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "_"}]}""", " a  b", "_a|_b")]
    [DataRow("""{"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious"}""", "a  b", "a | |b")]
    [DataRow("""{"type": "Split", "pattern": {"String": "."}, "behavior": "MergedWithNext"}""", "a..b", "a|.|.b")]
    [DataRow("""{"type": "Split", "pattern": {"Regex": "[0-9]"}, "behavior": "Isolated"}""", "a12", "a|1|2")]
    [DataRow("""{"type": "Split", "pattern": {"Regex": ",+"}, "behavior": "Removed"}""", ",a,,b", "a|b")]
    public void Split_EachKind_DoesAsItsName(string preTokenizer, string text, string expected) =>
        Assert.AreEqual(expected, string.Join('|', new JsonPreTokenizer(JsonDocument.Parse(preTokenizer).RootElement, "test").Split(text, isFirst: true)));

    [TestMethod]
    [DataRow("normalizer", """{"type": "BertNormalizer"}""", "BertNormalizer")]
    [DataRow("normalizer", """{"type": "Precompiled", "precompiled_charsmap": "?"}""", "base 64")]
    [DataRow("normalizer", """{"type": "Precompiled", "precompiled_charsmap": "AAAA"}""", "precompiled_charsmap")]
    [DataRow("normalizer", """{"type": "Replace", "pattern": {"Regex": "(?=a)b"}, "content": ""}""", "(?=a)b")]
    [DataRow("normalizer", """{"type": "Replace", "pattern": {"Regex": "("}, "content": ""}""", "'('")]
    [DataRow("normalizer", """{"type": "Sequence"}""", "normalizers")]
    [DataRow("pre_tokenizer", """{"type": "ByteLevel"}""", "ByteLevel")]
    [DataRow("pre_tokenizer", """{"type": "Metaspace", "prepend_scheme": "last"}""", "last")]
    [DataRow("post_processor", """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[CLS]"}}]}""", "[CLS]")]
    [DataRow("model", """{"type": "Unigram", "unk_id": 2, "vocab": [["a", "b"]]}""", "model.vocab[0]")]
    [DataRow("model", """{"type": "Unigram", "unk_id": 2, "vocab": [["a", -1]]}""", "unk_id")]
    [DataRow("model", """{"type": "Unigram", "unk_id": 0, "vocab": [["\ud800", -1]]}""", "tokenizer.json")]
    [DataRow("model", """{"type": "BPE", "byte_fallback": true, "vocab": {"a": 0, "b": 0}, "merges": []}""", "same id")]
    [DataRow("model", """{"type": "BPE", "byte_fallback": true, "vocab": {"a": 0}, "merges": ["a b"]}""", "'b'")]
    [DataRow("added_tokens", """[{"id": 500, "content": "</s>"}]""", "500")]
    public void FromTokenizerJson_WhatCannotBeFollowed_SaysWhat(string part, string json, string message)
    {
        using var folder = new TemporaryFolder();
        var root = Convert("unigram", whitespaceSplit: false);
        root.Remove(part);
        var text = root.ToJsonString();
        File.WriteAllText(folder.File("tokenizer.json"), $"{text[..^1]}, \"{part}\": {json}}}");
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => ClipTokenizer.FromTokenizerJson(folder.File("tokenizer.json")));
        StringAssert.Contains(exception.Message, message);
        StringAssert.Contains(exception.Message, "tokenizer.json");
    }

    /// <summary>What transformers' converters write for a SentencePiece model.</summary>
    private static JsonObject Convert(string name, bool whitespaceSplit)
    {
        var content = File.ReadAllBytes(Path.Combine(SentencePieceGoldenTests.Folder, name + ".model"));
        var model = SentencePieceModel.Parse(content, name);
        var pieces = model.Pieces.Select(piece => (Text: Encoding.UTF8.GetString(piece.Text), piece.Score, piece.Kind)).ToArray();
        var root = new JsonObject
        {
            ["added_tokens"] = new JsonArray([.. pieces.Select((piece, id) => (piece, id)).Where(entry => entry.piece.Kind is SentencePieceKind.Control or SentencePieceKind.Unknown)
                .Select(entry => new JsonObject { ["id"] = entry.id, ["content"] = entry.piece.Text, ["special"] = true, ["normalized"] = false })]),
        };
        if (model.IsBytePairEncoding)
        {
            var ids = pieces.Select((piece, id) => (piece.Text, id)).ToDictionary(entry => entry.Text, entry => entry.id);
            var merges = pieces.Where(piece => piece.Kind == SentencePieceKind.Normal)
                .SelectMany(piece => Enumerable.Range(1, piece.Text.Length - 1).Select(at => (Left: piece.Text[..at], Right: piece.Text[at..], piece.Score)))
                .Where(merge => ids.ContainsKey(merge.Left) && ids.ContainsKey(merge.Right))
                .OrderByDescending(merge => merge.Score).ThenBy(merge => ids[merge.Left]).ThenBy(merge => ids[merge.Right]);
            root["normalizer"] = JsonNode.Parse("""{"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}""");
            root["pre_tokenizer"] = JsonNode.Parse("""{"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": false}""");
            root["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["unk_token"] = "<unk>",
                ["fuse_unk"] = true,
                ["byte_fallback"] = true,
                ["vocab"] = new JsonObject(ids.Select(entry => new KeyValuePair<string, JsonNode?>(entry.Key, entry.Value))),
                ["merges"] = new JsonArray([.. merges.Select(merge => new JsonArray(merge.Left, merge.Right))]),
            };
            return root;
        }

        var metaspace = new JsonObject { ["type"] = "Metaspace", ["replacement"] = "\u2581", ["add_prefix_space"] = true };
        root["normalizer"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["normalizers"] = new JsonArray(
                new JsonObject { ["type"] = "Precompiled", ["precompiled_charsmap"] = System.Convert.ToBase64String(FindCharacterMap(content)) },
                JsonNode.Parse("""{"type": "Strip", "strip_left": false, "strip_right": true}"""),
                JsonNode.Parse("""{"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}""")),
        };
        root["pre_tokenizer"] = whitespaceSplit
            ? new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(new JsonObject { ["type"] = "WhitespaceSplit" }, metaspace) }
            : metaspace;
        root["post_processor"] = JsonNode.Parse("""{"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}]}""");
        root["model"] = new JsonObject
        {
            ["type"] = "Unigram",
            ["unk_id"] = Array.FindIndex(pieces, piece => piece.Kind == SentencePieceKind.Unknown),
            ["byte_fallback"] = model.Unknown.ByteIds is not null,
            ["vocab"] = new JsonArray([.. pieces.Select(piece => new JsonArray(piece.Text, piece.Score))]),
        };
        return root;
    }

    private static byte[] FindCharacterMap(byte[] content)
    {
        for (var fields = new ProtobufFields(content); fields.MoveNext();)
        {
            if (fields.Number != 3)
                continue;
            for (var normalizer = new ProtobufFields(fields.Content); normalizer.MoveNext();)
            {
                if (normalizer.Number == 2)
                    return normalizer.Content.ToArray();
            }
        }

        throw new InvalidDataException("The model has no rules of characters.");
    }
}
