using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>A data view over tables in files, whose rows follow each other. Reads block by block: a cursor holds one, cursors in parallel are dealt whole ones, and shuffled are the blocks.</summary>
internal sealed class BlockDataView : IDataView
{
    // What parallel cursors may hold together; one alone takes what a block takes.
    private const long ParallelBytes = 96L << 20;

    private readonly IHost _host;
    private readonly ITableFile[] _files;
    private readonly int[][] _fields;
    private readonly (int File, int Block, long FirstRow)[] _blocks;
    private readonly UnusableRows _unusableRows;
    private readonly long _rowCount;

    /// <param name="env">The environment.</param>
    /// <param name="files">At least one.</param>
    /// <param name="columns">The columns' names, and the fields they come from, which each file has.</param>
    /// <param name="unusableRows">What becomes of lists of another length.</param>
    /// <exception cref="InvalidDataException">A file lacks a field, or has it of another type or from other maps than the first.</exception>
    internal BlockDataView(IHostEnvironment env, IReadOnlyList<ITableFile> files, IReadOnlyList<(string Column, string Field)> columns, UnusableRows unusableRows)
    {
        _host = env.Register(nameof(BlockDataView));
        _files = [.. files];
        _unusableRows = unusableRows;
        _fields = Array.ConvertAll(_files, file => columns.Select(column => FindField(file, column.Field)).ToArray());
        _blocks = [.. ListBlocks()];
        _rowCount = _files.Sum(file => file.Blocks.Sum(block => block.RowCount));

        var builder = new DataViewSchema.Builder();
        for (var i = 0; i < columns.Count; i++)
        {
            var (type, fingerprint) = Check(i, columns[i].Field);
            var annotations = new DataViewSchema.Annotations.Builder();
            if (fingerprint is not null)
                MapFingerprint.Add(annotations, fingerprint);
            if (type is VectorDataViewType)
                RowOrigins.Add(annotations, [.. _blocks.Select(block => ($"{_files[block.File].Name}, {_files[block.File].Blocks[block.Block].Name}", _files[block.File].Blocks[block.Block].RowCount))]);
            builder.AddColumn(columns[i].Column, type, annotations.ToAnnotations());
        }

        Schema = builder.ToSchema();
    }

    /// <inheritdoc />
    public bool CanShuffle => true;

    /// <inheritdoc />
    public DataViewSchema Schema { get; }

    /// <inheritdoc />
    public long? GetRowCount() => _rowCount;

