using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Reads ids from a column of texts, keys or numbers, as text: a key is its value where that is a text, else its number, counted from 1; a number is written without
/// needless digits, so that 7, 7.0 and "7" are the same id. A missing key, NaN and an empty text are the empty text: no id.
/// </summary>
internal static class IdReader
{
    internal static DataViewSchema.Column FindColumn(IExceptionContext context, DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw context.ExceptSchemaMismatch(nameof(schema), "id", name);
        if (column.Type is not (TextDataViewType or KeyDataViewType or NumberDataViewType))
            throw context.ExceptSchemaMismatch(nameof(schema), "id", name, "text, a key or a number", column.Type.ToString());
        return column;
    }

    internal static Func<string> Create(DataViewRow row, DataViewSchema.Column column)
    {
        var hasNames = column.Type is KeyDataViewType
            && column.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues) is { Type: VectorDataViewType { ItemType: TextDataViewType } };
        if (column.Type is TextDataViewType || hasNames)
        {
            var reader = ModalityReader.Create(row, column);
            return () => reader.Read().ToString();
        }

        var isKey = column.Type is KeyDataViewType;
        return Type.GetTypeCode(column.Type.RawType) switch
        {
            TypeCode.Byte => Read<byte>(row, column, isKey),
            TypeCode.UInt16 => Read<ushort>(row, column, isKey),
            TypeCode.UInt32 => Read<uint>(row, column, isKey),
            TypeCode.UInt64 => Read<ulong>(row, column, isKey),
            TypeCode.SByte => Read<sbyte>(row, column, isKey),
            TypeCode.Int16 => Read<short>(row, column, isKey),
            TypeCode.Int32 => Read<int>(row, column, isKey),
            TypeCode.Int64 => Read<long>(row, column, isKey),
            TypeCode.Single => Read<float>(row, column, isKey),
            _ => Read<double>(row, column, isKey),
        };
    }

    private static Func<string> Read<T>(DataViewRow row, DataViewSchema.Column column, bool isKey)
        where T : struct, System.Numerics.INumberBase<T>
    {
        var getter = row.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            getter(ref value);
            return T.IsNaN(value) || (isKey && T.IsZero(value)) ? "" : value.ToString(null, CultureInfo.InvariantCulture);
        };
    }
}
