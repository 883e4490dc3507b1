using Microsoft.ML.Data;
using Parquet.Schema;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads row groups, or pieces of large ones, the columns asked for alone.</summary>
internal sealed class ParquetTableReader : ITableReader
{
    private readonly ParquetTable _table;
    private readonly int[] _fields;
    private readonly ParquetHandle _handle;
    private readonly ParquetColumn[] _columns;
    private readonly Array[] _values;
    private readonly LargeGarbage _garbage = new();

    internal ParquetTableReader(ParquetTable table, IReadOnlyList<(int Field, DataViewType Type)> fields, UnusableRows unusableRows)
    {
        (_table, _fields) = (table, [.. fields.Select(field => field.Field)]);
        _handle = new ParquetHandle(table.Name);
        _columns = [.. fields.Select(field => CreateColumn(_handle.Schema.Fields[field.Field], field.Type, unusableRows))];
        _values = new Array[_columns.Length];
    }

    public Array GetValues(int position) => _values[position];

    public void Load(int block)
    {
        for (var i = 0; i < _columns.Length; i++)
            _values[i] = _columns[i].Read(_table.GetPiece(block));
        _garbage.Add(_table.EstimateBytes(block, _fields));
    }

    public void Dispose() => _handle.Dispose();

    private ParquetColumn CreateColumn(Field field, DataViewType type, UnusableRows unusableRows)
    {
        var leaf = ParquetTable.FindLeaf(field)!;
        if (type is not VectorDataViewType { Size: var dimension })
            return ColumnTypes.Dispatch(leaf.ClrType, new ScalarColumns(_handle, _table.Name, leaf));
        return leaf.ClrType == typeof(float)
            ? new ParquetLists<float>(_handle, _table.Name, field, leaf, dimension, unusableRows)
            : new ParquetLists<double>(_handle, _table.Name, field, leaf, dimension, unusableRows);
    }

    private sealed class ScalarColumns(ParquetHandle handle, string file, DataField field) : ITypeVisitor<ParquetColumn>
    {
        public ParquetColumn Visit<T>()
            where T : struct => new ParquetScalars<T>(handle, file, field);
    }
}