    /// <inheritdoc />
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, columnsNeeded, first: 0, step: 1, inOneBatch: true, Shuffle(rand));

    /// <inheritdoc />
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var columns = columnsNeeded.ToArray();
        var count = Math.Clamp(n, 1, CountCursors(columns));
        if (count == 1)
            return [GetRowCursor(columns, rand)];
        var order = Shuffle(rand);
        var cursors = new DataViewRowCursor[count];
        for (var i = 0; i < count; i++)
            cursors[i] = new Cursor(this, columns, first: i, step: count, inOneBatch: false, order);
        return cursors;
    }

    private int CountCursors(DataViewSchema.Column[] columns)
    {
        var largest = 1L;
        foreach (var (file, block, _) in _blocks)
            largest = Math.Max(largest, _files[file].EstimateBytes(block, [.. columns.Select(column => _fields[file][column.Index])]));
        return (int)Math.Max(1, Math.Min(_blocks.Length, ParallelBytes / largest));
    }

    private RowPermutation? Shuffle(Random? rand) => rand is null || _blocks.Length < 2 ? null : new RowPermutation(_blocks.Length, rand.Next());

    private IEnumerable<(int File, int Block, long FirstRow)> ListBlocks()
    {
        var row = 0L;
        for (var file = 0; file < _files.Length; file++)
        {
            for (var block = 0; block < _files[file].Blocks.Count; block++)
            {
                if (_files[file].Blocks[block].RowCount == 0)
                    continue;
                yield return (file, block, row);
                row += _files[file].Blocks[block].RowCount;
            }
        }
    }

    private static int FindField(ITableFile file, string name)
    {
        for (var i = 0; i < file.Fields.Count; i++)
        {
            if (file.Fields[i].Name != name)
                continue;
            return file.Fields[i].Defect is not { } defect ? i : throw new InvalidDataException($"'{file.Name}' has '{name}' as {defect}, which cannot be read here.");
        }

        throw new InvalidDataException($"'{file.Name}' has no column '{name}'; it has {string.Join(", ", file.Fields.Select(field => field.Name))}.");
    }

    /// <summary>What all files agree on.</summary>
    private (DataViewType Type, string? Fingerprint) Check(int column, string name)
    {
        var (type, fingerprint) = (_files[0].GetColumnType(_fields[0][column]), _files[0].FindFingerprint(_fields[0][column]));
        for (var i = 1; i < _files.Length; i++)
        {
            var other = _files[i].GetColumnType(_fields[i][column]);
            if (!other.Equals(type))
                throw new InvalidDataException($"Shards need the same columns, but '{name}' is {Describe(type)} in '{_files[0].Name}' and {Describe(other)} in '{_files[i].Name}'.");
            if (_files[i].FindFingerprint(_fields[i][column]) is var maps && maps != fingerprint)
            {
                throw new InvalidDataException(
                    $"Shards need to lie in one space, but the vectors of '{_files[0].Name}' came through {fingerprint ?? "no maps that are known"} and those of '{_files[i].Name}' through {maps ?? "none that are known"}. Put all through one model, or leave out what does not belong.");
            }
        }

        return (type, fingerprint);

        static string Describe(DataViewType type) => type is VectorDataViewType vector ? $"lists of {vector.Size} numbers" : $"{type}";
    }

    /// <summary>Reads every <c>step</c>th block, of the blocks in their order or in a shuffled one.</summary>
    private sealed class Cursor : RootCursorBase
    {
        private readonly BlockDataView _view;
        private readonly int[] _positions;
        private readonly int[] _columns;
        private readonly int _step;
        private readonly bool _inOneBatch;
        private readonly RowPermutation? _order;
        private ITableReader? _reader;
        private int _readerFile = -1;
        private int _block;
        private long _firstRow;
        private int _row = -1;
        private int _rowCount;

        internal Cursor(BlockDataView view, IEnumerable<DataViewSchema.Column> columnsNeeded, int first, int step, bool inOneBatch, RowPermutation? order)
            : base(view._host)
        {
            (_view, _step, _inOneBatch, _order, _block) = (view, step, inOneBatch, order, first - step);
            _columns = [.. columnsNeeded.Select(column => column.Index).Distinct()];
            _positions = new int[view.Schema.Count];
            Array.Fill(_positions, -1);
            for (var i = 0; i < _columns.Length; i++)
                _positions[_columns[i]] = i;
        }

        public override DataViewSchema Schema => _view.Schema;

        public override long Batch => _inOneBatch ? 0 : _block;

        public override bool IsColumnActive(DataViewSchema.Column column) => _positions[column.Index] >= 0;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) =>
        {
            Ch.Check(IsGood, "There is no current row.");
            value = new DataViewRowId((ulong)(_firstRow + _row), 0);
        };

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            var position = _positions[column.Index];
            if (position < 0)
                throw Ch.Except($"The column '{column.Name}' was not asked for when the cursor was made.");
            if (column.Type.RawType != typeof(TValue))
                throw Ch.Except($"The column '{column.Name}' yields {column.Type.RawType}, not {typeof(TValue)}.");
            if (column.Type is not VectorDataViewType { Size: var dimension })
            {
                return (ref TValue value) =>
                {
                    Ch.Check(IsGood, "There is no current row.");
                    value = ((TValue[])_reader!.GetValues(position))[_row];
                };
            }

            ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> value) =>
            {
                Ch.Check(IsGood, "There is no current row.");
                var editor = VBufferEditor.Create(ref value, dimension);
                ((float[])_reader!.GetValues(position)).AsSpan(_row * dimension, dimension).CopyTo(editor.Values);
                value = editor.Commit();
            };
            return (ValueGetter<TValue>)(Delegate)getter;
        }

        protected override bool MoveNextCore()
        {
            if (++_row < _rowCount)
                return true;
            _block += _step;
            if (_block >= _view._blocks.Length)
                return false;
            var (file, block, firstRow) = _view._blocks[(int)(_order?.Apply(_block) ?? _block)];
            if (file != _readerFile)
            {
                _reader?.Dispose();
                _reader = _view._files[file].Open([.. _columns.Select(column => (_view._fields[file][column], _view.Schema[column].Type))], _view._unusableRows);
                _readerFile = file;
            }

            _reader!.Load(block);
            (_firstRow, _row, _rowCount) = (firstRow, 0, checked((int)_view._files[file].Blocks[block].RowCount));
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _reader?.Dispose();
            base.Dispose(disposing);
        }
    }
}
