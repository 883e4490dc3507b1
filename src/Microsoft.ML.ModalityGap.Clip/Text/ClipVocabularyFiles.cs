using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads the three forms in which CLIP's vocabulary is published.</summary>
internal static class ClipVocabularyFiles
{
    /// <summary>49,408 tokens less 2 × 256 bytes and 2 special ones: as many merges as the reference takes of a longer file.</summary>
    internal const int MaximumMerges = 49152 - 256 - 2;

    // OpenAI's has 3 MB unpacked, the largest vocabularies of today some 10.
    private const long MaximumLength = 1 << 25;

    private const string VersionMark = "#version";

    internal static ClipVocabulary ReadVocabularyAndMerges(string vocabularyPath, string mergesPath)
    {
        using var document = JsonFile.Parse(vocabularyPath);
        var tokens = ReadTokens(document.RootElement, vocabularyPath, "");
        return new ClipVocabulary(tokens, ReadMerges(mergesPath, int.MaxValue), $"'{vocabularyPath}' with '{mergesPath}'");
    }

    internal static ClipVocabulary ReadMergesAlone(string path)
    {
        var merges = ReadMerges(path, MaximumMerges);
        var bytes = ByteSymbols.InVocabularyOrder.Select(symbol => symbol.ToString()).ToArray();
        var tokens = new Dictionary<string, int>((2 * bytes.Length) + merges.Count + 2, StringComparer.Ordinal);
        void Add(string token)
        {
            if (!tokens.TryAdd(token, tokens.Count))
                throw new InvalidDataException($"'{path}': the token '{token}' results twice from the merges.");
        }

        foreach (var token in bytes)
            Add(token);
        foreach (var token in bytes)
            Add(token + ClipBpeEncoder.EndOfWord);
        foreach (var (left, right) in merges)
            Add(left + right);
        Add(ClipWords.StartOfText);
        Add(ClipWords.EndOfText);
        return new ClipVocabulary(tokens, merges, $"'{path}'");
    }

    internal static ClipVocabulary ReadTokenizerJson(string path)
    {
        using var document = JsonFile.Parse(path);
        var model = GetModel(document.RootElement, path);
        var type = GetModelType(model);
        if (type != "BPE")
        {
            throw new InvalidDataException(
                $"'{path}' holds a tokenizer of type '{type}'; CLIP-like models have 'BPE' or 'Unigram'. "
                + $"A SentencePiece model is loaded with {nameof(ClipTokenizer.FromSentencePiece)} from its spiece.model.");
        }

        var suffix = TokenizerJson.GetText(model, "end_of_word_suffix");
        if (suffix != ClipBpeEncoder.EndOfWord && !(string.IsNullOrEmpty(suffix) && IsByteLevel(document.RootElement, path)))
        {
            throw new InvalidDataException(
                $"'{path}' holds a BPE whose words end in '{suffix}', not in '{ClipBpeEncoder.EndOfWord}' as CLIP's do. It is another model's tokenizer.");
        }

        var tokens = ReadTokens(GetProperty(model, "vocab", JsonValueKind.Object, path), path, ", model.vocab");
        AddSpecialTokens(document.RootElement, tokens, path);
        return new ClipVocabulary(tokens, ReadMerges(GetProperty(model, "merges", JsonValueKind.Array, path), path), $"'{path}'");
    }

    /// <summary>Whether it splits and spells texts as GPT-2 does, which RoBERTa's kind has in common with it.</summary>
    /// <exception cref="InvalidDataException">It does so in a way that is not followed.</exception>
    private static bool IsByteLevel(JsonElement root, string path)
    {
        if (!root.TryGetProperty("pre_tokenizer", out var splitter) || TokenizerJson.GetText(splitter, "type") != "ByteLevel")
            return false;
        if (TokenizerJson.GetFlag(splitter, "add_prefix_space") || !TokenizerJson.GetFlag(splitter, "use_regex", otherwise: true))
            throw new InvalidDataException($"'{path}': its pre_tokenizer sets 'add_prefix_space' or no 'use_regex', which is not supported.");
        return root.TryGetProperty("normalizer", out var normalizer) && normalizer.ValueKind != JsonValueKind.Null
            ? throw new InvalidDataException($"'{path}': its byte-level encoding has a normalizer, which is not supported.")
            : true;
    }

    internal static bool IsBytePairEncoding(string tokenizerJsonPath)
    {
        using var document = JsonFile.Parse(tokenizerJsonPath);
        return GetModelType(GetModel(document.RootElement, tokenizerJsonPath)) == "BPE";
    }

