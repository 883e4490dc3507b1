namespace Microsoft.ML.ModalityGap;

/// <summary>What happens to an image before a CLIP-like encoder sees it: resize, centre crop, rescale, normalise. Immutable; a preset is changed by <c>with</c>.</summary>
/// <remarks>
/// Pixels come out channel first unless <see cref="ChannelsLast"/> says otherwise, as 3 × <see cref="Height"/> × <see cref="Width"/> numbers: (p · <see cref="RescaleFactor"/> − <see cref="Mean"/>) ÷ <see cref="StandardDeviation"/> for a
/// pixel p of 0 … 255, red before green before blue, each plane row by row.
/// </remarks>
/// <example>
/// <code>
/// var preprocessing = ClipImagePreprocessing.OpenAIClip with { Size = 336 };
/// </code>
/// </example>
public sealed record ClipImagePreprocessing
{
    private const int MaximumSize = 8192;

    // Not set: follow Size.
    private readonly int? _width;
    private readonly int? _height;

    /// <summary>OpenAI's CLIP: the shortest edge to 224, bicubic, centre crop, OpenAI's mean and standard deviation.</summary>
    public static ClipImagePreprocessing OpenAIClip { get; } = new();

    /// <summary>OpenCLIP's default, the same as <see cref="OpenAIClip"/>. A model's own configuration may say otherwise.</summary>
    public static ClipImagePreprocessing OpenClip { get; } = new();

    /// <summary>SigLIP: squashed to 224 × 224, bicubic, to −1 … 1.</summary>
    public static ClipImagePreprocessing SigLip { get; } = new()
    {
        ResizeMode = ClipResizeMode.Squash,
        Mean = ClipPixelStatistics.HalfMean,
        StandardDeviation = ClipPixelStatistics.HalfStandardDeviation,
    };

    /// <summary>MobileCLIP: the shortest edge to 256, bilinear, centre crop, to 0 … 1. MobileCLIP-B takes 224: <c>with { Size = 224 }</c>.</summary>
    public static ClipImagePreprocessing MobileClip { get; } = new()
    {
        Size = 256,
        Resampling = ClipResampling.Bilinear,
        Mean = ClipPixelStatistics.ZeroMean,
        StandardDeviation = ClipPixelStatistics.UnitStandardDeviation,
    };

    /// <summary>The edge, in pixels, that <see cref="ResizeMode"/> speaks of. Default 224.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in 1 … 8192.</exception>
    public int Size
    {
        get;
        init => field = CheckSize(value, nameof(Size));
    } = 224;

    /// <summary>The width of what comes out, in pixels. Follows <see cref="Size"/> until it is set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in 1 … 8192.</exception>
    public int Width
    {
        get => _width ?? Size;
        init => _width = CheckSize(value, nameof(Width));
    }

    /// <summary>The height of what comes out, in pixels. Follows <see cref="Size"/> until it is set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in 1 … 8192.</exception>
    public int Height
    {
        get => _height ?? Size;
        init => _height = CheckSize(value, nameof(Height));
    }

