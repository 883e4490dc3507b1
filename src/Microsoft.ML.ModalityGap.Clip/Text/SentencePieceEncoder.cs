using Google.Protobuf;
using Microsoft.ML.Tokenizers;

namespace Microsoft.ML.ModalityGap;

/// <summary>A SentencePiece model, unigram or BPE, through <see cref="SentencePieceTokenizer"/>.</summary>
internal sealed class SentencePieceEncoder : TextTokenEncoder
{
    internal const int DefaultContextLength = 64;

    private readonly SentencePieceTokenizer _tokenizer;

    private SentencePieceEncoder(byte[] model, SentencePieceTokenizer tokenizer, TextModelDefaults defaults)
        : base(defaults)
    {
        Model = model;
        _tokenizer = tokenizer;
    }

    /// <summary>The model as its file holds it.</summary>
    internal byte[] Model { get; }

    internal override int? StartTokenId => null;

    internal override int EndTokenId => _tokenizer.EndOfSentenceId;

    internal override int VocabularySize => _tokenizer.Vocabulary.Count;

    internal static SentencePieceEncoder Load(string path, TokenizerConfig config)
    {
        using var stream = JsonFile.Open(path);
        var model = new byte[stream.Length];
        stream.ReadExactly(model);
        var tokenizer = CreateTokenizer(model, $"'{path}'");
        var padding = config.PaddingToken is not { } token ? tokenizer.EndOfSentenceId
            : tokenizer.Vocabulary.TryGetValue(token, out var id) ? id
            : throw new InvalidDataException($"'{path}': the padding token '{token}' of tokenizer_config.json is not in the vocabulary.");
        return new SentencePieceEncoder(model, tokenizer, new TextModelDefaults(config.ContextLength ?? DefaultContextLength, padding));
    }

    internal static SentencePieceEncoder Restore(byte[] model, TextModelDefaults defaults) => new(model, CreateTokenizer(model, "the stored model"), defaults);

    internal override int Encode(ReadOnlySpan<char> text, Span<int> ids, out bool truncated)
    {
        var tokens = _tokenizer.EncodeToIds(text, addBeginningOfSentence: false, addEndOfSentence: false, ids.Length + 1, out _, out _);
        truncated = tokens.Count > ids.Length;
        var count = Math.Min(tokens.Count, ids.Length);
        for (var i = 0; i < count; i++)
            ids[i] = tokens[i];
        return count;
    }

    private static SentencePieceTokenizer CreateTokenizer(byte[] model, string source)
    {
        try
        {
            try
            {
                return Create(model);
            }
            catch (IndexOutOfRangeException)
            {
                // T5's and SigLIP's models have no token for the beginning of a text (id −1), for which the library indexes all the same. Protocol buffers
                // that follow one another merge, so this gives it an id, which is never used: trainer_spec (2) { bos_id (41): 0 }.
                return Create([.. model, 0x12, 0x03, 0xC8, 0x02, 0x00]);
            }
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or ArgumentException or InvalidOperationException
            or IndexOutOfRangeException or NullReferenceException)
        {
            // The library checks little: a model without its trainer's part ends in a null reference, ids out of range in an index.
            throw new InvalidDataException($"{source} is no SentencePiece model that Microsoft.ML.Tokenizers reads: {exception.Message}", exception);
        }
    }

    private static SentencePieceTokenizer Create(byte[] model)
    {
        using var stream = new MemoryStream(model);
        return SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false);
    }
}
