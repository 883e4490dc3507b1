namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Which files of a model folder its tokenizer is made of, by the order of <see cref="ClipTokenizer.FromFolder"/>.</summary>
internal static class TokenizerFiles
{
    /// <summary>The files, the vocabulary first.</summary>
    internal static IReadOnlyList<string> Find(string folder)
    {
        string? Locate(string name) => Path.Combine(folder, name) is var path && File.Exists(path) ? path : null;
        var sentencePiece = Locate("spiece.model") ?? Locate("tokenizer.model");
        string?[] vocabulary = Locate("tokenizer.json") is { } json && (sentencePiece is null || ClipVocabularyFiles.IsBytePairEncoding(json)) ? [json]
            : Locate("vocab.json") is { } words && Locate("merges.txt") is { } merges ? [words, merges]
            : (Locate("bpe_simple_vocab_16e6.txt.gz") ?? Locate("bpe_simple_vocab_16e6.txt")) is { } mergesAlone ? [mergesAlone]
            : [sentencePiece];
        return [.. vocabulary.Append(Locate("tokenizer_config.json")).Append(Locate("open_clip_config.json")).OfType<string>()];
    }
}
