namespace Microsoft.ML.ModalityGap;

/// <summary>Options of <see cref="ModalityGapCatalog.SaveAsOnnx(EmbeddingMap, string, OnnxExportOptions)"/> and its overloads.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The defaults: opset 13, input <c>embedding</c>.</summary>
    public static OnnxExportOptions Default { get; } = new();

    /// <summary>
    /// The version of the operators, 9 to 21. Default 13, written in version 7 of the format, which ONNX Runtime 1.7 (2021) and later and the runtimes for
    /// browsers and phones take; older and newer ones mean the same.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of this range.</exception>
    public int OpsetVersion
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, OnnxNodes.MinimumOpset, nameof(OpsetVersion));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, OnnxNodes.MaximumOpset, nameof(OpsetVersion));
            field = value;
        }
    } = 13;

    /// <summary>The name of the graph's input. Not for a transformer with a modality per column, whose inputs are named like the columns.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string InputName
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrEmpty(value, nameof(InputName));
            field = value;
        }
    } = "embedding";

    /// <summary>
    /// The name of the graph's output, of a classifier that of its probabilities, of a search that of its scores. Default <see langword="null"/>: <c>mapped</c>, of a classifier or a search <c>score</c>. Not for
    /// a transformer with a modality per column, whose outputs are named like the columns.
    /// </summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? OutputName
    {
        get;
        init
        {
            if (value is not null)
                ArgumentException.ThrowIfNullOrEmpty(value, nameof(OutputName));
            field = value;
        }
    }
}
