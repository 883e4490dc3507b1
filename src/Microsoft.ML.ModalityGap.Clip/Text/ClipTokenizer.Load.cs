namespace Microsoft.ML.ModalityGap;

public sealed partial class ClipTokenizer
{
    /// <summary>Loads CLIP's <c>vocab.json</c> and <c>merges.txt</c>, or RoBERTa's, such as CLAP's, which are told apart by their special tokens.</summary>
    /// <param name="vocabularyPath">The JSON object of tokens and their ids.</param>
    /// <param name="mergesPath">The merges, one a line, the most important first.</param>
    /// <param name="options">Options; <see langword="null"/> for <see cref="ClipTokenizerOptions.Default"/> for CLIP's and <see cref="ClipTokenizerOptions.NoCleaning"/> for RoBERTa's.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is broken, a merge needs a token the vocabulary lacks, or the vocabulary is neither CLIP's nor RoBERTa's.</exception>
    public static ClipTokenizer FromVocabulary(string vocabularyPath, string mergesPath, ClipTokenizerOptions? options = null) =>
        Create(ClipVocabularyFiles.ReadVocabularyAndMerges(vocabularyPath, mergesPath), default, options);

    /// <summary>
    /// Loads the merges that OpenAI's CLIP ships as <c>bpe_simple_vocab_16e6.txt.gz</c>, compressed or not. The vocabulary is derived as the reference does:
    /// the 256 bytes, the same at the end of a word, the first 48,894 merges, the start and the end token.
    /// </summary>
    /// <param name="path">The file; read through gzip when it begins like one.</param>
    /// <param name="options">Options; <see langword="null"/> for <see cref="ClipTokenizerOptions.Default"/>.</param>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="InvalidDataException">The file is broken.</exception>
    public static ClipTokenizer FromMergesFile(string path, ClipTokenizerOptions? options = null) =>
        Create(ClipVocabularyFiles.ReadMergesAlone(path), default, options);

    /// <summary>
    /// Loads Hugging Face's <c>tokenizer.json</c>: a CLIP model's, whose normaliser and pre-tokeniser are not read, since CLIP's are built in; one of type Unigram, such as T5's, XLM-R's
    /// and SigLIP's; or a byte-pair encoding that falls back to bytes, such as Gemma's for SigLIP 2, which are followed as they stand; or RoBERTa's byte-level one, such as CLAP's.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">
    /// Options; <see langword="null"/> for <see cref="ClipTokenizerOptions.Default"/> for CLIP's, <see cref="ClipTokenizerOptions.NoCleaning"/> for RoBERTa's and for a Unigram, since it brings a normaliser,
    /// and <see cref="ClipTokenizerOptions.SigLip2"/> for Gemma's.
    /// </param>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="InvalidDataException">The file is broken, or holds a tokenizer of another kind, or a part that is not known, which is named.</exception>
    public static ClipTokenizer FromTokenizerJson(string path, ClipTokenizerOptions? options = null) => FromTokenizerJson(path, default, null, options);

    /// <summary>Loads a SentencePiece model (<c>spiece.model</c>), unigram or BPE, as SigLIP uses it: no start token, rows of 64 ids.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Options; <see langword="null"/> for <see cref="ClipTokenizerOptions.SigLip"/>.</param>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="InvalidDataException">The file is no SentencePiece model, a damaged one, or one of words or characters.</exception>
    public static ClipTokenizer FromSentencePiece(string path, ClipTokenizerOptions? options = null) =>
        new(SentencePieceEncoder.Load(path, default), options ?? ClipTokenizerOptions.SigLip);

