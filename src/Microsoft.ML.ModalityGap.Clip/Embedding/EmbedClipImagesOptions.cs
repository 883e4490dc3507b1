namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="EmbedClipImagesEstimator"/>.</summary>
public sealed record EmbedClipImagesOptions
{
    /// <summary>The defaults: the folder's own preprocessing, paths as they stand, unusable images throw, batches of 32.</summary>
    public static EmbedClipImagesOptions Default { get; } = new();

    /// <summary>
    /// What happens to an image. Default <see langword="null"/>: what the folder's <c>preprocessor_config.json</c>, or what stands
    /// in for it, says (<see cref="ClipImagePreprocessing.FromPreprocessorConfig"/>). Where the encoder states its input size, that is
    /// taken:
    /// see <see cref="ClipImagePreprocessing.ForInput"/>.
    /// </summary>
    public ClipImagePreprocessing? Preprocessing { get; init; }

    /// <summary>
    /// Whether images are turned and mirrored as their EXIF orientation says, even though the preprocessing does not. Default <see langword="false"/>, as CLIP's reference does not; see
    /// <see cref="ClipImagePreprocessing.ApplyExifOrientation"/>.
    /// </summary>
    public bool ApplyExifOrientation { get; init; }

    /// <summary>The folder that relative paths of a text column start from. Default <see langword="null"/>: the current directory.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>
    /// What to do with an image that cannot be used. Default <see cref="UnusableRows.Throw"/>; under <see cref="UnusableRows.Skip"/> the embedding is that of
    /// an all-zero input, and
    /// the column named like the output and <c>.IsValid</c> is <see langword="false"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">An unknown value.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }

    /// <summary>How the encoder runs. Its input need not be named.</summary>
    /// <exception cref="ArgumentNullException">It is <see langword="null"/>.</exception>
    public EncodeWithOnnxOptions Encoder
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Encoder));
    } = EncodeWithOnnxOptions.Default;
}
