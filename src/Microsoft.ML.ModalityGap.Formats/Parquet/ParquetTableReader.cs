using Microsoft.ML.Data;
using Parquet.Schema;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads row groups, the columns asked for alone.</summary>
internal sealed class ParquetTableReader : ITableReader
{
    private readonly ParquetTable _table;
    private readonly (int Field, DataViewType Type)[] _fields;
    private readonly UnusableRows _unusableRows;
    private readonly ParquetHandle _handle;
    private readonly ParquetLists _lists = new();
    private readonly Array[] _values;
    private readonly LargeGarbage _garbage = new();
    private int[] _levels = [];

    internal ParquetTableReader(ParquetTable table, IReadOnlyList<(int Field, DataViewType Type)> fields, UnusableRows unusableRows)
    {
        (_table, _fields, _unusableRows) = (table, [.. fields], unusableRows);
        _handle = new ParquetHandle(table.Name);
        _values = new Array[_fields.Length];
        Array.Fill(_values, Array.Empty<float>());
    }

    public Array GetValues(int position) => _values[position];

    public void Load(int block)
    {
        var rowCount = checked((int)_table.Blocks[block].RowCount);
        for (var i = 0; i < _fields.Length; i++)
        {
            var field = _handle.Schema.Fields[_fields[i].Field];
            _values[i] = _fields[i].Type is VectorDataViewType { Size: var dimension }
                ? _lists.Read(_handle, block, field, new ListRows(_table.Name, _table.Blocks[block].Name, field.Name, dimension, _unusableRows), rowCount, (float[])_values[i])
                : ColumnTypes.Dispatch(((DataField)field).ClrType, new ScalarReader(this, block, (DataField)field, rowCount));
        }

        _garbage.Add(_table.EstimateBytes(block, [.. _fields.Select(field => field.Field)]));
    }

    public void Dispose() => _handle.Dispose();

    private T[] Read<T>(int block, DataField field, int rowCount)
        where T : struct
    {
        var (group, count) = _handle.Open(block, field);
        if (count != rowCount)
            throw new InvalidDataException($"'{_table.Name}' is damaged: {_table.Blocks[block].Name} has {rowCount} rows, but {count} values in '{field.Name}'.");
        var values = new T[rowCount];
        var mayMiss = field.MaxDefinitionLevel > 0;
        if (mayMiss && _levels.Length < rowCount)
            _levels = new int[rowCount];
        _handle.Run(() =>
        {
            group.ReadRawAsync<T>(field, values, mayMiss ? _levels : default(Memory<int>?), null).AsTask().GetAwaiter().GetResult();
            return true;
        });
        if (!mayMiss)
            return values;

        // The values that are there stand in front; from the end each goes to its row.
        var source = _levels.AsSpan(0, rowCount).Count(field.MaxDefinitionLevel);
        for (var row = rowCount - 1; row >= 0 && source <= row; row--)
            values[row] = _levels[row] == field.MaxDefinitionLevel ? values[--source] : ColumnTypes.GetMissing<T>(_table.Name, _table.Blocks[block].Name, field.Name, row);
        return values;
    }

    private sealed class ScalarReader(ParquetTableReader reader, int block, DataField field, int rowCount) : ITypeVisitor<Array>
    {
        public Array Visit<T>()
            where T : struct => reader.Read<T>(block, field, rowCount);
    }
}
