using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>
/// A view over .npy files as a command reads it: all rows or a selection, counted for the progress bar, stopped by Ctrl+C.
/// </summary>
internal sealed class WatchedDataView : IDataView
{
    private readonly IDataView _source;
    private readonly RowSelection? _selection;
    private readonly RowCounter _counter;

    internal WatchedDataView(IDataView source, RowCounter counter, RowSelection? selection = null)
    {
        _source = source;
        _counter = counter;
        _selection = selection;
    }

    public bool CanShuffle => _source.CanShuffle;

    public DataViewSchema Schema => _source.Schema;

    public long? GetRowCount() => _selection?.Count ?? _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, _source.GetRowCursor(columnsNeeded, rand));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        Array.ConvertAll(_source.GetRowCursorSet(columnsNeeded, n, rand), cursor => (DataViewRowCursor)new Cursor(this, cursor));

    private sealed class Cursor : DataViewRowCursor, IRowSpans
    {
        // Often enough for the eye, too seldom to cost anything.
        private const int ReportEvery = 1024;

        private readonly WatchedDataView _view;
        private readonly DataViewRowCursor _source;
        private readonly ValueGetter<DataViewRowId> _id;
        private long _position = -1;
        private int _passed;

        internal Cursor(WatchedDataView view, DataViewRowCursor source)
        {
            _view = view;
            _source = source;
            _id = source.GetIdGetter();
        }

        /// <summary>The row's number in its file, which is what the library's messages are to name, also where rows between are left out.</summary>
        public override long Position => _position;

        public override long Batch => _source.Batch;

        public override DataViewSchema Schema => _view.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => _source.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _source.GetGetter<TValue>(column);

        public RowSpanGetter? CreateSpanGetter(DataViewSchema.Column column) => (_source as IRowSpans)?.CreateSpanGetter(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => _source.GetIdGetter();

        public override bool MoveNext()
        {
            DataViewRowId id = default;
            while (_source.MoveNext())
            {
                if (++_passed == ReportEvery)
                    Report();
                _id(ref id);
                if (_view._selection is null || _view._selection.Contains((long)id.Low))
                {
                    _position = (long)id.Low;
                    return true;
                }
            }

            _position = -1;
            Report();
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _source.Dispose();
            base.Dispose(disposing);
        }

        private void Report()
        {
            _view._counter.Add(_passed);
            _passed = 0;
        }
    }
}
