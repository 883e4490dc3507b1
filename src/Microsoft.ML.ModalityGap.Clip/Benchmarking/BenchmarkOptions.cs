namespace Microsoft.ML.ModalityGap;

/// <summary>What <see cref="BenchmarkCatalog.Benchmark"/> measures.</summary>
public sealed record BenchmarkOptions
{
    /// <summary>The models, at least one, no two of the same name.</summary>
    /// <exception cref="ArgumentException">There is none, or a name is given twice.</exception>
    public required IReadOnlyList<BenchmarkModel> Models { get; init => field = CheckNames(value, model => model.Name, nameof(Models)); }

    /// <summary>The data sets, at least one, no two of the same name.</summary>
    /// <exception cref="ArgumentException">There is none, or a name is given twice.</exception>
    public required IReadOnlyList<BenchmarkSource> Data { get; init => field = CheckNames(value, source => source.Name ?? source.Format, nameof(Data)); }

    /// <summary>The methods by the names of <see cref="ModalityGapCatalog.GetSelectionGrid"/>, and <c>select</c> for what is selected on the pairs fitted on. Default raw, center (I0T_post) and select.</summary>
    /// <exception cref="ArgumentException">There is none, or one is given twice.</exception>
    public IReadOnlyList<string> Methods { get; init => field = CheckNames(value, method => method, nameof(Methods)); } = ["raw", "center", "select"];

    /// <summary>The tasks by name; <see langword="null"/>, the default, for all that a data set has what it takes for.</summary>
    public IReadOnlyList<string>? Tasks { get; init; }

    /// <summary>What methods are fitted on, one after the other. Empty, the default: the training part of each data set, or the measured rows where it has none; every measurement says which.</summary>
    public IReadOnlyList<BenchmarkFit> FitOn { get; init; } = [];

    /// <summary>So many images of each part, evenly spread, for a quick look; <see langword="null"/>, the default, for all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? Limit { get; init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Limit), value, "Give a positive number of images."); }

    /// <summary>The sentences that class names are put in, where a data set comes with none of its own. Default <see cref="PromptTemplates.Compact"/>.</summary>
    public PromptTemplates Templates { get; init; } = PromptTemplates.Compact;

    /// <summary>Where embeddings and measurements are kept, so that they are not made again; made where it is not there.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>How encoders run.</summary>
    public EncodeWithOnnxOptions Encoder { get; init; } = EncodeWithOnnxOptions.Default;

    /// <summary>Seeds what is drawn. Default 0.</summary>
    public int Seed { get; init; }

    private static IReadOnlyList<T> CheckNames<T>(IReadOnlyList<T> value, Func<T, string> getName, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(value, parameterName);
        if (value.Count == 0)
            throw new ArgumentException("Name at least one.", parameterName);
        return value.Select(getName).GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new ArgumentException($"'{twice.Key}' is named twice.", parameterName)
            : [.. value];
    }
}
