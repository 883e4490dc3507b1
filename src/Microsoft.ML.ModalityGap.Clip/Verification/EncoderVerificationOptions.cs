namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="VerifyEncoderCatalog.VerifyEncoder"/>.</summary>
public sealed record EncoderVerificationOptions
{
    /// <summary>The defaults: images beside the golden file in <c>images</c>, everything else as the model folder says.</summary>
    public static EncoderVerificationOptions Default { get; } = new();

    /// <summary>The folder of the images. Default <see langword="null"/>: <c>images</c> beside the golden file.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>What happens to an image. Default <see langword="null"/>: what the model folder's <c>preprocessor_config.json</c> says.</summary>
    public ClipImagePreprocessing? Preprocessing { get; init; }

    /// <summary>How texts are tokenised. Default <see langword="null"/>: as the kind of tokenizer in the model folder wants it.</summary>
    public ClipTokenizerOptions? Tokenizer { get; init; }

    /// <summary>How the encoders run.</summary>
    /// <exception cref="ArgumentNullException">It is <see langword="null"/>.</exception>
    public EncodeWithOnnxOptions Encoder
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Encoder));
    } = EncodeWithOnnxOptions.Default;
}
