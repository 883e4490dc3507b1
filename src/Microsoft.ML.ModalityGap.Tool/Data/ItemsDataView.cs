using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Some consecutive items as a column of texts, stopped by Ctrl+C. A row's number is the item's, wherever the rows begin.</summary>
internal sealed class ItemsDataView : IDataView
{
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

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, columnsNeeded.Any());

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];

    private sealed class Cursor(ItemsDataView view, bool isActive) : DataViewRowCursor
    {
        private int _item = view._start - 1;

        public override long Position => IsGood ? _item - view._start : -1;

        public override long Batch => 0;

        public override DataViewSchema Schema => view.Schema;

        private bool IsGood => _item >= view._start && _item < view._end;

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
            if (_item < view._end)
                _item++;
            return IsGood;
        }

        private int CheckIsGood() => IsGood ? _item : throw new InvalidOperationException("There is no current row.");
    }
}
