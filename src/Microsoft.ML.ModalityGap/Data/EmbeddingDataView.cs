using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>A data view over matrices in files: each column is a modality, each row a row of all of them. Streams; nothing is loaded.</summary>
internal sealed class EmbeddingDataView : IDataView
{
    /// <summary>The column of a file's rows where nobody names it.</summary>
    internal const string DefaultColumnName = "Embedding";

    private readonly IHost _host;
    private readonly EmbeddingSource[] _sources;

    internal EmbeddingDataView(IHostEnvironment env, IReadOnlyList<EmbeddingSource> sources)
    {
        _host = env.Register(nameof(EmbeddingDataView));
        _sources = [.. sources];

        var builder = new DataViewSchema.Builder();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var source in _sources)
        {
            if (source.RowCount != _sources[0].RowCount)
            {
                throw new InvalidDataException(
                    $"Columns of one data set need as many rows each, but '{_sources[0].ColumnName}' ({_sources[0].Name}) has {_sources[0].RowCount} and '{source.ColumnName}' ({source.Name}) has {source.RowCount}.");
            }

            if (!names.Add(source.ColumnName))
                throw new ArgumentException($"The column name '{source.ColumnName}' is given twice.", nameof(sources));

            var annotations = new DataViewSchema.Annotations.Builder();
            if (source.Fingerprint is { } fingerprint)
                MapFingerprint.Add(annotations, fingerprint);
            if (source.Shards.Count > 1)
                RowOrigins.Add(annotations, [.. source.Shards.Select(shard => (shard.Name, shard.RowCount))]);
            builder.AddColumn(source.ColumnName, new VectorDataViewType(NumberDataViewType.Single, source.Dimension), annotations.ToAnnotations());
        }

        Schema = builder.ToSchema();
    }

    /// <inheritdoc />
    public bool CanShuffle => true;

    /// <inheritdoc />
    public DataViewSchema Schema { get; }

    private long RowCount => _sources[0].RowCount;

    private long BlockCount => (RowCount + BlockRows - 1) / BlockRows;

    // Rows are dealt to parallel cursors in blocks: what is read at once.
    private long BlockRows => _sources.Min(source => source.WindowRows);

    /// <inheritdoc />
    public long? GetRowCount() => RowCount;

    /// <inheritdoc />
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, columnsNeeded, first: 0, step: 1, inOneBatch: true, Shuffle(rand));

    /// <inheritdoc />
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var columns = columnsNeeded.ToArray();
        var count = (int)Math.Clamp(Math.Min(n, BlockCount), 1, int.MaxValue);
        if (count == 1)
            return [GetRowCursor(columns, rand)];

        var order = Shuffle(rand);
        var cursors = new DataViewRowCursor[count];
        for (var i = 0; i < count; i++)
            cursors[i] = new Cursor(this, columns, first: i, step: count, inOneBatch: false, order);
        return cursors;
    }

    /// <summary>Shuffled are the blocks; rows stay beside their neighbours, so that the file is still read in large pieces.</summary>
    private RowPermutation? Shuffle(Random? rand) => rand is null || BlockCount < 2 ? null : new RowPermutation(BlockCount, rand.Next());

    /// <summary>Reads every <c>step</c>th block of rows, of the blocks in their order or in a shuffled one.</summary>
    private sealed class Cursor : RootCursorBase
    {
        private readonly EmbeddingDataView _view;
        private readonly ShardedReader?[] _readers;
        private readonly long _blockRows;
        private readonly long _step;
        private readonly bool _inOneBatch;
        private readonly RowPermutation? _order;
        private long _block;
        private long _row = -1;
        private long _blockEnd;

        internal Cursor(EmbeddingDataView view, IEnumerable<DataViewSchema.Column> columnsNeeded, long first, long step, bool inOneBatch, RowPermutation? order)
            : base(view._host)
        {
            _view = view;
            _blockRows = view.BlockRows;
            _step = step;
            _inOneBatch = inOneBatch;
            _order = order;
            _block = first - step;
            _readers = new ShardedReader?[view._sources.Length];
            try
            {
                foreach (var column in columnsNeeded)
                    _readers[column.Index] ??= new ShardedReader(view._sources[column.Index]);
            }
            catch
            {
                Dispose(true);
                throw;
            }
        }

        public override DataViewSchema Schema => _view.Schema;

        public override long Batch => _inOneBatch ? 0 : _block;

        public override bool IsColumnActive(DataViewSchema.Column column) => _readers[column.Index] is not null;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) =>
        {
            Ch.Check(IsGood, "There is no current row.");
            value = new DataViewRowId((ulong)_row, 0);
        };

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (_readers[column.Index] is not { } reader)
                throw Ch.Except($"The column '{column.Name}' was not asked for when the cursor was made.");

            var dimension = _view._sources[column.Index].Dimension;
            ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> value) =>
            {
                Ch.Check(IsGood, "There is no current row.");
                var editor = VBufferEditor.Create(ref value, dimension);
                reader.Read(_row, editor.Values);
                value = editor.Commit();
            };
            return getter as ValueGetter<TValue> ?? throw Ch.Except($"The column '{column.Name}' yields {typeof(VBuffer<float>)}, not {typeof(TValue)}.");
        }

        protected override bool MoveNextCore()
        {
            if (++_row < _blockEnd)
                return true;

            _block += _step;
            if (_block >= _view.BlockCount)
                return false;

            _row = (_order?.Apply(_block) ?? _block) * _blockRows;
            _blockEnd = Math.Min(_row + _blockRows, _view.RowCount);
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                foreach (var reader in _readers)
                    reader?.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
