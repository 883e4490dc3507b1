using System.Runtime.ExceptionServices;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Reads rows ahead of the one it stands on: what is worked on straight into the batch, the other columns asked for into memory. What goes wrong with a row is thrown when the cursor gets to it
/// (of several rows worked on at once, to the first).
/// </summary>
/// <remarks>A second cursor over the source would spare the memory, but not see the same rows where the source is shuffled or can be read only once.</remarks>
internal sealed class LookaheadCursor : RootCursorBase
{
    private readonly ColumnBindings _bindings;
    private readonly DataViewRowCursor _source;
    private readonly bool[] _active;
    private readonly LookaheadColumn?[] _columns;
    private readonly LookaheadBatch _batch;
    private readonly Action<long> _readInputs;
    private readonly Delegate?[] _made;
    private readonly Action? _disposeMade;
    private readonly DataViewRowId[] _ids;
    private readonly ValueGetter<DataViewRowId> _idGetter;
    private readonly long[] _batchNumbers;
    private long _read; // rows read so far
    private long _started; // of these, rows whose run has begun
    private long _current = -1;
    private bool _sourceEnded;
    private ExceptionDispatchInfo? _failure; // of reading row number _read

    /// <param name="host">Whose messages they are.</param>
    /// <param name="mapper">The transformer bound to the source's schema.</param>
    /// <param name="bindings">Its columns and the source's.</param>
    /// <param name="source">The rows.</param>
    /// <param name="active">The columns asked for.</param>
    /// <param name="isKept">Of the source's columns, those whose values are kept.</param>
    /// <param name="isAlone">Whether no other cursor goes beside.</param>
    internal LookaheadCursor(IHost host, ILookaheadMapper mapper, ColumnBindings bindings, DataViewRowCursor source, bool[] active, bool[] isKept, bool isAlone)
        : base(host)
    {
        (_bindings, _source, _active) = (bindings, source, active);
        bool IsActive(int output) => active[bindings.AddedColumnIndices[output]];
        bool IsAhead(int output) => IsActive(output) && mapper.IsMadeAhead(output);
        _batch = mapper.CreateBatch(IsAhead, isAlone);
        _ids = new DataViewRowId[_batch.Window];
        _idGetter = source.GetIdGetter();
        _batchNumbers = new long[_batch.Window];
        _columns = new LookaheadColumn?[source.Schema.Count];
        foreach (var column in source.Schema)
        {
            if (isKept[column.Index])
                _columns[column.Index] = mapper.Keep(source, column, _batch.Window);
        }

        _readInputs = _batch.CreateReader(new AheadRow(this), mapper.GetInputs(IsAhead));
        _made = mapper.CreateGetters(new CurrentRow(this), output => IsActive(output) && !mapper.IsMadeAhead(output), out _disposeMade);
        for (var output = 0; output < _made.Length; output++)
        {
            if (IsAhead(output))
                _made[output] = _batch.CreateGetter(output, GetSlot);
        }
    }

    public override DataViewSchema Schema => _bindings.Schema;

    public override long Batch => IsGood ? _batchNumbers[_batch.GetSlot(_current)] : 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) =>
    {
        value = _ids[GetSlot()];
    };

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Ch.Check(IsColumnActive(column), $"The column '{column.Name}' was not asked for when the cursor was made.");
        var index = _bindings.MapColumnIndex(out var isOfSource, column.Index);
        return Cast<TValue>(isOfSource ? _columns[index]!.CreateGetter(GetSlot) : _made[index]!, column);
    }

    protected override bool MoveNextCore()
    {
        _current++;
        while (!_sourceEnded && _read < _batch.GetReadEnd(_current))
            ReadRow();
        if (_current < _read)
        {
            _batch.Wait(_current);
            return true;
        }

        _failure?.Throw();
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _batch.Settle();
            _disposeMade?.Invoke();
            _source.Dispose();
            foreach (var column in _columns)
                column?.Dispose();
        }

        base.Dispose(disposing);
    }

    internal static ValueGetter<TValue> Cast<TValue>(Delegate getter, DataViewSchema.Column column) => getter as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"The column '{column.Name}' yields {column.Type.RawType}, not {typeof(TValue)}.");

    private void ReadRow()
    {
        try
        {
            if (_source.MoveNext())
            {
                var slot = _batch.GetSlot(_read);
                _idGetter(ref _ids[slot]);
                _batchNumbers[slot] = _source.Batch;
                foreach (var column in _columns)
                    column?.Read(slot);
                _readInputs(_read);
                _read++;
            }
            else
            {
                _sourceEnded = true;
            }
        }
        catch (Exception exception)
        {
            (_sourceEnded, _failure) = (true, ExceptionDispatchInfo.Capture(exception));
        }

        if (_read > _started && (_sourceEnded || _read == _batch.GetRunEnd(_started)))
        {
            _batch.Start(_started, (int)(_read - _started));
            _started = _read;
        }
    }

    private int GetSlot()
    {
        Ch.Check(IsGood, "There is no current row.");
        return _batch.GetSlot(_current);
    }

    /// <summary>The row being read ahead: an input column that was also asked for is evaluated only once.</summary>
    private sealed class AheadRow(LookaheadCursor cursor) : DataViewRow, IRowSpans
    {
        public override DataViewSchema Schema => cursor._source.Schema;

        public override long Position => cursor._source.Position;

        public override long Batch => cursor._source.Batch;

        public override bool IsColumnActive(DataViewSchema.Column column) => cursor._source.IsColumnActive(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => cursor._idGetter;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => cursor._columns[column.Index] is { } kept
            ? Cast<TValue>(kept.CreateGetter(() => cursor._batch.GetSlot(cursor._read)), column)
            : cursor._source.GetGetter<TValue>(column);

        public RowSpanGetter? CreateSpanGetter(DataViewSchema.Column column) => cursor._columns[column.Index] is null ? (cursor._source as IRowSpans)?.CreateSpanGetter(column) : null;
    }

    /// <summary>The source's row that the cursor stands on, for columns that are made of it alone.</summary>
    private sealed class CurrentRow(LookaheadCursor cursor) : DataViewRow
    {
        public override DataViewSchema Schema => cursor._source.Schema;

        public override long Position => cursor.Position;

        public override long Batch => cursor.Batch;

        public override bool IsColumnActive(DataViewSchema.Column column) => cursor._columns[column.Index] is not null;

        public override ValueGetter<DataViewRowId> GetIdGetter() => cursor.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => Cast<TValue>(cursor._columns[column.Index]!.CreateGetter(cursor.GetSlot), column);
    }
}
