using Microsoft.ML.Data;
using Parquet;
using Parquet.Schema;

namespace Microsoft.ML.ModalityGap;

/// <summary>Gathers a column's values for a row group.</summary>
internal abstract class ColumnGatherer(Field field)
{
    /// <summary>The field they are written as.</summary>
    internal Field Field { get; } = field;

    /// <summary>How many values a row has.</summary>
    internal virtual int Size => 1;

    /// <summary>Whether a column of a type can be written.</summary>
    internal static bool CanWrite(DataViewType type) => type is VectorDataViewType vector
        ? vector.ItemType == NumberDataViewType.Single
        : ColumnTypes.Find(type.RawType) is { } written && written.Equals(type);

    /// <summary>For a column; <see langword="null"/> where its type cannot be written.</summary>
    internal static ColumnGatherer? Create(IDataView data, DataViewSchema.Column column)
    {
        if (!CanWrite(column.Type))
            return null;
        var (type, name) = (column.Type.RawType, column.Name);
        return column.Type is VectorDataViewType
                ? new VectorGatherer(column, EmbeddingColumns.FindDimension(data, column) ?? throw new InvalidDataException($"Column '{name}' has no rows, and so no dimension to write."))
            : type == typeof(ReadOnlyMemory<char>) ? new ScalarGatherer<ReadOnlyMemory<char>>(column, new DataField(name, typeof(string), isNullable: false))
            : type == typeof(DateTime) ? new ScalarGatherer<DateTime>(column, new DateTimeDataField(name, DateTimeFormat.DateAndTimeMicros, isNullable: false))
            : type == typeof(bool) ? Scalar<bool>(column)
            : type == typeof(sbyte) ? Scalar<sbyte>(column)
            : type == typeof(byte) ? Scalar<byte>(column)
            : type == typeof(short) ? Scalar<short>(column)
            : type == typeof(ushort) ? Scalar<ushort>(column)
            : type == typeof(int) ? Scalar<int>(column)
            : type == typeof(uint) ? Scalar<uint>(column)
            : type == typeof(long) ? Scalar<long>(column)
            : type == typeof(ulong) ? Scalar<ulong>(column)
            : type == typeof(float) ? Scalar<float>(column)
            : Scalar<double>(column);
    }

    /// <summary>Prepares for the rows of a cursor, at most so many in a row group.</summary>
    internal abstract void Begin(DataViewRowCursor cursor, int rowGroupRows);

    /// <summary>Takes the cursor's row as one of the row group.</summary>
    internal abstract void Add(int row);

    /// <summary>Writes the rows gathered.</summary>
    internal abstract Task WriteAsync(ParquetRowGroupWriter group, int rowCount);

    private static ScalarGatherer<T> Scalar<T>(DataViewSchema.Column column)
        where T : struct => new(column, new DataField(column.Name, typeof(T), isNullable: false));

    private sealed class ScalarGatherer<T>(DataViewSchema.Column column, DataField field) : ColumnGatherer(field)
        where T : struct
    {
        private ValueGetter<T>? _getter;
        private T[] _values = [];

        internal override void Begin(DataViewRowCursor cursor, int rowGroupRows)
        {
            _getter = cursor.GetGetter<T>(column);
            _values = new T[Math.Min(rowGroupRows, 1024)];
        }

        internal override void Add(int row)
        {
            if (row == _values.Length)
                Array.Resize(ref _values, _values.Length * 2);
            _getter!(ref _values[row]);

            // What a cursor hands out is its own until the next row.
            if (_values is ReadOnlyMemory<char>[] texts)
                texts[row] = texts[row].ToString().AsMemory();
        }

        internal override Task WriteAsync(ParquetRowGroupWriter group, int rowCount) => group.WriteAsync<T>((DataField)Field, new ReadOnlyMemory<T>(_values, 0, rowCount));
    }

    private sealed class VectorGatherer(DataViewSchema.Column column, int dimension)
        : ColumnGatherer(new ListField(column.Name, new DataField(ListField.ElementName, typeof(float), isNullable: false)))
    {
        private ValueGetter<VBuffer<float>>? _getter;
        private VBuffer<float> _row;
        private float[] _values = [];
        private int[] _definitions = [];
        private int[] _repetitions = [];

        internal override int Size => dimension;

        internal override void Begin(DataViewRowCursor cursor, int rowGroupRows)
        {
            _getter = cursor.GetGetter<VBuffer<float>>(column);
            Array.Resize(ref _values, checked(Math.Min(rowGroupRows, 1024) * dimension));
        }

        internal override void Add(int row)
        {
            _getter!(ref _row);
            if (_row.Length != dimension)
                throw new InvalidDataException($"Column '{column.Name}' has a row of {_row.Length} dimensions where {dimension} are expected.");
            if (checked((row + 1) * dimension) > _values.Length)
                Array.Resize(ref _values, checked(_values.Length * 2));
            _row.CopyTo(_values.AsSpan(row * dimension, dimension));
        }

        internal override Task WriteAsync(ParquetRowGroupWriter group, int rowCount)
        {
            // Of each list all numbers are there; the first begins a row.
            var leaf = (DataField)((ListField)Field).Item;
            var count = rowCount * dimension;
            if (_definitions.Length < count)
            {
                (_definitions, _repetitions) = (new int[count], new int[count]);
                Array.Fill(_definitions, leaf.MaxDefinitionLevel);
                Array.Fill(_repetitions, 1);
                for (var i = 0; i < count; i += dimension)
                    _repetitions[i] = 0;
            }

            return group.WriteAllPartsAsync(
                leaf, new ReadOnlyMemory<float>(_values, 0, count), new ReadOnlyMemory<int>(_definitions, 0, count), new ReadOnlyMemory<int>(_repetitions, 0, count), CancellationToken.None);
        }
    }
}
