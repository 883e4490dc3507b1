using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>Refuses rows with NaN or infinity, or counts them. A map would carry them on without a word.</summary>
internal sealed class FiniteRowsDataView : IDataView
{
    private readonly IDataView _source;
    private readonly string _path;
    private readonly string _columnName;
    private readonly bool _throws;
    private long _unusable;

    internal FiniteRowsDataView(IDataView source, string path, string columnName, bool throws)
    {
        _source = source;
        _path = path;
        _columnName = columnName;
        _throws = throws;
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema => _source.Schema;

    /// <summary>How many were read so far.</summary>
    internal long UnusableCount => Volatile.Read(ref _unusable);

    public long? GetRowCount() => _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, _source.GetRowCursor(columnsNeeded));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        Array.ConvertAll(_source.GetRowCursorSet(columnsNeeded, n), cursor => (DataViewRowCursor)new Cursor(this, cursor));

    private void Check(ReadOnlySpan<float> row, long position)
    {
        var dimension = RowKernels.IndexOfNotFinite(row);
        if (dimension < 0)
            return;
        if (_throws)
        {
            throw new InvalidDataException(
                $"'{_path}', row {position}{TextLines.DescribeItem(_path, position, _source.GetRowCount() ?? 0)} cannot be mapped: it holds {(float.IsNaN(row[dimension]) ? "a NaN" : "an infinity")} at dimension {dimension}. Mend the data, or give --keep-unusable to write such rows as NaN.");
        }

        Interlocked.Increment(ref _unusable);
    }

    private sealed class Cursor(FiniteRowsDataView view, DataViewRowCursor source) : DataViewRowCursor, IRowSpans
    {
        public override long Position => source.Position;

        public override long Batch => source.Batch;

        public override DataViewSchema Schema => source.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => source.IsColumnActive(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

        public override bool MoveNext() => source.MoveNext();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            var getter = source.GetGetter<TValue>(column);
            if (column.Name != view._columnName || getter is not ValueGetter<VBuffer<float>> embeddings)
                return getter;
            ValueGetter<VBuffer<float>> checkedGetter = (ref VBuffer<float> value) =>
            {
                embeddings(ref value);
                view.Check(value.GetValues(), source.Position);
            };
            return (ValueGetter<TValue>)(Delegate)checkedGetter;
        }

        public RowSpanGetter? CreateSpanGetter(DataViewSchema.Column column)
        {
            var read = (source as IRowSpans)?.CreateSpanGetter(column);
            if (read is null || column.Name != view._columnName)
                return read;
            return () =>
            {
                var row = read();
                view.Check(row, source.Position);
                return row;
            };
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}
