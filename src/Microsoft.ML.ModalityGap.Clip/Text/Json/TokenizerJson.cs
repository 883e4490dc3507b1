using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Hugging Face's <c>tokenizer.json</c> of the kinds that CLIP-like models have beside CLIP's own: Unigram, and a byte-pair encoding over characters that falls back to bytes.
/// </summary>
internal sealed class TokenizerJson
{
    private readonly string _source;

    private TokenizerJson(JsonElement root, string source)
    {
        _source = source;
        var model = ClipVocabularyFiles.GetModel(root, source);
        IsUnigram = IsUnigramModel(model);
        AddedTokens = ReadAddedTokens(root);
        Normalizer = new JsonNormalizer(GetObject(root, "normalizer"), $"'{source}'");
        PreTokenizer = new JsonPreTokenizer(GetObject(root, "pre_tokenizer"), $"'{source}'");
        Tokens = IsUnigram ? ReadUnigramTokens(model) : ReadBpeTokens(model);
        Unknown = ReadUnknown(model);
        Segmenter = IsUnigram ? CreateUnigram(model) : CreateBpe(model);
        foreach (var token in AddedTokens)
        {
            if (!Tokens.TryAdd(token.Content, token.Id) && Tokens[token.Content] != token.Id)
                throw Error($"the token '{token.Content}' has the id {Tokens[token.Content]} in 'model.vocab' and {token.Id} in 'added_tokens'");
        }

        ReadTemplate(GetObject(root, "post_processor"));
        ContextLength = GetNumber(GetObject(root, "truncation"), "max_length") ?? GetNumber(GetObject(GetObject(root, "padding"), "strategy"), "Fixed");
        PaddingId = GetNumber(GetObject(root, "padding"), "pad_id");
    }

    internal bool IsUnigram { get; }

    internal IReadOnlyList<AddedToken> AddedTokens { get; }

    internal JsonNormalizer Normalizer { get; }

    internal JsonPreTokenizer PreTokenizer { get; }

    internal PieceSegmenter Segmenter { get; }

    internal UnknownPieces Unknown { get; }

    /// <summary>All tokens with their ids, the added ones included.</summary>
    internal Dictionary<string, int> Tokens { get; }

    /// <summary>The token before a text, by the file's template.</summary>
    internal int? StartId { get; private set; }

    /// <summary>The token behind a text, by the file's template.</summary>
    internal int? EndId { get; private set; }

    internal int? ContextLength { get; }

    internal int? PaddingId { get; }

    /// <summary>Whether a file holds one of these kinds.</summary>
    internal static bool IsOfThisKind(JsonElement root, string path)
    {
        var model = ClipVocabularyFiles.GetModel(root, path);
        return IsUnigramModel(model) || (ClipVocabularyFiles.GetModelType(model) == "BPE" && string.IsNullOrEmpty(GetText(model, "end_of_word_suffix")) && GetFlag(model, "byte_fallback"));
    }

    /// <exception cref="InvalidDataException">The content is damaged, or holds what is not known.</exception>
    internal static TokenizerJson Parse(ReadOnlyMemory<byte> content, string source)
    {
        using var document = JsonFile.Parse(content, source);
        try
        {
            return new TokenizerJson(document.RootElement, source);
        }
        catch (InvalidOperationException exception)
        {
            // What JsonElement throws for a text that is none, such as half a surrogate pair.
            throw new InvalidDataException($"'{source}' is damaged: {exception.Message}", exception);
        }
    }

