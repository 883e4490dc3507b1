using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.ModalityGap;

/// <summary>What a model says of one of its inputs or outputs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">The type of its numbers.</param>
/// <param name="Dimensions">Its shape, -1 where open; empty where unknown.</param>
/// <param name="Description">The type and shape in words, such as <c>float32 (batch, 3, 224, 224)</c>.</param>
internal sealed record OnnxTensor(string Name, TensorElementType ElementType, IReadOnlyList<int> Dimensions, string Description)
{
    internal bool IsFloatingPoint => ElementType is TensorElementType.Float or TensorElementType.Float16;

    internal static OnnxTensor Create(string name, NodeMetadata metadata)
    {
        if (!metadata.IsTensor)
            return new OnnxTensor(name, TensorElementType.DataTypeMax, [], $"no tensor but a {metadata.OnnxValueType}");

        var dimensions = metadata.Dimensions.Select(dimension => dimension > 0 ? dimension : -1).ToArray();
        return Create(name, metadata.ElementDataType, dimensions, metadata.SymbolicDimensions);
    }

    /// <param name="name">The name.</param>
    /// <param name="elementType">The type of its numbers.</param>
    /// <param name="dimensions">Its shape, -1 where open; empty where unknown.</param>
    /// <param name="symbols">What open dimensions are called, where they are.</param>
    internal static OnnxTensor Create(string name, TensorElementType elementType, int[] dimensions, IReadOnlyList<string?> symbols)
    {
        var texts = dimensions.Select((dimension, i) => dimension > 0 ? $"{dimension}" : symbols[i] is { Length: > 0 } symbol ? symbol : "?");
        var shape = dimensions.Length == 0 ? "(unknown shape)" : $"({string.Join(", ", texts)})";
        return new OnnxTensor(name, elementType, dimensions, $"{NameOf(elementType)} {shape}");
    }

    /// <summary>What a model's bytes say of an input or output, in the words of ONNX Runtime.</summary>
    internal static OnnxTensor Create(OnnxValueInfo info) => Create(
        info.Name,
        (TensorElementType)info.ElementType,
        [.. (info.Shape ?? []).Select(dimension => dimension.Size is > 0 and <= int.MaxValue and var size ? (int)size : -1)],
        [.. (info.Shape ?? []).Select(dimension => dimension.Name)]);

    internal static string NameOf(TensorElementType type) => type switch
    {
        TensorElementType.Float => "float32",
        TensorElementType.Float16 => "float16",
        TensorElementType.Double => "float64",
        TensorElementType.BFloat16 => "bfloat16",
        _ => type.ToString().ToLowerInvariant(),
    };

    /// <summary>The item types of the columns that can feed an input of this type; none if the type is not supported.</summary>
    internal static IReadOnlyList<PrimitiveDataViewType> GetColumnItemTypes(TensorElementType type) => type switch
    {
        TensorElementType.Float or TensorElementType.Float16 => [NumberDataViewType.Single],
        TensorElementType.Int64 or TensorElementType.Int32 => [NumberDataViewType.Int64, NumberDataViewType.Int32, NumberDataViewType.UInt32],
        _ => [],
    };

    public override string ToString() => $"'{Name}', {Description}";
}
