using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>An encoder's input tied to a column, with the shape of a row.</summary>
/// <param name="Name">The input's name in the model.</param>
/// <param name="ElementType">The type of its numbers.</param>
/// <param name="ColumnName">The column that feeds it.</param>
/// <param name="RowShape">The shape of one row, without the batch dimension.</param>
internal sealed record OnnxInputBinding(string Name, TensorElementType ElementType, string ColumnName, IReadOnlyList<int> RowShape)
{
    internal int RowLength { get; } = checked((int)RowShape.Aggregate(1L, (product, dimension) => checked(product * dimension)));

    internal string ExpectedType =>
        $"a vector of {NameItemTypes(ElementType)} with {RowLength} values, for the encoder's input '{Name}' of {OnnxTensor.NameOf(ElementType)} (batch, {string.Join(", ", RowShape)})";

    /// <summary>Finds the column in a schema and checks that its rows fit.</summary>
    internal DataViewSchema.Column Find(IExceptionContext context, DataViewSchema schema)
    {
        if (schema.GetColumnOrNull(ColumnName) is not { } column)
            throw Missing(context, ColumnName, Name);
        if (column.Type is not VectorDataViewType type || !OnnxTensor.GetColumnItemTypes(ElementType).Contains(type.ItemType)
            || (type.Size != 0 && type.Size != RowLength) || !HasRowShape(type))
        {
            throw context.ExceptSchemaMismatch(nameof(schema), "encoder input", ColumnName, ExpectedType, column.Type.ToString());
        }

        return column;
    }

    /// <summary>Finds the shape of a row from the model, the options and the column's type.</summary>
    internal static OnnxInputBinding Create(IExceptionContext context, DataViewSchema schema, OnnxTensor tensor, OnnxEncoderInput input)
    {
        if (schema.GetColumnOrNull(input.ColumnName) is not { } column)
            throw Missing(context, input.ColumnName, tensor.Name);
        if (column.Type is not VectorDataViewType type || !OnnxTensor.GetColumnItemTypes(tensor.ElementType).Contains(type.ItemType))
            throw Mismatch(context, tensor, input.ColumnName, column.Type.ToString());

        var shape = FindShape(tensor, input, type) ?? throw context.ExceptParam(
            nameof(schema), $"The shape of a row of the encoder's input {tensor} does not follow from the column '{input.ColumnName}' of type {type}. " +
            $"Set {nameof(OnnxEncoderInput)}.{nameof(OnnxEncoderInput.Shape)}.");
        var open = tensor.Dimensions.Skip(1).ToArray();
        if (shape.Count != open.Length || shape.Where((dimension, i) => open[i] > 0 && open[i] != dimension).Any())
            throw Mismatch(context, tensor, input.ColumnName, $"{type}, as rows of ({string.Join(", ", shape)})");

        var binding = new OnnxInputBinding(tensor.Name, tensor.ElementType, input.ColumnName, shape);
        binding.Find(context, schema);
        return binding;
    }

    /// <summary>Checks a column that is only promised.</summary>
    internal static void Check(IExceptionContext context, SchemaShape schema, OnnxTensor tensor, string columnName)
    {
        if (!schema.TryFindColumn(columnName, out var column))
            throw Missing(context, columnName, tensor.Name);
        if (column.Kind == SchemaShape.Column.VectorKind.Scalar || column.IsKey || !OnnxTensor.GetColumnItemTypes(tensor.ElementType).Contains(column.ItemType))
            throw Mismatch(context, tensor, columnName, column.GetTypeString());
    }

    private static IReadOnlyList<int>? FindShape(OnnxTensor tensor, OnnxEncoderInput input, VectorDataViewType type)
    {
        var row = tensor.Dimensions.Skip(1).ToArray();
        var openCount = row.Count(dimension => dimension < 0);
        if (input.Shape is not null)
            return input.Shape;
        if (openCount == 0)
            return row;
        if (type.Size == 0)
            return null;
        if (type.Dimensions.Length == row.Length)
            return [.. type.Dimensions];
        if (openCount > 1)
            return null;

        var known = row.Where(dimension => dimension > 0).Aggregate(1L, (product, dimension) => product * dimension);
        return type.Size % known == 0 ? [.. row.Select(dimension => dimension > 0 ? dimension : (int)(type.Size / known))] : null;
    }

    // A flat column says nothing of its layout; one with dimensions of its own may have another, such as channels last.
    private bool HasRowShape(VectorDataViewType type) =>
        type.Size == 0 || type.Dimensions.Length == 1 || type.Dimensions.Where(dimension => dimension > 1).SequenceEqual(RowShape.Where(dimension => dimension > 1));

    private static string NameItemTypes(TensorElementType type) => string.Join(" or ", OnnxTensor.GetColumnItemTypes(type));

    private static Exception Mismatch(IExceptionContext context, OnnxTensor tensor, string columnName, string? actual) => context.ExceptSchemaMismatch(
        "schema", "encoder input", columnName, $"a vector of {NameItemTypes(tensor.ElementType)} for the encoder's input {tensor}", actual ?? "none");

    private static Exception Missing(IExceptionContext context, string columnName, string inputName) => context.ExceptParam(
        "schema", $"There is no column '{columnName}' for the encoder's input '{inputName}'. Name one in {nameof(EncodeWithOnnxOptions)}.{nameof(EncodeWithOnnxOptions.Inputs)}.");
}
