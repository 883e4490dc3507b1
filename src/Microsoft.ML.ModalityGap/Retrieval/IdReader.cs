using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads the id of each row: a text, a key's text, or an integer.</summary>
internal static class IdReader
{
    /// <summary>Finds the column of ids.</summary>
    internal static DataViewSchema.Column Find(IExceptionContext context, DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw context.ExceptSchemaMismatch(nameof(schema), "id", name);
        if (column.Type is not (TextDataViewType or KeyDataViewType) && !IsInteger(column.Type.RawType))
            throw context.ExceptSchemaMismatch(nameof(schema), "id", name, "text, a key with text as key values, or an integer", column.Type.ToString());
        return column.Type is KeyDataViewType ? EmbeddingColumns.FindModality(context, schema, name) : column;
    }

    /// <summary>A getter of the current row's id; <see langword="null"/> where it has none.</summary>
    internal static Func<EmbeddingId?> Create(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType or KeyDataViewType)
        {
            var reader = ModalityReader.Create(row, column);
            return () => reader.Read() is { IsEmpty: false } text ? new EmbeddingId(text.ToString()) : default(EmbeddingId?);
        }

        var type = column.Type.RawType;
        return type == typeof(long) ? Number<long>(row, column)
            : type == typeof(int) ? Number<int>(row, column)
            : type == typeof(uint) ? Number<uint>(row, column)
            : type == typeof(ulong) ? Number<ulong>(row, column)
            : type == typeof(short) ? Number<short>(row, column)
            : type == typeof(ushort) ? Number<ushort>(row, column)
            : type == typeof(byte) ? Number<byte>(row, column)
            : Number<sbyte>(row, column);
    }

    private static bool IsInteger(Type type) =>
        type == typeof(long) || type == typeof(int) || type == typeof(uint) || type == typeof(ulong)
        || type == typeof(short) || type == typeof(ushort) || type == typeof(byte) || type == typeof(sbyte);

    private static Func<EmbeddingId?> Number<T>(DataViewRow row, DataViewSchema.Column column)
        where T : struct, System.Numerics.IBinaryInteger<T>
    {
        var getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default;
            getter(ref value);
            return new EmbeddingId(long.CreateChecked(value));
        };
    }
}
