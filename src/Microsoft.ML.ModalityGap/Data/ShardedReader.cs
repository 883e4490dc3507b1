namespace Microsoft.ML.ModalityGap;

/// <summary>Reads the rows of a column whose arrays lie behind each other, one of them open at a time.</summary>
internal sealed class ShardedReader(EmbeddingSource source) : IDisposable
{
    private MatrixReader? _reader;
    private long _firstRow;
    private long _endRow;

    /// <summary>Whether all numbers are stored as float, so that <see cref="Get"/> has them where they were read to.</summary>
    internal bool HasFloats { get; } = source.Shards.All(shard => shard.Format.Kind == NumberKind.Float32);

    /// <summary>Copies one row.</summary>
    internal void Read(long row, Span<float> destination) => Find(row).Read(row - _firstRow, destination);

    /// <summary>One row where it was read to; it stays until another is read.</summary>
    internal ReadOnlySpan<float> Get(long row) => Find(row).Get(row - _firstRow);

    public void Dispose() => _reader?.Dispose();

    private MatrixReader Find(long row)
    {
        if (row < _firstRow || row >= _endRow)
            Open(row);
        return _reader!;
    }

    private void Open(long row)
    {
        _reader?.Dispose();
        (_reader, _firstRow, _endRow) = (null, 0, 0);
        var first = 0L;
        foreach (var shard in source.Shards)
        {
            if (row < first + shard.RowCount)
            {
                _reader = new MatrixReader(shard, source.Modality);
                (_firstRow, _endRow) = (first, first + shard.RowCount);
                return;
            }

            first += shard.RowCount;
        }

        throw new ArgumentOutOfRangeException(nameof(row), row, $"There are {first} rows.");
    }
}