    /// <summary>How the image is resized. Default <see cref="ClipResizeMode.ShortestEdge"/>.</summary>
    public ClipResizeMode ResizeMode
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(ResizeMode), value, "Unknown resize mode.");
    }

    /// <summary>The filter used to resize. Default <see cref="ClipResampling.Bicubic"/>.</summary>
    public ClipResampling Resampling
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Resampling), value, "Unknown resampling filter.");
    }

    /// <summary>How the centre crop's offset is rounded. Default <see cref="ClipCropRounding.HalfToEven"/>.</summary>
    public ClipCropRounding CropRounding
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(CropRounding), value, "Unknown rounding.");
    }

    /// <summary>What a pixel of 0 … 255 is multiplied by. Default 1/255.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero or not finite.</exception>
    public double RescaleFactor
    {
        get;
        init => field = double.IsFinite(value) && value != 0
            ? value : throw new ArgumentOutOfRangeException(nameof(RescaleFactor), value, "The factor must be finite and not zero.");
    } = 1.0 / 255;

    /// <summary>What is taken away from a rescaled pixel. Default <see cref="ClipPixelStatistics.OpenAIMean"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is not finite.</exception>
    public RgbValues Mean
    {
        get;
        init => field = value.All(float.IsFinite) ? value : throw new ArgumentOutOfRangeException(nameof(Mean), value, "The mean must be finite.");
    } = ClipPixelStatistics.OpenAIMean;

    /// <summary>What the difference is divided by. Default <see cref="ClipPixelStatistics.OpenAIStandardDeviation"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is not finite or not above zero.</exception>
    public RgbValues StandardDeviation
    {
        get;
        init => field = value.All(deviation => float.IsFinite(deviation) && deviation > 0)
            ? value : throw new ArgumentOutOfRangeException(nameof(StandardDeviation), value, "The standard deviation must be finite and above zero.");
    } = ClipPixelStatistics.OpenAIStandardDeviation;

    /// <summary>
    /// Whether an image is turned and mirrored as its EXIF orientation says. Default <see langword="false"/>, as CLIP's reference does not. Only for images read from paths or
    /// bytes: an <see cref="Data.MLImage"/> does not carry its orientation.
    /// </summary>
    public bool ApplyExifOrientation { get; init; }

    /// <summary>
    /// Whether the channels of a pixel stand together, as <see cref="Height"/> × <see cref="Width"/> × 3 numbers, which encoders exported from TensorFlow take (NHWC). Default <see langword="false"/>: three planes
    /// (NCHW). <see cref="EmbedClipImagesEstimator"/> follows the encoder's input.
    /// </summary>
    public bool ChannelsLast { get; init; }

    /// <summary>How many numbers come out: 3 · <see cref="Height"/> · <see cref="Width"/>.</summary>
    public int OutputLength => 3 * Height * Width;

    /// <summary>The same preprocessing for an encoder with another input size, such as the one an ONNX model states. The resized edge keeps its proportion to the crop.</summary>
    /// <param name="width">The encoder's width, in pixels.</param>
    /// <param name="height">The encoder's height, in pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not in 1 … 8192.</exception>
    public ClipImagePreprocessing ForInput(int width, int height)
    {
        CheckSize(width, nameof(width));
        CheckSize(height, nameof(height));
        var (before, after) = ResizeMode == ClipResizeMode.LongestEdge
            ? (Math.Max(Width, Height), Math.Max(width, height))
            : (Math.Min(Width, Height), Math.Min(width, height));
        return this with { Size = (int)Math.Round((double)Size * after / before), Width = width, Height = height };
    }

    /// <summary>
    /// Reads what a model says of its preprocessing: Hugging Face's <c>preprocessor_config.json</c>, the <c>processor_config.json</c> of transformers 5, or OpenCLIP's <c>open_clip_config.json</c>.
    /// </summary>
    /// <param name="path">The file; what it is like inside decides, not its name.</param>
    /// <remarks>
    /// <para>Hugging Face's fields, at the top or in the object <c>image_processor</c>: <c>size</c> is read as <c>shortest_edge</c>, <c>longest_edge</c> or <c>height</c> and <c>width</c>; a bare
    /// number is the shortest edge when the image is cropped afterwards, else both height and width. <c>crop_size</c>, <c>do_resize</c>, <c>do_center_crop</c>, <c>do_rescale</c>,
    /// <c>rescale_factor</c>, <c>do_normalize</c>, <c>image_mean</c>, <c>image_std</c>, and of <c>resample</c> 2 (bilinear) and 3 (bicubic) are read; what is missing has CLIP's default, but without
    /// <c>crop_size</c> and <c>do_center_crop</c> an image that is squashed is not cropped.</para>
    /// <para>OpenCLIP's fields, in the object <c>preprocess_cfg</c>, or at the top where jina-clip has them: <c>size</c> (else <c>model_cfg.vision_cfg.image_size</c>), <c>resize_mode</c>
    /// (<c>shortest</c>, which is the default, and <c>longest</c>, both with a centre crop, or <c>squash</c>), <c>interpolation</c>, <c>mean</c>, <c>std</c>.</para>
    /// <para>Other fields are ignored, but for those that ask for steps we do not have, such as <c>max_num_patches</c>; a file without any known field is refused.</para>
    /// <para>Crops are rounded as the model's own code does it: Hugging Face's processors on arrays round down (<see cref="ClipCropRounding.Down"/>); those on tensors, which are called Fast or are
    /// of transformers 5, and OpenCLIP's half to even.</para>
    /// </remarks>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no JSON object, has no known field, or one with a value that cannot be followed; the message names it.</exception>
    public static ClipImagePreprocessing FromPreprocessorConfig(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return PreprocessorConfig.Read(path);
    }

    /// <summary>The same preprocessing for the input of an encoder: with its layout, and its size where it states one; <see langword="null"/> where that takes no images.</summary>
    internal ClipImagePreprocessing? FollowInput(IReadOnlyList<int> dimensions)
    {
        const int Channels = 3;
        if (dimensions is not [_, var first, var second, var third] || !(first is -1 or Channels || third == Channels))
            return null;
        var last = third == Channels && first != Channels;
        var (height, width) = last ? (first, second) : (second, third);
        return ForInput(width > 0 ? width : Width, height > 0 ? height : Height) with { ChannelsLast = last };
    }

    private static int CheckSize(int value, string name) => value is >= 1 and <= MaximumSize
        ? value : throw new ArgumentOutOfRangeException(name, value, $"A size is from 1 to {MaximumSize} pixels.");
}
