using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Some consecutive items as a column of texts, stopped by Ctrl+C. A row's number is the item's, wherever the rows begin.</summary>
internal sealed class ItemsDataView : IDataView
{
    // What is read ahead on several threads goes by such blocks. Left to itself, ML.NET takes 64 rows at a time for each of several threads: the pixels of hundreds of
    // images at once, and as many to be lost by Ctrl+C.
    private const int BlockRows = 4;

    private readonly IReadOnlyList<string> _items;
    private readonly int _start;
    private readonly int _end;
    private readonly CancellationToken _cancellationToken;

    internal ItemsDataView(IReadOnlyList<string> items, string columnName, int start, int end, CancellationToken cancellationToken)
    {
        (_items, _start, _end, _cancellationToken) = (items, start, end, cancellationToken);
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(columnName, TextDataViewType.Instance);
        Schema = builder.ToSchema();
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => _end - _start;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, columnsNeeded.Any(), first: 0, step: 1);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var isActive = columnsNeeded.Any();
        var count = Math.Clamp((_end - _start + BlockRows - 1) / BlockRows, 1, Math.Max(1, n));
        return [.. Enumerable.Range(0, count).Select(i => new Cursor(this, isActive, first: i, step: count))];
    }

    /// <summary>Reads every <c>step</c>th block of rows.</summary>
    private sealed class Cursor(ItemsDataView view, bool isActive, int first, int step) : DataViewRowCursor
    {
        private long _block = first;
        private int _rowInBlock = -1;
        private long _position = -1;

        public override long Position => IsGood ? _position : -1;

        public override long Batch => _block;

        public override DataViewSchema Schema => view.Schema;

        private long Item => view._start + (_block * BlockRows) + _rowInBlock;

        private bool IsGood => _position >= 0 && Item < view._end;

        public override bool IsColumnActive(DataViewSchema.Column column) => isActive;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            ValueGetter<ReadOnlyMemory<char>> getter = (ref ReadOnlyMemory<char> value) => value = view._items[CheckIsGood()].AsMemory();
            return getter as ValueGetter<TValue> ?? throw new InvalidOperationException($"The column '{column.Name}' yields text, not {typeof(TValue)}.");
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)CheckIsGood(), 0);

        public override bool MoveNext()
        {
            view._cancellationToken.ThrowIfCancellationRequested();
            if (Item >= view._end)
                return false;
            _position++;
            if (++_rowInBlock == BlockRows)
                (_block, _rowInBlock) = (_block + step, 0);
            return IsGood;
        }

        private int CheckIsGood() => IsGood ? (int)Item : throw new InvalidOperationException("There is no current row.");
    }
}
