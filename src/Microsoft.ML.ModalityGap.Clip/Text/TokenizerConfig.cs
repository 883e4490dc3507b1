using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>What we take from Hugging Face's <c>tokenizer_config.json</c>; nothing of it need be there.</summary>
internal readonly record struct TokenizerConfig
{
    /// <summary>The length of a row.</summary>
    internal int? ContextLength { get; private init; }

    internal string? PaddingToken { get; private init; }

    internal string? StartToken { get; private init; }

    internal string? EndToken { get; private init; }

    /// <summary>Whether a text gets a start token; stated for Gemma's kind only.</summary>
    internal bool? AddsStartToken { get; private init; }

    /// <summary>Whether a text gets an end token; stated for Gemma's kind only.</summary>
    internal bool? AddsEndToken { get; private init; }

    /// <summary>Whether a space is put before a text; stated for RoBERTa's kind only.</summary>
    internal bool? AddsSpace { get; private init; }

    /// <summary>The class in transformers, such as <c>SiglipTokenizer</c>.</summary>
    internal string? TokenizerClass { get; private init; }

    /// <exception cref="InvalidDataException">The file is no JSON object.</exception>
    internal static TokenizerConfig Read(string? path)
    {
        if (path is null)
            return default;

        using var document = JsonFile.Parse(path);
        var root = document.RootElement;
        return new TokenizerConfig
        {
            // Where there is no limit the file says 10³⁰.
            ContextLength = root.TryGetProperty("model_max_length", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
                && number is >= ClipTokenizerOptions.MinimumContextLength and <= ClipTokenizerOptions.MaximumContextLength ? (int)number : null,
            PaddingToken = GetToken(root, "pad_token"),
            StartToken = GetToken(root, "bos_token"),
            EndToken = GetToken(root, "eos_token"),
            AddsStartToken = GetFlag(root, "add_bos_token"),
            AddsEndToken = GetFlag(root, "add_eos_token"),
            AddsSpace = GetFlag(root, "add_prefix_space"),
            TokenizerClass = TokenizerJson.GetText(root, "tokenizer_class"),
        };
    }

    private static string? GetToken(JsonElement root, string name) =>
        TokenizerJson.GetText(root, name) ?? (root.TryGetProperty(name, out var token) ? TokenizerJson.GetText(token, "content") : null);

    private static bool? GetFlag(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.ValueKind == JsonValueKind.True : null;
}
