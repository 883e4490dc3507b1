using System.Text;
using Apache.Arrow;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads record batches.</summary>
internal sealed class ArrowTableReader : ITableReader
{
    private readonly ArrowTable _table;
    private readonly (int Field, DataViewType Type)[] _fields;
    private readonly UnusableRows _unusableRows;
    private readonly ArrowHandle _handle;
    private readonly System.Array[] _values;

    internal ArrowTableReader(ArrowTable table, IReadOnlyList<(int Field, DataViewType Type)> fields, UnusableRows unusableRows)
    {
        (_table, _fields, _unusableRows) = (table, [.. fields], unusableRows);
        _handle = new ArrowHandle(table.Name);
        _values = new System.Array[_fields.Length];
        System.Array.Fill(_values, System.Array.Empty<float>());
    }

    public System.Array GetValues(int position) => _values[position];

    public void Load(int block)
    {
        using var batch = _handle.Read(block);
        for (var i = 0; i < _fields.Length; i++)
        {
            var (field, type) = _fields[i];
            var buffer = _values[i];
            _values[i] = _handle.Run(() =>
            {
                var column = batch.Column(field);
                ArrowColumnCheck.Check(column, batch.Length);
                return type is VectorDataViewType { Size: var dimension }
                    ? ArrowLists.Read(column, new ListRows(_table.Name, _table.Blocks[block], _table.Fields[field].Name, dimension, _unusableRows), (float[])buffer)
                    : ReadScalars(column, block, _table.Fields[field].Name);
            });
        }
    }

    public void Dispose() => _handle.Dispose();

    private System.Array ReadScalars(IArrowArray column, int block, string field) => column switch
    {
        // Its GetString takes the offsets as they stand, wherever they lead.
        StringArray texts => Read(texts, block, field, row => Encoding.UTF8.GetString(texts.GetBytes(row)).AsMemory()),
        LargeStringArray texts => Read(texts, block, field, row => texts.GetString(row).AsMemory()),
        StringViewArray texts => Read(texts, block, field, row => texts.GetString(row).AsMemory()),
        TimestampArray times => Read(times, block, field, row => times.GetTimestamp(row)!.Value.UtcDateTime),
        BooleanArray truths => Read(truths, block, field, row => truths.GetValue(row)!.Value),
        Int8Array numbers => Copy(numbers, block, field),
        UInt8Array numbers => Copy(numbers, block, field),
        Int16Array numbers => Copy(numbers, block, field),
        UInt16Array numbers => Copy(numbers, block, field),
        Int32Array numbers => Copy(numbers, block, field),
        UInt32Array numbers => Copy(numbers, block, field),
        Int64Array numbers => Copy(numbers, block, field),
        UInt64Array numbers => Copy(numbers, block, field),
        FloatArray numbers => Copy(numbers, block, field),
        _ => Copy((DoubleArray)column, block, field),
    };

    private T[] Copy<T>(PrimitiveArray<T> column, int block, string field)
        where T : struct, IEquatable<T> => Read(column, block, field, row => column.GetValue(row)!.Value);

    private T[] Read<T>(IArrowArray column, int block, string field, Func<int, T> get)
    {
        var values = new T[column.Length];
        for (var row = 0; row < values.Length; row++)
            values[row] = column.IsNull(row) ? ColumnTypes.GetMissing<T>(_table.Name, _table.Blocks[block].Name, field, row) : get(row);
        return values;
    }
}
