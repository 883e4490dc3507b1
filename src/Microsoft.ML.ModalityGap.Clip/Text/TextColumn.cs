using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Finds the column of texts, in a schema or a promised one.</summary>
internal static class TextColumn
{
    internal static DataViewSchema.Column Find(IExceptionContext context, DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw context.ExceptSchemaMismatch(nameof(schema), "text", name);
        if (column.Type is not TextDataViewType)
            throw context.ExceptSchemaMismatch(nameof(schema), "text", name, TextDataViewType.Instance.ToString(), column.Type.ToString());
        return column;
    }

    internal static void Check(IExceptionContext context, SchemaShape schema, string name)
    {
        if (!schema.TryFindColumn(name, out var column))
            throw context.ExceptSchemaMismatch(nameof(schema), "text", name);
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.ItemType is not TextDataViewType)
            throw context.ExceptSchemaMismatch(nameof(schema), "text", name, TextDataViewType.Instance.ToString(), column.GetTypeString());
    }
}
