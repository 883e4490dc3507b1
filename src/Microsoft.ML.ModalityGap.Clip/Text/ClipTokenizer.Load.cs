namespace Microsoft.ML.ModalityGap;

public sealed partial class ClipTokenizer
{
    /// <summary>Loads CLIP's <c>vocab.json</c> and <c>merges.txt</c>.</summary>
    /// <param name="vocabularyPath">The JSON object of tokens and their ids.</param>
    /// <param name="mergesPath">The merges, one a line, the most important first.</param>
    /// <param name="options">Options; <see langword="null"/> for <see cref="ClipTokenizerOptions.Default"/>.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is broken, a merge needs a token the vocabulary lacks, or the vocabulary is not CLIP's.</exception>
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

    /// <summary>Loads Hugging Face's <c>tokenizer.json</c> of a CLIP model. Its normaliser and pre-tokeniser are not read: CLIP's are built in.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Options; <see langword="null"/> for <see cref="ClipTokenizerOptions.Default"/>.</param>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="InvalidDataException">The file is broken, or holds a tokenizer of another kind, which is named.</exception>
    public static ClipTokenizer FromTokenizerJson(string path, ClipTokenizerOptions? options = null) =>
        Create(ClipVocabularyFiles.ReadTokenizerJson(path), default, options);

    /// <summary>Loads a SentencePiece model (<c>spiece.model</c>), unigram or BPE, as SigLIP uses it: no start token, rows of 64 ids.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Options; <see langword="null"/> for <see cref="ClipTokenizerOptions.SigLip"/>.</param>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="InvalidDataException">The file is no SentencePiece model, or one that Microsoft.ML.Tokenizers does not read.</exception>
    public static ClipTokenizer FromSentencePiece(string path, ClipTokenizerOptions? options = null) =>
        new(SentencePieceEncoder.Load(path, default), options ?? ClipTokenizerOptions.SigLip);

    /// <summary>
    /// Loads the tokenizer of a model's folder: <c>tokenizer.json</c>, else <c>vocab.json</c> with <c>merges.txt</c>, else
    /// <c>bpe_simple_vocab_16e6.txt.gz</c> or <c>.txt</c>, else <c>spiece.model</c>. Where <c>tokenizer.json</c> is not a BPE and
    /// <c>spiece.model</c> lies beside it, that is taken. The length and the padding token that <c>tokenizer_config.json</c> states become the model's own.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">
    /// Options; <see langword="null"/> for <see cref="ClipTokenizerOptions.Default"/>, or <see cref="ClipTokenizerOptions.SigLip"/> for a SentencePiece model.
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
        var sentencePiece = Find("spiece.model");
        if (Find("tokenizer.json") is { } json && (sentencePiece is null || ClipVocabularyFiles.IsBytePairEncoding(json)))
            return Create(ClipVocabularyFiles.ReadTokenizerJson(json), config, options);
        if (Find("vocab.json") is { } vocabulary && Find("merges.txt") is { } merges)
            return Create(ClipVocabularyFiles.ReadVocabularyAndMerges(vocabulary, merges), config, options);
        if ((Find("bpe_simple_vocab_16e6.txt.gz") ?? Find("bpe_simple_vocab_16e6.txt")) is { } mergesAlone)
            return Create(ClipVocabularyFiles.ReadMergesAlone(mergesAlone), config, options);
        if (sentencePiece is not null)
            return new ClipTokenizer(SentencePieceEncoder.Load(sentencePiece, config), options ?? ClipTokenizerOptions.SigLip);

        throw new FileNotFoundException(
            $"The folder '{folder}' holds no tokenizer. Expected tokenizer.json, vocab.json with merges.txt, bpe_simple_vocab_16e6.txt.gz, or spiece.model.");
    }

    private static ClipTokenizer Create(ClipVocabulary vocabulary, TokenizerConfig config, ClipTokenizerOptions? options) =>
        new(new ClipBpeEncoder(vocabulary, config), options ?? ClipTokenizerOptions.Default);
}
