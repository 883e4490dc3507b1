namespace Microsoft.ML.ModalityGap;

/// <summary>A <c>tokenizer.json</c> by its own rules: added tokens, normaliser, pre-tokeniser, and a unigram model or a byte-pair encoding that falls back to bytes.</summary>
internal sealed class TokenizerJsonEncoder : TextTokenEncoder
{
    internal const int DefaultContextLength = 64;

    // The tokens that end a text in T5's, XLM-R's and Gemma's vocabularies.
    private static readonly string[] _wellKnownEnds = ["</s>", "<eos>"];

    private readonly TokenizerJson _json;
    private readonly AddedTokenSplitter _plainTokens;
    private readonly AddedTokenSplitter _normalizedTokens;
    private readonly WordCache _cache = new();

    private TokenizerJsonEncoder(byte[] content, TokenizerJson json, int? startId, int endId, TextModelDefaults defaults)
        : base(defaults)
    {
        Content = content;
        _json = json;
        StartTokenId = startId;
        EndTokenId = endId;
        _plainTokens = new AddedTokenSplitter(json.AddedTokens.Where(token => !token.IsNormalized));
        _normalizedTokens = new AddedTokenSplitter(json.AddedTokens.Where(token => token.IsNormalized)
            .Select(token => token with { Content = json.Normalizer.Normalize(token.Content) }));
    }

    /// <summary>The file.</summary>
    internal byte[] Content { get; }

    /// <summary>Whether it is a unigram model, else a byte-pair encoding.</summary>
    internal bool IsUnigram => _json.IsUnigram;

    internal override int? StartTokenId { get; }

    internal override int EndTokenId { get; }

    internal override int VocabularySize => _json.Tokens.Count;

    /// <exception cref="InvalidDataException">The file cannot be followed.</exception>
    internal static TokenizerJsonEncoder Load(string path, TokenizerConfig config)
    {
        var content = JsonFile.ReadAllBytes(path);
        var json = TokenizerJson.Parse(content, path);
        int Find(string token, string what) => json.Tokens.TryGetValue(token, out var id)
            ? id
            : throw new InvalidDataException($"'{path}': the {what} '{token}' of tokenizer_config.json is not in the vocabulary.");

        // Gemma's kind states in tokenizer_config.json what is put around a text, whatever the template says.
        var end = config is { AddsEndToken: true, EndToken: { } stated } ? Find(stated, "end token") : json.EndId;
        var start = config.AddsStartToken switch
        {
            true when config.StartToken is { } token => Find(token, "start token"),
            false => null,

            // A template without an end token is Gemma's own, for generating text; SigLIP 2's rows have an end and no start.
            _ => end is null ? null : json.StartId,
        };
        end ??= config.EndToken is { } ending ? Find(ending, "end token")
            : _wellKnownEnds.Select(token => json.Tokens.TryGetValue(token, out var id) ? id : (int?)null).FirstOrDefault(id => id is not null)
            ?? throw new InvalidDataException($"'{path}' has no token that ends a text: neither in its post_processor, nor '{string.Join("' or '", _wellKnownEnds)}'.");
        var padding = config.PaddingToken is { } pad ? Find(pad, "padding token")
            : json.PaddingId ?? (!json.IsUnigram && json.Tokens.TryGetValue("<pad>", out var own) ? own : end.Value);
        var length = config.ContextLength ?? (json.ContextLength is >= ClipTokenizerOptions.MinimumContextLength and <= ClipTokenizerOptions.MaximumContextLength and var stored ? stored : null);
        return new TokenizerJsonEncoder(content, json, start, end.Value, new TextModelDefaults(length ?? DefaultContextLength, padding));
    }

    internal static TokenizerJsonEncoder Restore(byte[] content, int? startId, int endId, TextModelDefaults defaults) =>
        new(content, TokenizerJson.Parse(content, "the stored tokenizer.json"), startId, endId, defaults);

    internal override int Encode(ReadOnlySpan<char> text, Span<int> ids, out bool truncated)
    {
        var writer = new PieceWriter(ids, _json.Unknown);
        var isFirst = true;
        foreach (var (part, token) in _plainTokens.Split(text.ToString()))
        {
            if (token is { } id)
                writer.Add(id);
            else
                EncodePart(_json.Normalizer.Normalize(part), isFirst, ref writer);
            isFirst = false;
            if (writer.Truncated)
                break;
        }

        truncated = writer.Truncated;
        return writer.Count;
    }

    private void EncodePart(string normalized, bool isFirst, ref PieceWriter writer)
    {
        foreach (var (part, token) in _normalizedTokens.Split(normalized))
        {
            if (token is { } id)
            {
                writer.Add(id);
            }
            else
            {
                foreach (var word in _json.PreTokenizer.Split(part, isFirst))
                {
                    EncodeWord(word, ref writer);
                    if (writer.Truncated)
                        return;
                }
            }

            isFirst = false;
        }
    }

    private void EncodeWord(string word, ref PieceWriter writer)
    {
        if (!_cache.TryGet(word, out var ids))
        {
            // No word has more ids than bytes.
            var room = new int[3 * word.Length];
            var bytes = new ByteBuffer(3 * word.Length);
            bytes.AppendUtf8(word);
            var wordWriter = new PieceWriter(room, _json.Unknown);
            _json.Segmenter.Segment(bytes.Span, ref wordWriter);
            bytes.Return();
            ids = room[..wordWriter.Count];
            _cache.Add(word, ids);
        }

        foreach (var id in ids)
            writer.Add(id);
    }
}
