namespace Microsoft.ML.ModalityGap;

/// <summary>Which column feeds an input of an ONNX encoder.</summary>
/// <param name="Name">The input's name in the model, such as <c>pixel_values</c>.</param>
/// <param name="ColumnName">The column with its values: a vector of Single for floating point inputs, of Int64, Int32 or UInt32 for integer inputs.</param>
public sealed record OnnxEncoderInput(string Name, string ColumnName)
{
    private readonly IReadOnlyList<int>? _shape;

    /// <summary>The input's name in the model.</summary>
    public string Name { get; init; } = NotEmpty(Name, nameof(Name));

    /// <summary>The column with its values.</summary>
    public string ColumnName { get; init; } = NotEmpty(ColumnName, nameof(ColumnName));

    /// <summary>
    /// One row's shape, without the batch dimension, such as 3×224×224. Only needed where the model leaves several dimensions open and the column's type does
    /// not state them; <see langword="null"/> to find it from the two.
    /// </summary>
    /// <exception cref="ArgumentException">It is empty, or a dimension is less than 1.</exception>
    public IReadOnlyList<int>? Shape
    {
        get => _shape;
        init
        {
            if (value is not null && (value.Count == 0 || value.Any(dimension => dimension < 1)))
                throw new ArgumentException($"A shape has at least one dimension and each is at least 1, but this is ({string.Join(", ", value)}).", nameof(value));
            _shape = value is null ? null : [.. value];
        }
    }

    private static string NotEmpty(string value, string parameterName)
    {
        ArgumentException.ThrowIfNullOrEmpty(value, parameterName);
        return value;
    }
}
