namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="EncodeWithOnnxEstimator"/>.</summary>
public sealed record EncodeWithOnnxOptions
{
    /// <summary>Far above what is of use, low enough that a stored number cannot ask for much memory.</summary>
    internal const int MaximumBatchSize = 1 << 16;

    /// <summary>More than machines have cores.</summary>
    internal const int MaximumThreads = 1 << 10;

    private readonly int _batchSize = 32;
    private readonly int? _gpuDeviceId;
    private readonly int? _intraOpNumThreads;
    private readonly string? _outputName;
    private readonly IReadOnlyList<OnnxEncoderInput> _inputs = [];

    /// <summary>The defaults: batches of 32 rows, inputs from the columns named like them, the model stored with the pipeline, the context's device.</summary>
    public static EncodeWithOnnxOptions Default { get; } = new();

    /// <summary>
    /// The most rows encoded at once, and so the number of rows a cursor looks ahead (twice as many where padding is cut). A model whose batch dimension is fixed is given batches of that size
    /// instead.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1 or more than 65,536.</exception>
    public int BatchSize
    {
        get => _batchSize;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaximumBatchSize);
            _batchSize = value;
        }
    }

    /// <summary>
    /// The model's output to take. <see langword="null"/>: the only output of shape (batch, d), or the one among several that is called <c>image_embeds</c>,
    /// <c>text_embeds</c> or <c>embedding</c>. Where a file holds both towers of a dual encoder, the part that this output does not need is cut away, with its
    /// inputs.
    /// </summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? OutputName
    {
        get => _outputName;
        init
        {
            if (value is not null)
                ArgumentException.ThrowIfNullOrEmpty(value);
            _outputName = value;
        }
    }

    /// <summary>The columns of inputs that are not named like their column. Inputs not listed are fed from the column of the same name.</summary>
    /// <exception cref="ArgumentException">An input is given twice.</exception>
    public IReadOnlyList<OnnxEncoderInput> Inputs
    {
        get => _inputs;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _inputs = [.. value];
            if (_inputs.GroupBy(input => input.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw new ArgumentException($"The input '{twice.Key}' is given twice.", nameof(value));
        }
    }

    /// <summary>
    /// Whether the model's bytes are kept and become part of the saved pipeline. If not, its path is stored as given, and the file must be there when the
    /// pipeline is loaded. Models that keep weights in files of their own need <see langword="false"/>.
    /// </summary>
    public bool EmbedModel { get; init; } = true;

    /// <summary>
    /// The CUDA device; <see langword="null"/> for the one of <see cref="MLContext.GpuDeviceId"/>, or the CPU where that is <see langword="null"/>, too.
    /// Not stored with the pipeline: a loaded one runs on the device of the context it is loaded with.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int? GpuDeviceId
    {
        get => _gpuDeviceId;
        init
        {
            if (value is { } id)
                ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(value));
            _gpuDeviceId = value;
        }
    }

    /// <summary>
    /// Whether to run on the CPU, with a warning in the log, when the GPU cannot be used; <see langword="null"/> for the context's
    /// <see cref="MLContext.FallbackToCpu"/>. Not stored with the pipeline.
    /// </summary>
    public bool? FallbackToCpu { get; init; }

    /// <summary>
    /// The threads ONNX Runtime uses inside an operator, one batch after the other. <see langword="null"/> takes all cores: a batch is split into runs side by
    /// side, and a single
    /// row, such as a prediction engine's, has all threads for itself. A transformer that is used both ways then holds the model in memory twice. More than there are cores are stored as they are,
    /// but never started: where the model runs, it takes at most the cores there.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1, or more than 1,024.</exception>
    public int? IntraOpNumThreads
    {
        get => _intraOpNumThreads;
        init
        {
            if (value is { } count)
                CheckThreads(count);
            _intraOpNumThreads = value;
        }
    }

    /// <summary>
    /// Whether rows of token ids may be encoded without their padding, which is most of a caption's row and most of the time. Default <see langword="true"/>: where the model leaves the
    /// sequence axis open, rows of like length within the look-ahead are encoded together and cut to the longest; order and number stay. A causal text tower, such as CLIP's, does not see
    /// the difference. Whether the model is one is decided by the model: the first 16 rows are encoded both ways, and unless the unit vectors agree to 1e-5, as they do not where padding is attended to (SigLIP), nothing is cut. A row's padding is what its <c>attention_mask</c> says, else the last id that is repeated to the end.
    /// </summary>
    public bool CutPadding { get; init; } = true;

    /// <summary>How far ONNX Runtime rewrites the graph. Default <see cref="OnnxGraphOptimization.All"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public OnnxGraphOptimization GraphOptimization
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(GraphOptimization), value, "Unknown graph optimization.");
    }

    /// <summary>
    /// The threads on which ONNX Runtime runs operators that do not wait for each other, side by side. Default <see langword="null"/>: one operator after the other, which is faster for the towers
    /// of CLIP-like models. At most as many as there are cores are started.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1, or more than 1,024.</exception>
    public int? InterOpNumThreads
    {
        get;
        init
        {
            if (value is { } count)
                CheckThreads(count);
            field = value;
        }
    }

    /// <summary>
    /// How the weights are kept with the pipeline; needs <see cref="EmbedModel"/>. Default <see cref="OnnxWeights.AsStored"/>. Only <see cref="OnnxWeights.Int8Products"/> computes with what is kept; what
    /// each saves and loses is measured in docs/clip.md.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public OnnxWeights Weights
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Weights), value, "Unknown form of weights.");
    }

    private static void CheckThreads(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaximumThreads);
    }
}
