using Microsoft.ML.Tokenizers;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// CLIP's byte-pair encoding: words end in <c>&lt;/w&gt;</c>. <see cref="BpeTokenizer"/> encodes each distinct word, a cache keeps the result.
/// </summary>
internal sealed class ClipBpeEncoder : TextTokenEncoder
{
    internal const int DefaultContextLength = 77;
    internal const string EndOfWord = "</w>";

    /// <summary>From this length on the time that the library takes for a word, which grows with its square, is felt.</summary>
    private const int LongWord = 512;

    private readonly BpeTokenizer _tokenizer;
    private readonly WordCache _cache = new();
    private readonly Lazy<LongWordMerger> _longWords;
    private readonly int _startTokenId;

    internal ClipBpeEncoder(ClipVocabulary vocabulary, TokenizerConfig config)
        : this(vocabulary, CreateDefaults(vocabulary, config))
    {
    }

    internal ClipBpeEncoder(ClipVocabulary vocabulary, TextModelDefaults defaults)
        : base(defaults)
    {
        Vocabulary = vocabulary;
        CheckIds(vocabulary);
        _startTokenId = GetSpecialId(vocabulary, ClipWords.StartOfText);
        EndTokenId = GetSpecialId(vocabulary, ClipWords.EndOfText);
        var byteIds = GetByteIds(vocabulary, "");
        var lastByteIds = GetByteIds(vocabulary, EndOfWord);
        var merges = GetMerges(vocabulary);
        Merges = merges;
        _longWords = new Lazy<LongWordMerger>(() => new LongWordMerger(merges, byteIds, lastByteIds));
        _tokenizer = BpeTokenizer.Create(new BpeOptions(vocabulary.Tokens)
        {
            Merges = vocabulary.Merges.Select(merge => $"{merge.Left} {merge.Right}"),
            EndOfWordSuffix = EndOfWord,
            ByteLevel = true,
        });
    }

    internal ClipVocabulary Vocabulary { get; }

    internal ClipMerge[] Merges { get; }

    internal override int? StartTokenId => _startTokenId;

    internal override int EndTokenId { get; }

    internal override int VocabularySize => Vocabulary.Tokens.Count;

    internal override bool SeesWhiteSpace => false;

    internal override int Encode(ReadOnlySpan<char> text, Span<int> ids, out bool truncated)
    {
        truncated = false;
        var count = 0;
        var position = 0;
        while (ClipWords.MoveNext(text, ref position, out var word))
        {
            if (!_cache.TryGet(word, out var wordIds))
            {
                wordIds = EncodeWord(word);
                _cache.Add(word, wordIds);
            }

            var room = ids.Length - count;
            if (wordIds.Length > room)
            {
                wordIds.AsSpan(0, room).CopyTo(ids[count..]);
                truncated = true;
                return ids.Length;
            }

            wordIds.CopyTo(ids[count..]);
            count += wordIds.Length;
        }

        return count;
    }

    /// <summary>The ids of one word, by the library or, where it is long, by <see cref="LongWordMerger"/>.</summary>
    internal int[] EncodeWord(ReadOnlySpan<char> word)
    {
        if (word is ClipWords.StartOfText)
            return [_startTokenId];
        if (word is ClipWords.EndOfText)
            return [EndTokenId];
        return word.Length < LongWord ? EncodeWordByLibrary(word) : EncodeLongWord(word);
    }

    internal int[] EncodeWordByLibrary(ReadOnlySpan<char> word) =>
        [.. _tokenizer.EncodeToIds(word, considerPreTokenization: false, considerNormalization: false)];

    internal int[] EncodeLongWord(ReadOnlySpan<char> word) => _longWords.Value.Encode(word);

    private static TextModelDefaults CreateDefaults(ClipVocabulary vocabulary, TokenizerConfig config)
    {
        var padding = config.PaddingToken is not { } token ? GetSpecialId(vocabulary, ClipWords.EndOfText)
            : vocabulary.Tokens.TryGetValue(token, out var id) ? id
            : throw new InvalidDataException($"{vocabulary.Source}: the padding token '{token}' of tokenizer_config.json is not in the vocabulary.");
        return new TextModelDefaults(config.ContextLength ?? DefaultContextLength, padding);
    }

    internal static void CheckIds(ClipVocabulary vocabulary)
    {
        var seen = new Dictionary<int, string>(vocabulary.Tokens.Count);
        foreach (var (token, id) in vocabulary.Tokens)
        {
            if (id < 0)
                throw new InvalidDataException($"{vocabulary.Source}: the token '{token}' has the negative id {id}.");
            if (!seen.TryAdd(id, token))
                throw new InvalidDataException($"{vocabulary.Source}: the tokens '{seen[id]}' and '{token}' have the same id {id}.");
        }
    }

    private static int GetSpecialId(ClipVocabulary vocabulary, string token) => vocabulary.Tokens.TryGetValue(token, out var id)
        ? id
        : throw new InvalidDataException($"{vocabulary.Source}: the vocabulary of {vocabulary.Tokens.Count} tokens lacks '{token}', so it is not CLIP's.");

    private static int[] GetByteIds(ClipVocabulary vocabulary, string suffix)
    {
        var ids = new int[256];
        for (var value = 0; value < ids.Length; value++)
        {
            var token = ByteSymbols.Of((byte)value) + suffix;
            ids[value] = vocabulary.Tokens.TryGetValue(token, out var id)
                ? id
                : throw new InvalidDataException(
                    $"{vocabulary.Source}: the vocabulary lacks '{token}', the token of byte 0x{value:X2}. "
                    + $"CLIP's kind has every byte, alone and with '{EndOfWord}'.");
        }

        return ids;
    }

    internal static ClipMerge[] GetMerges(ClipVocabulary vocabulary)
    {
        var merges = new ClipMerge[vocabulary.Merges.Count];
        var seen = new HashSet<(int, int)>(merges.Length);
        for (var i = 0; i < merges.Length; i++)
        {
            var (left, right) = vocabulary.Merges[i];
            if (left.Length == 0 || right.Length == 0 || left.Contains(' ') || right.Contains(' '))
                throw new InvalidDataException($"{vocabulary.Source}: merge {i + 1}, '{left} {right}', is not two tokens without spaces.");

            int Find(string token) => vocabulary.Tokens.TryGetValue(token, out var id)
                ? id
                : throw new InvalidDataException(
                    $"{vocabulary.Source}: merge {i + 1}, '{left} {right}', needs the token '{token}', which is not in the vocabulary. "
                    + "Do vocabulary and merges belong together?");

            merges[i] = new ClipMerge(Find(left), Find(right), Find(left + right));
            if (!seen.Add((merges[i].Left, merges[i].Right)))
                throw new InvalidDataException($"{vocabulary.Source}: merge {i + 1}, '{left} {right}', is there twice.");
        }

        return merges;
    }
}
