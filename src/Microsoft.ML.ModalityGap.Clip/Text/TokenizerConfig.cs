using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>What we take from Hugging Face's <c>tokenizer_config.json</c>; nothing of it need be there.</summary>
internal readonly record struct TokenizerConfig(int? ContextLength, string? PaddingToken)
{
    /// <exception cref="InvalidDataException">The file is no JSON object.</exception>
    internal static TokenizerConfig Read(string? path)
    {
        if (path is null)
            return default;

        using var document = JsonFile.Parse(path);
        var root = document.RootElement;

        // Where there is no limit the file says 10³⁰.
        int? length = root.TryGetProperty("model_max_length", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
            && number is >= ClipTokenizerOptions.MinimumContextLength and <= ClipTokenizerOptions.MaximumContextLength ? (int)number : null;
        if (!root.TryGetProperty("pad_token", out var token))
            return new TokenizerConfig(length, null);
        if (token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out var content))
            token = content;
        return new TokenizerConfig(length, token.ValueKind == JsonValueKind.String ? token.GetString() : null);
    }
}