    internal static JsonElement GetModel(JsonElement root, string path) => GetProperty(root, "model", JsonValueKind.Object, path);

    /// <summary>Old files do not name the type; only a BPE has merges.</summary>
    internal static string GetModelType(JsonElement model) =>
        model.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()!
        : model.TryGetProperty("merges", out _) ? "BPE"
        : "unknown";

    internal static JsonElement GetProperty(JsonElement parent, string name, JsonValueKind kind, string path)
    {
        if (!parent.TryGetProperty(name, out var value))
            throw new InvalidDataException($"'{path}' has no '{name}', so it is not a tokenizer.json.");
        return value.ValueKind == kind ? value : throw new InvalidDataException($"'{path}': '{name}' should be {kind}, but is {value.ValueKind}.");
    }

    internal static Dictionary<string, int> ReadTokens(JsonElement vocabulary, string path, string where)
    {
        var tokens = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in vocabulary.EnumerateObject())
        {
            var token = entry.Name;
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var id))
                throw new InvalidDataException($"'{path}'{where}: the token '{token}' should have an integer id, but has {entry.Value}.");
            if (!tokens.TryAdd(token, id))
                throw new InvalidDataException($"'{path}'{where}: the token '{token}' is there twice.");
        }

        return tokens;
    }

    private static void AddSpecialTokens(JsonElement root, Dictionary<string, int> tokens, string path)
    {
        if (!root.TryGetProperty("added_tokens", out var added) || added.ValueKind != JsonValueKind.Array)
            return;

        foreach (var entry in added.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.String
                || !entry.TryGetProperty("id", out var value) || value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var id))
            {
                throw new InvalidDataException($"'{path}': an entry of 'added_tokens' lacks its 'content' or its 'id'.");
            }

            var token = content.GetString()!;
            if (!tokens.TryAdd(token, id) && tokens[token] != id)
                throw new InvalidDataException($"'{path}': the token '{token}' has the id {tokens[token]} in 'model.vocab' and {id} in 'added_tokens'.");
        }
    }

    /// <summary>Merges are texts, <c>"a b"</c>, or, in newer files, pairs, <c>["a", "b"]</c>.</summary>
    internal static List<(string Left, string Right)> ReadMerges(JsonElement merges, string path)
    {
        var result = new List<(string, string)>(merges.GetArrayLength());
        foreach (var entry in merges.EnumerateArray())
        {
            if (entry.ValueKind == JsonValueKind.String && TrySplit(entry.GetString()!, out var merge))
            {
                result.Add(merge);
            }
            else if (entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() == 2
                && entry[0].ValueKind == JsonValueKind.String && entry[1].ValueKind == JsonValueKind.String)
            {
                result.Add((entry[0].GetString()!, entry[1].GetString()!));
            }
            else
            {
                throw new InvalidDataException($"'{path}', model.merges[{result.Count}]: expected two tokens, \"a b\" or [\"a\", \"b\"], found {entry}.");
            }
        }

        return result;
    }

    private static List<(string Left, string Right)> ReadMerges(string path, int maximum)
    {
        using var file = JsonFile.Open(path);
        Span<byte> magic = stackalloc byte[2];
        var isCompressed = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length && magic is [0x1F, 0x8B];
        file.Position = 0;
        using Stream stream = new LimitedStream(isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file, MaximumLength);
        using var reader = new StreamReader(stream, Encoding.UTF8);

        var merges = new List<(string, string)>();
        var number = 0;
        while (merges.Count < maximum && ReadLine(reader, path) is { } line)
        {
            number++;
            if (line.Length == 0 || (number == 1 && line.Contains(VersionMark, StringComparison.Ordinal)))
                continue;
            if (!TrySplit(line, out var merge))
                throw new InvalidDataException($"'{path}', line {number}: expected two tokens with a space between, found '{Shorten(line)}'.");
            merges.Add(merge);
        }

        return merges.Count > 0 ? merges : throw new InvalidDataException($"'{path}' holds no merges.");
    }

    private static string? ReadLine(StreamReader reader, string path)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"'{path}' is damaged: {exception.Message}", exception);
        }
    }

    private static bool TrySplit(string line, out (string Left, string Right) merge)
    {
        var space = line.IndexOf(' ');
        var isPair = space > 0 && space < line.Length - 1 && line.IndexOf(' ', space + 1) < 0;
        merge = isPair ? (line[..space], line[(space + 1)..]) : default;
        return isPair;
    }

    private static string Shorten(string line) => line.Length <= 60 ? line : line[..60] + "…";
}
