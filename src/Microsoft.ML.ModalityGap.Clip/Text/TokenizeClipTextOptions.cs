namespace Microsoft.ML.ModalityGap;

/// <summary>Which columns a <see cref="TokenizeClipTextEstimator"/> writes. How the text is tokenised is the <see cref="ClipTokenizer"/>'s.</summary>
public sealed record TokenizeClipTextOptions
{
    /// <summary>The defaults: <c>input_ids</c> and <c>attention_mask</c> of Int64.</summary>
    public static TokenizeClipTextOptions Default { get; } = new();

    /// <summary>The column of ids, a vector of the context length. Default <c>input_ids</c>, the input's name in the public ONNX exports.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string InputIdsColumnName { get; init => field = CheckName(value, nameof(InputIdsColumnName)); } = "input_ids";

    /// <summary>
    /// The column that is 1 for a token of the text, its start and its end token, and 0 for padding unless the model attends to that: a vector of the context length.
    /// Default <c>attention_mask</c>; <see langword="null"/> for none.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string? AttentionMaskColumnName { get; init => field = CheckOptionalName(value, nameof(AttentionMaskColumnName)); } = "attention_mask";

    /// <summary>The Boolean column that is true where a text was cut to fit the context length. Default <see langword="null"/>: none.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public string? TruncatedColumnName { get; init => field = CheckOptionalName(value, nameof(TruncatedColumnName)); }

    /// <summary>The integer type of ids and mask. Default <see cref="ClipIdType.Int64"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public ClipIdType IdType
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(IdType), value, "Unknown type of ids.");
    }

    private static string CheckName(string name, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name, parameter);
        return name;
    }

    private static string? CheckOptionalName(string? name, string parameter) => name is null ? null : CheckName(name, parameter);
}
