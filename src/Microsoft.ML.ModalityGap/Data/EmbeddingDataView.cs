using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>A data view over matrices in files: each column is a modality, each row a row of all of them. Streams; nothing is loaded.</summary>
internal sealed class EmbeddingDataView : BlockDataView
{
    /// <summary>The column of a file's rows where nobody names it.</summary>
    internal const string DefaultColumnName = "Embedding";

    private readonly EmbeddingSource[] _sources;

    // What is read at once.
    private readonly long _blockRows;

    internal EmbeddingDataView(IHostEnvironment env, IReadOnlyList<EmbeddingSource> sources)
        : base(env.Register(nameof(EmbeddingDataView)))
    {
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
        _blockRows = _sources.Min(source => source.WindowRows);
    }

    /// <inheritdoc />
    public override DataViewSchema Schema { get; }

    protected override long RowCount => _sources[0].RowCount;

    protected override long BlockCount => (RowCount + _blockRows - 1) / _blockRows;

    protected override (long FirstRow, long RowCount) GetBlock(long block) => (block * _blockRows, Math.Min(_blockRows, RowCount - block * _blockRows));

    protected override RowBlockReader OpenReader(IReadOnlyList<DataViewSchema.Column> columns) => new Reader([.. columns.Select(column => (column.Index, _sources[column.Index]))]);

    /// <summary>Rows are read by their numbers, whatever the block; windows of rows are kept by <see cref="ShardedReader"/>.</summary>
    private sealed class Reader((int Index, EmbeddingSource Source)[] sources) : RowBlockReader
    {
        private readonly Dictionary<int, (ShardedReader Reader, int Dimension)> _readers = sources.ToDictionary(source => source.Index, source => (new ShardedReader(source.Source), source.Source.Dimension));

        internal override void Load(long block)
        {
        }

        internal override Delegate CreateGetter(DataViewSchema.Column column, BlockPosition position)
        {
            var (reader, dimension) = _readers[column.Index];
            return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
            {
                var row = position.GetRow();
                var editor = VBufferEditor.Create(ref value, dimension);
                reader.Read(row, editor.Values);
                value = editor.Commit();
            });
        }

        internal override RowSpanGetter? CreateSpanGetter(DataViewSchema.Column column, BlockPosition position)
        {
            var reader = _readers[column.Index].Reader;
            return reader.HasFloats ? () => reader.Get(position.GetRow()) : null;
        }

        public override void Dispose()
        {
            foreach (var (reader, _) in _readers.Values)
                reader.Dispose();
        }
    }
}
