namespace Microsoft.ML.ModalityGap;

/// <summary>How <see cref="PreprocessClipImagesEstimator"/> reads images and what it does to them.</summary>
public sealed record PreprocessClipImagesOptions
{
    /// <summary>The default of <see cref="MaximumPixels"/>: 178,956,970, where Pillow, too, refuses an image as a decompression bomb.</summary>
    public const int DefaultMaximumPixels = 178_956_970;

    /// <summary>The defaults: OpenAI's CLIP, paths as they stand, unusable images throw.</summary>
    public static PreprocessClipImagesOptions Default { get; } = new();

    /// <summary>What happens to an image. Default <see cref="ClipImagePreprocessing.OpenAIClip"/>.</summary>
    /// <exception cref="ArgumentNullException">It is <see langword="null"/>.</exception>
    public ClipImagePreprocessing Preprocessing
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Preprocessing));
    } = ClipImagePreprocessing.OpenAIClip;

    /// <summary>The folder that relative paths of a text column start from. Default <see langword="null"/>: the current directory.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>
    /// What to do with an image that is missing, empty, broken or too large. Default <see cref="UnusableRows.Throw"/>. A transform cannot leave out rows: under
    /// <see cref="UnusableRows.Skip"/> such a row's pixels are all zero, its <see cref="ValidColumnName"/> is <see langword="false"/>, and a warning per cursor counts them.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no value of the enumeration.</exception>
    public UnusableRows UnusableRows
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(UnusableRows), value, "Unknown row policy.");
    }

    /// <summary>
    /// The Boolean output column that says whether a row's image could be used. Default <see langword="null"/>: the output column's name and <c>.IsValid</c> under
    /// <see cref="UnusableRows.Skip"/>, no such column under <see cref="UnusableRows.Throw"/>.
    /// </summary>
    /// <exception cref="ArgumentException">An empty name.</exception>
    public string? ValidColumnName
    {
        get;
        init => field = value is "" ? throw new ArgumentException("The name is empty.", nameof(ValidColumnName)) : value;
    }

    /// <summary>
    /// The most pixels (width × height) an image may have. Where images are read from paths or bytes, it is checked before anything is decoded. Default <see cref="DefaultMaximumPixels"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in 1 … 536,870,911, beyond which an image does not fit into one array.</exception>
    public int MaximumPixels
    {
        get;
        init => field = value is >= 1 and <= int.MaxValue / 4
            ? value : throw new ArgumentOutOfRangeException(nameof(MaximumPixels), value, $"From 1 to {int.MaxValue / 4} pixels.");
    } = DefaultMaximumPixels;
}
