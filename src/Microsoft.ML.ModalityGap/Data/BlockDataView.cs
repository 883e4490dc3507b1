using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>A data view over rows in files that are read in blocks: a cursor is in one at a time, cursors in parallel are dealt whole ones, and shuffled are the blocks, so that files are still read in large pieces.</summary>
internal abstract class BlockDataView(IHost host) : IDataView
{
    /// <inheritdoc />
    public bool CanShuffle => true;

    /// <inheritdoc />
    public abstract DataViewSchema Schema { get; }

    /// <summary>What is told of what goes on.</summary>
    protected IHost Host => host;

    /// <summary>Rows of all blocks.</summary>
    protected abstract long RowCount { get; }

    /// <summary>How many blocks there are; none is empty.</summary>
    protected abstract long BlockCount { get; }

    /// <inheritdoc />
    public long? GetRowCount() => RowCount;

    /// <inheritdoc />
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, host, columnsNeeded, first: 0, step: 1, inOneBatch: true, Shuffle(rand));

    /// <inheritdoc />
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var columns = columnsNeeded.ToArray();
        var count = (int)Math.Max(1, Math.Min(n, CountCursors(columns)));
        if (count == 1)
            return [GetRowCursor(columns, rand)];
        var order = Shuffle(rand);
        var cursors = new DataViewRowCursor[count];
        for (var i = 0; i < count; i++)
            cursors[i] = new Cursor(this, host, columns, first: i, step: count, inOneBatch: false, order);
        return cursors;
    }

    /// <summary>Which rows a block has.</summary>
    protected abstract (long FirstRow, long RowCount) GetBlock(long block);

    /// <summary>How many cursors are worth having, or can be had, beside each other.</summary>
    protected virtual long CountCursors(IReadOnlyList<DataViewSchema.Column> columns) => BlockCount;

    /// <summary>Opens a reader of some columns, each named once.</summary>
    protected abstract RowBlockReader OpenReader(IReadOnlyList<DataViewSchema.Column> columns);

    private RowPermutation? Shuffle(Random? rand) => rand is null || BlockCount < 2 ? null : new RowPermutation(BlockCount, rand.Next());

    /// <summary>Goes through every <c>step</c>th block, of the blocks in their order or in a shuffled one.</summary>
    private sealed class Cursor : RootCursorBase, IRowSpans
    {
        private readonly BlockDataView _view;
        private readonly bool[] _active;
        private readonly RowBlockReader _reader;
        private readonly BlockPosition _position = new();
        private readonly long _step;
        private readonly bool _inOneBatch;
        private readonly RowPermutation? _order;
        private long _block;

        internal Cursor(BlockDataView view, IHost host, IEnumerable<DataViewSchema.Column> columnsNeeded, long first, long step, bool inOneBatch, RowPermutation? order)
            : base(host)
        {
            (_view, _step, _inOneBatch, _order, _block) = (view, step, inOneBatch, order, first - step);
            _active = new bool[view.Schema.Count];
            foreach (var column in columnsNeeded)
                _active[column.Index] = true;
            _reader = view.OpenReader([.. view.Schema.Where(column => _active[column.Index])]);
        }

        public override DataViewSchema Schema => _view.Schema;

        public override long Batch => _inOneBatch ? 0 : _block;

        public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)_position.GetRow(), 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!_active[column.Index])
                throw Ch.Except($"The column '{column.Name}' was not asked for when the cursor was made.");
            return column.Type.RawType == typeof(TValue)
                ? (ValueGetter<TValue>)_reader.CreateGetter(column, _position)
                : throw Ch.Except($"The column '{column.Name}' yields {column.Type.RawType}, not {typeof(TValue)}.");
        }

        public RowSpanGetter? CreateSpanGetter(DataViewSchema.Column column) => _active[column.Index] ? _reader.CreateSpanGetter(column, _position) : null;

        protected override bool MoveNextCore()
        {
            if (_position.MoveNext())
                return true;
            _block += _step;
            if (_block >= _view.BlockCount)
            {
                _position.Leave();
                return false;
            }

            var block = _order?.Apply(_block) ?? _block;
            _reader.Load(block);
            var (firstRow, rowCount) = _view.GetBlock(block);
            _position.Enter(firstRow, rowCount);
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _reader.Dispose();
            base.Dispose(disposing);
        }
    }
}
