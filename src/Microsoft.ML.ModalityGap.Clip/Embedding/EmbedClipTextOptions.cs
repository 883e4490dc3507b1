namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="EmbedClipTextEstimator"/>.</summary>
public sealed record EmbedClipTextOptions
{
    /// <summary>The defaults: the folder's own tokenizer, batches of 32.</summary>
    public static EmbedClipTextOptions Default { get; } = new();

    /// <summary>
    /// How texts are cleaned, cut and padded. Default <see langword="null"/>: as the kind of tokenizer in the folder wants it. Where no length is set and the
    /// encoder states one, that is taken.
    /// </summary>
    public ClipTokenizerOptions? Tokenizer { get; init; }

    /// <summary>How the encoder runs. Its inputs need not be named.</summary>
    /// <exception cref="ArgumentNullException">It is <see langword="null"/>.</exception>
    public EncodeWithOnnxOptions Encoder
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Encoder));
    } = EncodeWithOnnxOptions.Default;
}
