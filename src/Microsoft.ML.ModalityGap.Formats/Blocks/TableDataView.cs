using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>A data view over tables in files, whose rows follow each other; a cursor holds the values of a block.</summary>
internal sealed class TableDataView : BlockDataView
{
    // What parallel cursors may hold together; one alone takes what a block takes.
    private const long ParallelBytes = 96L << 20;

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
    internal TableDataView(IHostEnvironment env, IReadOnlyList<ITableFile> files, IReadOnlyList<(string Column, string Field)> columns, UnusableRows unusableRows)
        : base(env.Register(nameof(TableDataView)))
    {
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
                RowOrigins.Add(annotations, [.. _blocks.GroupBy(block => (block.File, _files[block.File].Blocks[block.Block].Name)).Select(pieces => ($"{_files[pieces.Key.File].Name}, {pieces.Key.Name}", pieces.Sum(piece => _files[piece.File].Blocks[piece.Block].RowCount)))]);
            builder.AddColumn(columns[i].Column, type, annotations.ToAnnotations());
        }

        Schema = builder.ToSchema();
    }

    /// <inheritdoc />
    public override DataViewSchema Schema { get; }

    protected override long RowCount => _rowCount;

    protected override long BlockCount => _blocks.Length;

    protected override (long FirstRow, long RowCount) GetBlock(long block)
    {
        var (file, number, firstRow) = _blocks[block];
        return (firstRow, _files[file].Blocks[number].RowCount);
    }

    protected override RowBlockReader OpenReader(IReadOnlyList<DataViewSchema.Column> columns)
    {
        if (FindLargest(columns) is var (bytes, file, block) && bytes > 0)
            BlockMemory.Check(Host, _files[file].Name, _files[file].Blocks[block].Name, bytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        return new Reader(this, [.. columns]);
    }

    protected override long CountCursors(IReadOnlyList<DataViewSchema.Column> columns) => Math.Min(_blocks.Length, ParallelBytes / Math.Max(1, FindLargest(columns).Bytes));

    /// <summary>The block whose columns take the most memory.</summary>
    private (long Bytes, int File, int Block) FindLargest(IReadOnlyList<DataViewSchema.Column> columns)
    {
        var largest = (Bytes: 0L, File: 0, Block: 0);
        foreach (var (file, block, _) in _blocks)
        {
            if (_files[file].EstimateBytes(block, [.. columns.Select(column => _fields[file][column.Index])]) is var bytes && bytes > largest.Bytes)
                largest = (bytes, file, block);
        }

        return largest;
    }

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

    /// <summary>Reads blocks of one file after the other.</summary>
    private sealed class Reader(TableDataView view, DataViewSchema.Column[] columns) : RowBlockReader
    {
        private ITableReader? _reader;
        private int _file = -1;

        internal override void Load(long block)
        {
            var (file, number, _) = view._blocks[block];
            if (file != _file)
            {
                _reader?.Dispose();
                (_reader, _file) = (null, -1);
                _reader = view._files[file].Open([.. columns.Select(column => (view._fields[file][column.Index], column.Type))], view._unusableRows);
                _file = file;
            }

            _reader!.Load(number);
        }

        internal override Delegate CreateGetter(DataViewSchema.Column column, BlockPosition position)
        {
            var at = Array.FindIndex(columns, other => other.Index == column.Index);
            if (column.Type is VectorDataViewType { Size: var dimension })
            {
                return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
                {
                    var row = (int)position.GetRowInBlock();
                    var editor = VBufferEditor.Create(ref value, dimension);
                    ((float[])_reader!.GetValues(at)).AsSpan(row * dimension, dimension).CopyTo(editor.Values);
                    value = editor.Commit();
                });
            }

            return ColumnTypes.Dispatch(column.Type.RawType, new ScalarGetters(this, at, position));
        }

        public override void Dispose() => _reader?.Dispose();

        private sealed class ScalarGetters(Reader reader, int at, BlockPosition position) : ITypeVisitor<Delegate>
        {
            public Delegate Visit<T>()
                where T : struct => (ValueGetter<T>)((ref T value) => value = ((T[])reader._reader!.GetValues(at))[position.GetRowInBlock()]);
        }
    }
}
