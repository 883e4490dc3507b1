using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.ModalityGap;

/// <summary>What <see cref="PreprocessClipImagesTransformer"/> asks of its input column, and the words when it is not there.</summary>
internal static class ClipImageColumn
{
    private const string Role = "image";
    private const string Expected = "an image, a text (the path of an image file), or a vector of Byte (an image file's content)";

    internal static DataViewSchema.Column Find(IExceptionContext context, DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw context.ExceptSchemaMismatch(nameof(schema), Role, name);
        var fits = column.Type is ImageDataViewType or TextDataViewType || (column.Type is VectorDataViewType { ItemType: var itemType } && IsByte(itemType));
        return fits ? column : throw context.ExceptSchemaMismatch(nameof(schema), Role, name, Expected, column.Type.ToString());
    }

    internal static void Find(IExceptionContext context, SchemaShape schema, string name)
    {
        if (!schema.TryFindColumn(name, out var column))
            throw context.ExceptSchemaMismatch(nameof(schema), Role, name);
        var fits = column.Kind == SchemaShape.Column.VectorKind.Scalar
            ? column.ItemType is ImageDataViewType or TextDataViewType
            : IsByte(column.ItemType) && !column.IsKey;
        if (!fits)
            throw context.ExceptSchemaMismatch(nameof(schema), Role, name, Expected, column.GetTypeString());
    }

    private static bool IsByte(DataViewType type) => type is NumberDataViewType && type.RawType == typeof(byte);
}
