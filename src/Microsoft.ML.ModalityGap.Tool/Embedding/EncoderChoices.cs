namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What is said of a model folder's encoders beyond what its files say.</summary>
/// <param name="Tokenizer">How texts are cleaned; <see langword="null"/> for as the folder's tokenizer wants it.</param>
/// <param name="ImageOutput">The output of the image encoder to take; <see langword="null"/> for the one that is found.</param>
/// <param name="TextOutput">The same of the text encoder.</param>
internal sealed record EncoderChoices(ClipTokenizerOptions? Tokenizer = null, string? ImageOutput = null, string? TextOutput = null)
{
    internal static EncoderChoices None { get; } = new();

    /// <summary>What decides on an embedding, in a line; empty where nothing was chosen.</summary>
    internal string Describe(bool isImages) => isImages ? ImageOutput ?? "" : Tokenizer is null && TextOutput is null ? "" : $"{TextOutput}\n{Tokenizer}";

    internal EncodeWithOnnxOptions Apply(EncodeWithOnnxOptions options, bool isImages) => (isImages ? ImageOutput : TextOutput) is { } output ? options with { OutputName = output } : options;
}
