using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// RoBERTa's byte-pair encoding, as CLAP's text tower has it: GPT-2's words with their leading spaces, as bytes, merged; <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c> around a text. Such special tokens typed into a text
/// are text.
/// </summary>
internal sealed class ByteLevelBpeEncoder : TextTokenEncoder
{
    /// <summary>What LAION's CLAP cuts texts to; RoBERTa itself takes 512.</summary>
    internal const int DefaultContextLength = 77;

    private const string Start = "<s>";
    private const string End = "</s>";
    private const string Padding = "<pad>";

    private readonly PairMerger _merger;
    private readonly WordCache _cache = new();
    private readonly int[] _byteIds;

    internal ByteLevelBpeEncoder(ClipVocabulary vocabulary, TokenizerConfig config)
        : this(vocabulary, Find(vocabulary, config.StartToken ?? Start), Find(vocabulary, config.EndToken ?? End), new TextModelDefaults(config.ContextLength ?? DefaultContextLength, Find(vocabulary, config.PaddingToken ?? Padding)))
    {
        if (config.AddsSpace == true)
            throw new InvalidDataException($"{vocabulary.Source}: tokenizer_config.json sets 'add_prefix_space', which is not supported: begin your texts with a space and set it to false.");
    }

    internal ByteLevelBpeEncoder(ClipVocabulary vocabulary, int startId, int endId, TextModelDefaults defaults)
        : base(defaults)
    {
        (Vocabulary, StartTokenId, EndTokenId) = (vocabulary, startId, endId);
        ClipBpeEncoder.CheckIds(vocabulary);
        _byteIds = [.. Enumerable.Range(0, 256).Select(value => Find(vocabulary, ByteSymbols.Of((byte)value).ToString()))];
        Merges = ClipBpeEncoder.GetMerges(vocabulary);
        _merger = new PairMerger(Merges);
    }

    internal ClipVocabulary Vocabulary { get; }

    internal ClipMerge[] Merges { get; }

    internal override int? StartTokenId { get; }

    internal override int EndTokenId { get; }

    internal override int VocabularySize => Vocabulary.Tokens.Count;

    /// <summary>Whether a vocabulary is of this kind: RoBERTa's special tokens, and not CLIP's.</summary>
    internal static bool IsItsKind(ClipVocabulary vocabulary) =>
        vocabulary.Tokens.ContainsKey(Start) && vocabulary.Tokens.ContainsKey(End) && !vocabulary.Tokens.ContainsKey(ClipWords.StartOfText);

    internal override int Encode(ReadOnlySpan<char> text, Span<int> ids, out bool truncated)
    {
        var (count, position) = (0, 0);
        while (ByteLevelWords.MoveNext(text, ref position, out var word))
        {
            if (!_cache.TryGet(word, out var wordIds))
                _cache.Add(word, wordIds = EncodeWord(word));
            var room = Math.Min(wordIds.Length, ids.Length - count);
            wordIds.AsSpan(0, room).CopyTo(ids[count..]);
            count += room;
            if (room < wordIds.Length)
            {
                truncated = true;
                return count;
            }
        }

        truncated = false;
        return count;
    }

    private int[] EncodeWord(ReadOnlySpan<char> word)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        return _merger.Merge(Array.ConvertAll(bytes, value => _byteIds[value]));
    }

    private static int Find(ClipVocabulary vocabulary, string token) => vocabulary.Tokens.TryGetValue(token, out var id)
        ? id
        : throw new InvalidDataException($"{vocabulary.Source}: the vocabulary of {vocabulary.Tokens.Count} tokens lacks '{token}', which RoBERTa's kind has.");
}