    internal static string? GetText(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    internal static bool GetFlag(JsonElement element, string name, bool otherwise = false) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.ValueKind == JsonValueKind.True
            : otherwise;

    /// <exception cref="InvalidDataException">There is no such array.</exception>
    internal static IEnumerable<JsonElement> GetArray(JsonElement element, string name, string source) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : throw new InvalidDataException($"{source} is a tokenizer.json that cannot be followed: it has no array '{name}' where one is expected.");

    /// <summary>A pattern that takes linear time, whatever it is.</summary>
    /// <exception cref="InvalidDataException">It is no pattern, or one that cannot be matched in linear time.</exception>
    internal static Regex CreateRegex(string pattern, string source)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new InvalidDataException($"{source}: the pattern '{pattern}' cannot be used: {exception.Message}", exception);
        }
    }

    private static bool IsUnigramModel(JsonElement model) => ClipVocabularyFiles.GetModelType(model) == "Unigram";

    private static JsonElement? GetObject(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static int? GetNumber(JsonElement? parent, string name) =>
        parent is { } element && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 ? number : null;

    private List<AddedToken> ReadAddedTokens(JsonElement root)
    {
        var tokens = new List<AddedToken>();
        if (!root.TryGetProperty("added_tokens", out var added) || added.ValueKind != JsonValueKind.Array)
            return tokens;
        foreach (var entry in added.EnumerateArray())
        {
            if (GetText(entry, "content") is not { Length: > 0 and <= PieceSegmenter.LongestPiece } content || GetNumber(entry, "id") is not { } id)
                throw Error($"entry {tokens.Count} of its 'added_tokens' lacks a 'content' of 1 to {PieceSegmenter.LongestPiece} characters or an 'id'");
            tokens.Add(new AddedToken(
                content, id, GetFlag(entry, "single_word"), GetFlag(entry, "lstrip"), GetFlag(entry, "rstrip"), GetFlag(entry, "normalized", otherwise: !GetFlag(entry, "special"))));
        }

        return tokens;
    }

    private Dictionary<string, int> ReadUnigramTokens(JsonElement model)
    {
        var tokens = new Dictionary<string, int>(StringComparer.Ordinal);
        var id = 0;
        foreach (var entry in GetArray(model, "vocab", $"'{_source}'"))
        {
            if (entry is not { ValueKind: JsonValueKind.Array } || entry.GetArrayLength() != 2 || entry[0].ValueKind != JsonValueKind.String
                || entry[1].ValueKind != JsonValueKind.Number || !double.IsFinite(entry[1].GetDouble()))
            {
                throw Error($"model.vocab[{id}] should be a piece and its score, [\"a\", -1.5], but is {entry}");
            }

            // Of equal pieces the last one's id counts, as it does there.
            var piece = entry[0].GetString()!;
            CheckLength(piece);
            tokens[piece] = id++;
        }

        return tokens;
    }

    private Dictionary<string, int> ReadBpeTokens(JsonElement model)
    {
        var tokens = ClipVocabularyFiles.ReadTokens(ClipVocabularyFiles.GetProperty(model, "vocab", JsonValueKind.Object, _source), _source, ", model.vocab");
        foreach (var token in tokens.Keys)
            CheckLength(token);
        return tokens;
    }

    private void CheckLength(string piece)
    {
        if (piece.Length > PieceSegmenter.LongestPiece)
            throw Error($"a piece of its vocabulary has {piece.Length} characters; up to {PieceSegmenter.LongestPiece} are expected");
    }

    private UnknownPieces ReadUnknown(JsonElement model)
    {
        int[]? bytes = null;
        if (GetFlag(model, "byte_fallback") && Enumerable.Range(0, 256).All(value => Tokens.ContainsKey(UnknownPieces.NameOf(value))))
            bytes = [.. Enumerable.Range(0, 256).Select(value => Tokens[UnknownPieces.NameOf(value)])];
        var id = IsUnigram ? GetNumber(model, "unk_id") : GetText(model, "unk_token") is { } token && Tokens.TryGetValue(token, out var found) ? found : (int?)null;
        if (IsUnigram && bytes is null && !(id < Tokens.Count))
            throw new InvalidDataException($"'{_source}' holds a tokenizer of type 'Unigram' with {Tokens.Count} pieces, whose 'unk_id' is {(id is { } number ? number : "missing")}.");
        return new UnknownPieces(id, bytes, Merges: IsUnigram || GetFlag(model, "fuse_unk"));
    }

    private UnigramSegmenter CreateUnigram(JsonElement model)
    {
        var scores = model.GetProperty("vocab").EnumerateArray().Select(entry => entry[1].GetDouble()).ToArray();
        var pieces = Tokens.Select(token => new UnigramPiece(Encoding.UTF8.GetBytes(token.Key), token.Value, scores[token.Value])).ToArray();
        return new UnigramSegmenter(pieces, scores.DefaultIfEmpty(0).Min(), bestScore: 0, sumsAreSingle: false);
    }

    private RankedSegmenter CreateBpe(JsonElement model)
    {
        if (!string.IsNullOrEmpty(GetText(model, "continuing_subword_prefix")))
            throw Error($"the pieces within its words begin with '{GetText(model, "continuing_subword_prefix")}'");
        var vocabulary = new ClipVocabulary(Tokens, ClipVocabularyFiles.ReadMerges(ClipVocabularyFiles.GetProperty(model, "merges", JsonValueKind.Array, _source), _source), $"'{_source}'");
        ClipBpeEncoder.CheckIds(vocabulary);
        return new RankedSegmenter(Tokens, ClipBpeEncoder.GetMerges(vocabulary), Unknown, GetFlag(model, "ignore_merges"));
    }

    /// <summary>What stands before and behind a text. Of several tokens on a side no row can be made.</summary>
    private void ReadTemplate(JsonElement? processor)
    {
        if (processor is not { } element)
            return;
        switch (GetText(element, "type"))
        {
            case "Sequence":
                foreach (var step in GetArray(element, "processors", $"'{_source}'"))
                    ReadTemplate(step);
                break;
            case "TemplateProcessing":
                var isBehind = false;
                foreach (var item in GetArray(element, "single", $"'{_source}'"))
                {
                    if (GetObject(item, "SpecialToken") is { } special)
                        SetSpecial(GetText(special, "id"), isBehind);
                    isBehind |= GetObject(item, "Sequence") is not null;
                }

                break;
            case "RobertaProcessing" or "BertProcessing":
                foreach (var (name, behind) in new[] { ("cls", false), ("sep", true) })
                {
                    if (element.TryGetProperty(name, out var pair) && pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2 && pair[0].ValueKind == JsonValueKind.String)
                        SetSpecial(pair[0].GetString(), behind);
                }

                break;
        }
    }

    private void SetSpecial(string? token, bool isBehind)
    {
        if (token is null || !Tokens.TryGetValue(token, out var id))
            throw Error($"the token '{token}' of its post_processor is not in the vocabulary");
        if ((isBehind ? EndId : StartId) is not null)
            throw Error($"its post_processor puts several tokens {(isBehind ? "behind" : "before")} a text");
        if (isBehind)
            EndId = id;
        else
            StartId = id;
    }

    private InvalidDataException Error(string what) => new($"'{_source}' is a tokenizer.json that cannot be followed: {what}.");
}
