using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>What OpenCLIP's <c>open_clip_config.json</c> says of texts: how its tokenizer cleans them, and how long a row is.</summary>
internal readonly record struct OpenClipTextConfig(string? Cleaning, int? ContextLength)
{
    /// <exception cref="InvalidDataException">The file is no JSON object.</exception>
    internal static OpenClipTextConfig? Read(string? path)
    {
        if (path is null)
            return null;

        using var document = JsonFile.Parse(path);
        var root = document.RootElement;
        if (root.TryGetProperty("model_cfg", out var model))
            root = model;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("text_cfg", out var text) || text.ValueKind != JsonValueKind.Object)
            return null;
        var cleaning = text.TryGetProperty("tokenizer_kwargs", out var arguments) ? TokenizerJson.GetText(arguments, "clean") : null;
        int? length = text.TryGetProperty("context_length", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            && number is >= ClipTokenizerOptions.MinimumContextLength and <= ClipTokenizerOptions.MaximumContextLength ? number : null;
        return new OpenClipTextConfig(cleaning, length);
    }

    /// <summary>The cleaning as options; that of OpenCLIP's tokenizers over Hugging Face's is <c>whitespace</c> where none is named.</summary>
    internal ClipTokenizerOptions ToOptions() => (Cleaning switch
    {
        "canonicalize" => new ClipTokenizerOptions { SigLipCleaning = SigLipCleaning.OpenClip },
        "lower" => new ClipTokenizerOptions(),
        _ => new ClipTokenizerOptions { LowerCase = false },
    }) with { ContextLength = ContextLength };
}
