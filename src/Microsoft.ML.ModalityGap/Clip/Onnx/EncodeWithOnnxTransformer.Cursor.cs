using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

public sealed partial class EncodeWithOnnxTransformer
{
    private sealed partial class EncodedDataView
    {
        /// <summary>
        /// Reads a window of rows ahead of the one it stands on: the encoder's inputs straight into the batch, the other columns asked for into memory.
        /// Encoding begins
        /// while the window is still being read, and is over when the cursor stands on its first row.
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
            private readonly OnnxBatch _batch;
            private readonly BatchRowReader _readInputs;
            private readonly DataViewRowId[] _ids;
            private readonly ValueGetter<DataViewRowId> _idGetter;
            private readonly long[] _batchNumbers;
            private int _count;
            private int _index = -1;
            private bool _sourceEnded;

            internal Cursor(EncodedDataView view, DataViewRowCursor source, bool[] active)
                : base(view._parent._host)
            {
                (_view, _source, _active) = (view, source, active);
                var capacity = view._parent.BatchSize;
                _ids = new DataViewRowId[capacity];
                _idGetter = source.GetIdGetter();
                _batchNumbers = new long[capacity];
                _columns = new LookaheadColumn?[source.Schema.Count];
                for (var i = 0; i < active.Length; i++)
                {
                    if (active[i] && i != view.EmbeddingIndex)
                    {
                        var column = source.Schema[view.MapToSource(i)];
                        _columns[column.Index] = LookaheadColumn.Create(source, column, capacity);
                    }
                }

                _batch = view._parent.CreateBatch();
                _readInputs = _batch.CreateReader(new AheadRow(this), view._mapper.Inputs);
            }

            public override DataViewSchema Schema => _view.Schema;

            public override long Batch => IsGood && _index < _count ? _batchNumbers[_index] : 0;

            public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

            public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) =>
            {
                CheckIsGood();
                value = _ids[_index];
            };

            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            {
                Ch.Check(IsColumnActive(column), $"The column '{column.Name}' was not asked for when the cursor was made.");
                return Cast<TValue>(
                    column.Index == _view.EmbeddingIndex
                        ? (ValueGetter<VBuffer<float>>)GetEmbedding
                        : _columns[_view.MapToSource(column.Index)]!.CreateGetter(GetIndex),
                    column);
            }

            protected override bool MoveNextCore()
            {
                if (++_index < _count)
                    return true;

                (_index, _count) = (0, 0);
                var started = 0;
                try
                {
                    while (_count < _ids.Length && !_sourceEnded)
                    {
                        if (_source.MoveNext())
                            ReadRow();
                        else
                            _sourceEnded = true;
                        if (_count - started == _batch.RowsPerRun)
                        {
                            _batch.Start(started, _batch.RowsPerRun);
                            started = _count;
                        }
                    }

                    if (_count > started)
                        _batch.Start(started, _count - started);
                }
                finally
                {
                    _batch.Complete();
                }

                return _count > 0;
            }

            protected override void Dispose(bool disposing)
            {
                if (disposing)
                {
                    _source.Dispose();
                    foreach (var column in _columns)
                        column?.Dispose();
                }

                base.Dispose(disposing);
            }

            private void ReadRow()
            {
                _idGetter(ref _ids[_count]);
                _batchNumbers[_count] = _source.Batch;
                foreach (var column in _columns)
                    column?.Read(_count);
                _readInputs(_count);
                _count++;
            }

            private void GetEmbedding(ref VBuffer<float> destination)
            {
                CheckIsGood();
                Copy(_batch.GetEmbedding(_index), ref destination);
            }

            private int GetIndex()
            {
                CheckIsGood();
                return _index;
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
                    ? Cast<TValue>(kept.CreateGetter(() => cursor._count), column)
                    : cursor._source.GetGetter<TValue>(column);
            }
        }
    }
}
