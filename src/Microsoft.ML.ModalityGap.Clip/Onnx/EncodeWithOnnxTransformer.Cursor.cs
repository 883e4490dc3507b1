using System.Runtime.ExceptionServices;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

public sealed partial class EncodeWithOnnxTransformer
{
    private sealed partial class EncodedDataView
    {
        /// <summary>
        /// Reads rows ahead of the one it stands on: the encoder's inputs straight into the batch, the other columns asked for into memory. It reads one more
        /// with each move, so that the encoder has work while the rows before are taken. What goes wrong with a row is thrown when the cursor gets to it
        /// (for an encoding, to the first row of its run).
        /// </summary>
        /// <remarks>
        /// A second cursor over the source would spare the memory, but not see the same rows where the source is shuffled or can be read only once.
        /// </remarks>
        private sealed class Cursor : RootCursorBase
        {
            private readonly EncodedDataView _view;
            private readonly DataViewRowCursor _source;
            private readonly bool[] _active;
            private readonly LookaheadColumn?[] _columns;
            private readonly EncoderBatch _batch;
            private readonly Action<long> _readInputs;
            private readonly DataViewRowId[] _ids;
            private readonly ValueGetter<DataViewRowId> _idGetter;
            private readonly long[] _batchNumbers;
            private long _read; // rows read so far
            private long _started; // of these, rows whose run has begun
            private long _current = -1;
            private bool _sourceEnded;
            private ExceptionDispatchInfo? _failure; // of reading row number _read

            internal Cursor(EncodedDataView view, DataViewRowCursor source, bool[] active)
                : base(view._parent._host)
            {
                (_view, _source, _active) = (view, source, active);
                _batch = view._parent.CreateBatch();
                _ids = new DataViewRowId[_batch.Window];
                _idGetter = source.GetIdGetter();
                _batchNumbers = new long[_batch.Window];
                _columns = new LookaheadColumn?[source.Schema.Count];
                for (var i = 0; i < active.Length; i++)
                {
                    if (active[i] && i != view.EmbeddingIndex)
                    {
                        var column = source.Schema[view.MapToSource(i)];
                        _columns[column.Index] = LookaheadColumn.Create(source, column, _batch.Window);
                    }
                }

                _readInputs = _batch.CreateReader(new AheadRow(this), view._mapper.Inputs);
            }

            public override DataViewSchema Schema => _view.Schema;

            public override long Batch => IsGood ? _batchNumbers[_batch.GetSlot(_current)] : 0;

            public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

            public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) =>
            {
                value = _ids[GetSlot()];
            };

            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            {
                Ch.Check(IsColumnActive(column), $"The column '{column.Name}' was not asked for when the cursor was made.");
                return Cast<TValue>(
                    column.Index == _view.EmbeddingIndex
                        ? (ValueGetter<VBuffer<float>>)GetEmbedding
                        : _columns[_view.MapToSource(column.Index)]!.CreateGetter(GetSlot),
                    column);
            }

            protected override bool MoveNextCore()
            {
                _current++;
                while (!_sourceEnded && _read - _current < _batch.LookAhead)
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
                    _source.Dispose();
                    foreach (var column in _columns)
                        column?.Dispose();
                }

                base.Dispose(disposing);
            }

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

                var waiting = (int)(_read - _started);
                if (waiting == _batch.RowsPerStart || (_sourceEnded && waiting > 0))
                {
                    _batch.Start(_started, waiting);
                    _started = _read;
                }
            }

            private void GetEmbedding(ref VBuffer<float> destination)
            {
                CheckIsGood();
                Copy(_batch.GetEmbedding(_current), ref destination);
            }

            private int GetSlot()
            {
                CheckIsGood();
                return _batch.GetSlot(_current);
            }

            private void CheckIsGood() => Ch.Check(IsGood, "There is no current row.");

            /// <summary>The row being read ahead, for the encoder's inputs: an input column that was also asked for is evaluated only once.</summary>
            private sealed class AheadRow(Cursor cursor) : DataViewRow
            {
                public override DataViewSchema Schema => cursor._source.Schema;

                public override long Position => cursor._source.Position;

                public override long Batch => cursor._source.Batch;

                public override bool IsColumnActive(DataViewSchema.Column column) => cursor._source.IsColumnActive(column);

                public override ValueGetter<DataViewRowId> GetIdGetter() => cursor._idGetter;

                public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => cursor._columns[column.Index] is { } kept
                    ? Cast<TValue>(kept.CreateGetter(() => cursor._batch.GetSlot(cursor._read)), column)
                    : cursor._source.GetGetter<TValue>(column);
            }
        }
    }
}
