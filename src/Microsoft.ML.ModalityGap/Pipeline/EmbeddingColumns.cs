using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>What this library asks of a schema's columns, and the words when it is not there. The one place that checks columns.</summary>
internal static class EmbeddingColumns
{
    /// <summary>Finds an embedding column: a vector of Single, with the given dimension or one that varies by row.</summary>
    internal static DataViewSchema.Column Find(IExceptionContext context, DataViewSchema schema, string name, int? dimension = null)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw context.ExceptSchemaMismatch(nameof(schema), "embedding", name);
        if (column.Type is not VectorDataViewType { ItemType: NumberDataViewType { RawType: var rawType } } type || rawType != typeof(float)
            || (dimension is not null && type.Size != 0 && type.Size != dimension))
        {
            throw context.ExceptSchemaMismatch(nameof(schema), "embedding", name, ExpectedType(dimension), column.Type.ToString());
        }

        return column;
    }

    /// <summary>Checks the same of a column that is only promised, and returns it.</summary>
    internal static SchemaShape.Column Find(IExceptionContext context, SchemaShape schema, string name)
    {
        if (!schema.TryFindColumn(name, out var column))
            throw context.ExceptSchemaMismatch(nameof(schema), "embedding", name);
        if (column.Kind == SchemaShape.Column.VectorKind.Scalar || column.ItemType != NumberDataViewType.Single || column.IsKey)
            throw context.ExceptSchemaMismatch(nameof(schema), "embedding", name, ExpectedType(dimension: null), column.GetTypeString());
        return column;
    }

    /// <summary>Finds the column that names a row's modality: a text, or a key whose values are texts.</summary>
    internal static DataViewSchema.Column FindModality(IExceptionContext context, DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw context.ExceptSchemaMismatch(nameof(schema), "modality", name);
        var isNamedKey = column.Type is KeyDataViewType && column.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues) is
        {
            Type: VectorDataViewType { ItemType: TextDataViewType },
        };
        if (column.Type is not TextDataViewType && !isNamedKey)
            throw context.ExceptSchemaMismatch(nameof(schema), "modality", name, "text, or a key with text as key values", column.Type.ToString());
        return column;
    }

    /// <summary>Checks the same of a column that is only promised.</summary>
    internal static void FindModality(IExceptionContext context, SchemaShape schema, string name)
    {
        if (!schema.TryFindColumn(name, out var column))
            throw context.ExceptSchemaMismatch(nameof(schema), "modality", name);
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || (!column.IsKey && column.ItemType is not TextDataViewType))
            throw context.ExceptSchemaMismatch(nameof(schema), "modality", name, "text, or a key with text as key values", column.GetTypeString());
    }

    /// <summary>The dimension of a column: its type's, or, where that varies by row, that of the first row that has one.</summary>
    internal static int? FindDimension(IDataView data, DataViewSchema.Column column)
    {
        if (((VectorDataViewType)column.Type).Size is var size and not 0)
            return size;

        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> row = default;
        while (cursor.MoveNext())
        {
            getter(ref row);
            if (row.Length > 0)
                return row.Length;
        }

        return null;
    }

    private static string ExpectedType(int? dimension) => dimension is null ? "a vector of Single" : $"a vector of Single with {dimension} dimensions";
}
