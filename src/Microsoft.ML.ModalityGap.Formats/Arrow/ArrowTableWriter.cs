using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace Microsoft.ML.ModalityGap;

/// <summary>Writes record batches of a file with a footer; vectors are lists of fixed size.</summary>
internal sealed class ArrowTableWriter : ITableWriter
{
    private readonly IReadOnlyList<ColumnBuffer> _columns;
    private readonly Schema _schema;
    private readonly ArrowFileWriter _writer;
    private bool _hasBatch;

    internal ArrowTableWriter(Stream stream, IReadOnlyList<ColumnBuffer> columns)
    {
        _columns = columns;
        _schema = new Schema(
            [.. columns.Select(column => new Field(column.Name, GetArrowType(column), nullable: false))],
            columns.Where(column => column.Fingerprint is not null).ToDictionary(column => ArrowFormat.FingerprintKey + column.Name, column => column.Fingerprint!));
        _writer = new ArrowFileWriter(stream, _schema, leaveOpen: true);
        _writer.WriteStart();
    }

    public void Write(int rowCount)
    {
        using var batch = new RecordBatch(_schema, _columns.Select(column => CreateArray(column, rowCount)), rowCount);
        _writer.WriteRecordBatch(batch);
        _hasBatch = true;
    }

    public void Complete()
    {
        // The schema is written with the first batch only.
        if (!_hasBatch)
            Write(0);
        _writer.WriteEnd();
    }

    public void Dispose() => _writer.Dispose();

    private static IArrowType GetArrowType(ColumnBuffer column) => column.Dimension is { } dimension
        ? new FixedSizeListType(new Field("item", FloatType.Default, nullable: false), dimension)
        : ArrowTypes.Find(column.ElementType)!;

    private static IArrowArray CreateArray(ColumnBuffer column, int rowCount)
    {
        if (column.Dimension is { } dimension)
            return new FixedSizeListArray(GetArrowType(column), rowCount, new FloatArray(Copy((float[])column.Values, rowCount * dimension), ArrowBuffer.Empty, rowCount * dimension, 0, 0), ArrowBuffer.Empty);
        switch (column.Values)
        {
            case ReadOnlyMemory<char>[] texts:
                return new StringArray.Builder().Reserve(rowCount).AppendRange(texts.Take(rowCount).Select(text => text.ToString())).Build();
            case bool[] truths:
                return new BooleanArray.Builder().Reserve(rowCount).AppendRange(truths.Take(rowCount)).Build();
            case DateTime[] times:
                var ticks = System.Array.ConvertAll(times[..rowCount], time => (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
                return new TimestampArray(ArrowTypes.Time, Copy(ticks, rowCount), ArrowBuffer.Empty, rowCount, 0, 0);
            default:
                return ColumnTypes.Dispatch(column.ElementType, new NumberArrays(column, rowCount));
        }
    }

    private static ArrowBuffer Copy<T>(T[] values, int count)
        where T : struct => new ArrowBuffer.Builder<T>(count).Append(values.AsSpan(0, count)).Build();

    private sealed class NumberArrays(ColumnBuffer column, int rowCount) : ITypeVisitor<IArrowArray>
    {
        public IArrowArray Visit<T>()
            where T : struct => ArrowArrayFactory.BuildArray(new ArrayData(ArrowTypes.Find(typeof(T)), rowCount, 0, 0, [ArrowBuffer.Empty, Copy((T[])column.Values, rowCount)]));
    }
}
