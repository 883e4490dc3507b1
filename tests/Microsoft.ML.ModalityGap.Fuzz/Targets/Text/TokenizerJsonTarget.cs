using System.Text;
using Microsoft.ML.ModalityGap.Tests.Clip.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>tokenizer.json of BPE by bytes, of BPE over pieces with byte fallback, and of a unigram model with every normaliser.</summary>
internal sealed class TokenizerJsonTarget : TokenizerTarget
{
    internal override string Name => "tokenizer-json";

    internal override IReadOnlyList<string> Covers => ["ClipTokenizer.FromTokenizerJson"];

    internal override double Share => 1.5;

    internal override InputShape Shape { get; } = new TextShape(
        "type", "BPE", "Unigram", "WordPiece", "WordLevel", "Replace", "Prepend", "Sequence", "NFC", "NFKC", "NFD", "Lowercase", "Strip", "StripAccents", "Precompiled", "ByteLevel", "Metaspace", "Split", "Regex", "String", "pattern", "(a+)+$", "(?<x>.*)*",
        "behavior", "Isolated", "Removed", "MergedWithNext", "invert", "replacement", "prepend_scheme", "always", "first", "add_prefix_space", "unk_id", "unk_token", "byte_fallback", "fuse_unk", "ignore_merges", "end_of_word_suffix", "</w>", "merges", "vocab",
        "added_tokens", "special", "normalized", "lstrip", "rstrip", "single_word", "TemplateProcessing", "RobertaProcessing", "truncation", "padding", "max_length", "<0x41>", "\\u2581");

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
    [
        Encoding.UTF8.GetBytes(TinyClipVocabulary.CreateTokenizerJson(TinyClipVocabulary.Tokens, TinyClipVocabulary.Merges, mergesAsPairs: true).ToJsonString()),
        Encoding.UTF8.GetBytes(TinyClipVocabulary.CreateTokenizerJson(TinyClipVocabulary.Tokens, TinyClipVocabulary.Merges.Take(9), mergesAsPairs: false).ToJsonString()),
        Encoding.UTF8.GetBytes(
            """
            {"version":"1.0","added_tokens":[{"id":0,"content":"<pad>","special":true,"normalized":false},{"id":1,"content":"<eos>","special":true},{"id":2,"content":"<bos>","special":true}],
             "normalizer":{"type":"Sequence","normalizers":[{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},"pre_tokenizer":{"type":"Split","pattern":{"String":" "},"behavior":"MergedWithPrevious","invert":false},
             "post_processor":{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"<eos>","type_id":0}}],"pair":[],"special_tokens":{"<eos>":{"id":"<eos>","ids":[1],"tokens":["<eos>"]}}},
             "model":{"type":"BPE","unk_token":"<unk>","fuse_unk":true,"byte_fallback":true,"vocab":{"<pad>":0,"<eos>":1,"<bos>":2,"<unk>":3,"a":4,"▁":5,"c":6,"t":7,"▁a":8,"at":9,"<0x41>":10},"merges":["▁ a","a t"]}}
            """),
        Encoding.UTF8.GetBytes(
            """
            {"version":"1.0","added_tokens":[{"id":0,"content":"<pad>","special":true},{"id":1,"content":"</s>","special":true}],
             "normalizer":{"type":"Sequence","normalizers":[{"type":"Lowercase"},{"type":"Strip","strip_left":true,"strip_right":true},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]},
             "pre_tokenizer":{"type":"Metaspace","replacement":"▁","add_prefix_space":true,"prepend_scheme":"always"},
             "model":{"type":"Unigram","unk_id":2,"byte_fallback":false,"vocab":[["<pad>",0],["</s>",0],["<unk>",0],["▁",-4],["▁a",-2.5],["▁photo",-3],["c",-6],["a",-6],["t",-6],["▁cat",-3]]}}
            """),
    ];

    protected override ClipTokenizer Load(FuzzInput input) => ClipTokenizer.FromTokenizerJson(input.WriteFile("tokenizer.json"));
}