    /// <summary>
    /// Loads the tokenizer of a model's folder: <c>tokenizer.json</c>, else <c>vocab.json</c> with <c>merges.txt</c>, else
    /// <c>bpe_simple_vocab_16e6.txt.gz</c> or <c>.txt</c>, else <c>spiece.model</c> or <c>tokenizer.model</c>. Where <c>tokenizer.json</c> is not a BPE and
    /// <c>spiece.model</c> lies beside it, that is taken. The length, the padding token, and for <c>tokenizer.json</c> the tokens around a text that <c>tokenizer_config.json</c> states become
    /// the model's own. CLIP's and RoBERTa's <c>vocab.json</c> are told apart by their special tokens.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">
    /// Options; <see langword="null"/> for what the folder's kind wants: CLIP's are <see cref="ClipTokenizerOptions.Default"/>. Others are cleaned as <c>open_clip_config.json</c> says, where
    /// that is there; else a SentencePiece model and whatever calls itself a SiglipTokenizer as <see cref="ClipTokenizerOptions.SigLip"/>, a Gemma-like BPE as
    /// <see cref="ClipTokenizerOptions.SigLip2"/>, a Unigram not at all.
    /// </param>
    /// <exception cref="DirectoryNotFoundException">The folder is missing.</exception>
    /// <exception cref="FileNotFoundException">The folder holds none of these files.</exception>
    /// <exception cref="InvalidDataException">The file found is broken or of another kind.</exception>
    public static ClipTokenizer FromFolder(string folder, ClipTokenizerOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder '{folder}' does not exist.");

        string? Find(string name) => Path.Combine(folder, name) is var path && File.Exists(path) ? path : null;
        var config = TokenizerConfig.Read(Find("tokenizer_config.json"));
        var openClip = OpenClipTextConfig.Read(Find("open_clip_config.json"))?.ToOptions();
        var sentencePiece = Find("spiece.model") ?? Find("tokenizer.model");
        if (Find("tokenizer.json") is { } json && (sentencePiece is null || ClipVocabularyFiles.IsBytePairEncoding(json)))
            return FromTokenizerJson(json, config, openClip, options);
        if (Find("vocab.json") is { } vocabulary && Find("merges.txt") is { } merges)
            return Create(ClipVocabularyFiles.ReadVocabularyAndMerges(vocabulary, merges), config, options);
        if ((Find("bpe_simple_vocab_16e6.txt.gz") ?? Find("bpe_simple_vocab_16e6.txt")) is { } mergesAlone)
            return Create(ClipVocabularyFiles.ReadMergesAlone(mergesAlone), config, options);
        if (sentencePiece is not null)
            return new ClipTokenizer(SentencePieceEncoder.Load(sentencePiece, config), options ?? openClip ?? ClipTokenizerOptions.SigLip);

        throw new FileNotFoundException(
            $"The folder '{folder}' holds no tokenizer. Expected tokenizer.json, vocab.json with merges.txt, bpe_simple_vocab_16e6.txt.gz, spiece.model, or tokenizer.model.");
    }

    private static ClipTokenizer FromTokenizerJson(string path, TokenizerConfig config, ClipTokenizerOptions? openClip, ClipTokenizerOptions? options)
    {
        bool isClips;
        using (var document = JsonFile.Parse(path))
            isClips = !TokenizerJson.IsOfThisKind(document.RootElement, path);
        if (isClips)
            return Create(ClipVocabularyFiles.ReadTokenizerJson(path), config, options);

        var encoder = TokenizerJsonEncoder.Load(path, config);
        var own = !encoder.IsUnigram ? ClipTokenizerOptions.SigLip2
            : config.TokenizerClass?.StartsWith("Siglip", StringComparison.Ordinal) == true ? ClipTokenizerOptions.SigLip
            : ClipTokenizerOptions.NoCleaning;
        return new ClipTokenizer(encoder, options ?? openClip ?? own);
    }

    private static ClipTokenizer Create(ClipVocabulary vocabulary, TokenizerConfig config, ClipTokenizerOptions? options) => ByteLevelBpeEncoder.IsItsKind(vocabulary)
        ? new(new ByteLevelBpeEncoder(vocabulary, config), options ?? ClipTokenizerOptions.NoCleaning)
        : new(new ClipBpeEncoder(vocabulary, config), options ?? ClipTokenizerOptions.Default);
}
