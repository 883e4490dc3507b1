using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Gathers a column's values for a block that is written.</summary>
internal abstract class ColumnBuffer
{
    private readonly DataViewSchema.Column _column;

    private ColumnBuffer(DataViewSchema.Column column, int? dimension) => (_column, Dimension) = (column, dimension);

    /// <summary>The column's name.</summary>
    internal string Name => _column.Name;

    /// <summary>The type of a value; of a vector column that of vectors.</summary>
    internal Type ElementType => _column.Type.RawType;

    /// <summary>Of vectors; <see langword="null"/> of values.</summary>
    internal int? Dimension { get; }

    /// <summary>Of the maps that the vectors came through, where that is known.</summary>
    internal string? Fingerprint => MapFingerprint.Find(_column);

    /// <summary>The rows gathered, from the front: a value each, or the floats of a vector, row behind row.</summary>
    internal abstract Array Values { get; }

    /// <summary>Whether a column of a type can be gathered.</summary>
    internal static bool CanGather(DataViewType type) => type is VectorDataViewType vector
        ? vector.ItemType == NumberDataViewType.Single
        : ColumnTypes.Find(type.RawType) is { } gathered && gathered.Equals(type);

    /// <summary>For a column that can be gathered.</summary>
    /// <exception cref="InvalidDataException">A column of vectors has no row, and so no dimension.</exception>
    internal static ColumnBuffer Create(IDataView data, DataViewSchema.Column column) => column.Type is VectorDataViewType
        ? new VectorBuffer(column, EmbeddingColumns.FindDimension(data, column) ?? throw new InvalidDataException($"Column '{column.Name}' has no rows, and so no dimension to write."))
        : ColumnTypes.Dispatch(column.Type.RawType, new ScalarBuffers(column));

    /// <summary>Prepares for the rows of a cursor, at most so many in a block.</summary>
    internal abstract void Begin(DataViewRowCursor cursor, int blockRows);

    /// <summary>Takes the cursor's row as one of the block.</summary>
    internal abstract void Add(int row);

    private sealed class ScalarBuffers(DataViewSchema.Column column) : ITypeVisitor<ColumnBuffer>
    {
        public ColumnBuffer Visit<T>()
            where T : struct => new ScalarBuffer<T>(column);
    }

    private sealed class ScalarBuffer<T>(DataViewSchema.Column column) : ColumnBuffer(column, dimension: null)
        where T : struct
    {
        private ValueGetter<T>? _getter;
        private T[] _values = [];

        internal override Array Values => _values;

        internal override void Begin(DataViewRowCursor cursor, int blockRows)
        {
            _getter = cursor.GetGetter<T>(_column);
            _values = new T[Math.Min(blockRows, 1024)];
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
    }

    private sealed class VectorBuffer(DataViewSchema.Column column, int dimension) : ColumnBuffer(column, dimension)
    {
        private readonly int _dimension = dimension;
        private ValueGetter<VBuffer<float>>? _getter;
        private VBuffer<float> _row;
        private float[] _values = [];

        internal override Array Values => _values;

        internal override void Begin(DataViewRowCursor cursor, int blockRows)
        {
            _getter = cursor.GetGetter<VBuffer<float>>(_column);
            _values = new float[checked(Math.Min(blockRows, 1024) * _dimension)];
        }

        internal override void Add(int row)
        {
            _getter!(ref _row);
            if (_row.Length != _dimension)
                throw new InvalidDataException($"Column '{Name}' has a row of {_row.Length} dimensions where {_dimension} are expected.");
            if (checked((row + 1) * _dimension) > _values.Length)
                Array.Resize(ref _values, checked(_values.Length * 2));
            _row.CopyTo(_values.AsSpan(row * _dimension, _dimension));
        }
    }
}
