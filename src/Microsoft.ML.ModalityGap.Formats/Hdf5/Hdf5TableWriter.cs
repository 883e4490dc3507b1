using PureHDF;
using PureHDF.Selections;

namespace Microsoft.ML.ModalityGap;

/// <summary>Writes data sets that lie in one piece: (N, D) of float32, or (N) of values. A <c>/</c> in a column's name makes groups.</summary>
internal sealed class Hdf5TableWriter : ITableWriter
{
    private readonly Action<ulong, int>[] _writeBlock;
    private readonly H5NativeWriter _writer;
    private readonly long _rowCount;
    private long _written;

    internal Hdf5TableWriter(Stream stream, IReadOnlyList<ColumnBuffer> columns, long rowCount)
    {
        _rowCount = rowCount;
        var file = new H5File();
        _writeBlock = [.. columns.Select(column => Add(file, column))];
        _writer = file.BeginWrite(new Unowned(stream));
    }

    public void Write(int rowCount)
    {
        if (_written + rowCount > _rowCount)
            throw CreateMismatch($"more than {_rowCount}");
        foreach (var write in _writeBlock)
            write((ulong)_written, rowCount);
        _written += rowCount;
    }

    public void Complete()
    {
        if (_written != _rowCount)
            throw CreateMismatch($"{_written}");
        _writer.Dispose();
    }

    public void Dispose()
    {
    }

    private InvalidDataException CreateMismatch(string found) => new($"The data yielded {found} rows where {_rowCount} were counted before; it must yield the same rows each time.");

    private Action<ulong, int> Add(H5File file, ColumnBuffer column)
    {
        if (column.Dimension is not { } dimension)
        {
            return column.ElementType == typeof(ReadOnlyMemory<char>)
                ? AddScalars(file, column, new H5Dataset<string[]>([(ulong)_rowCount]), (values, count) => Array.ConvertAll(((ReadOnlyMemory<char>[])values)[..count], text => text.ToString()))
                : ColumnTypes.Dispatch(column.ElementType, new NumberSets(this, file, column));
        }

        var dataset = new H5Dataset<float[]>([(ulong)_rowCount, (ulong)dimension]);
        if (column.Fingerprint is { } fingerprint)
            dataset.Attributes[SafetensorsFormat.FingerprintKey] = fingerprint;
        Place(file, column.Name, dataset);
        return (start, count) => _writer.Write(dataset, Take((float[])column.Values, count * dimension), memorySelection: null, fileSelection: new HyperslabSelection(2, [start, 0], [(ulong)count, (ulong)dimension]));
    }

    private Action<ulong, int> AddScalars<T>(H5File file, ColumnBuffer column, H5Dataset<T[]> dataset, Func<Array, int, T[]> take)
    {
        Place(file, column.Name, dataset);
        return (start, count) => _writer.Write(dataset, take(column.Values, count), memorySelection: null, fileSelection: new HyperslabSelection(start, (ulong)count));
    }

    private static T[] Take<T>(T[] values, int count) => values.Length == count ? values : values[..count];

    private static void Place(H5Group group, string name, H5Dataset dataset)
    {
        var parts = name.Split('/');
        foreach (var part in parts[..^1])
        {
            if (!group.TryGetValue(part, out var child))
                group[part] = child = new H5Group();
            group = child as H5Group ?? throw new InvalidDataException($"The column '{name}' would be in a group of the name of another column.");
        }

        if (parts.Contains("") || !group.TryAdd(parts[^1], dataset))
            throw new InvalidDataException($"The column '{name}' has a name that no data set of an HDF5 file can have beside the others.");
    }

    private sealed class NumberSets(Hdf5TableWriter writer, H5File file, ColumnBuffer column) : ITypeVisitor<Action<ulong, int>>
    {
        public Action<ulong, int> Visit<T>()
            where T : struct => writer.AddScalars(file, column, new H5Dataset<T[]>([(ulong)writer._rowCount]), (values, count) => Take((T[])values, count));
    }

    /// <summary>PureHDF closes its stream; the file is not its own.</summary>
    private sealed class Unowned(Stream stream) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => stream.Length;

        public override long Position
        {
            get => stream.Position;
            set => stream.Position = value;
        }

        public override void Flush() => stream.Flush();

        public override int Read(byte[] buffer, int offset, int count) => stream.Read(buffer, offset, count);

        public override int Read(Span<byte> buffer) => stream.Read(buffer);

        public override long Seek(long offset, SeekOrigin origin) => stream.Seek(offset, origin);

        public override void SetLength(long value) => stream.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count) => stream.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => stream.Write(buffer);
    }
}
