using Parquet;
using Parquet.Schema;

namespace Microsoft.ML.ModalityGap;

/// <summary>Writes row groups.</summary>
internal sealed class ParquetTableWriter : ITableWriter
{
    // A number with its two levels, and what Parquet.Net copies.
    private const long BytesOfNumber = 20;

    private readonly (ColumnBuffer Buffer, Field Field)[] _columns;
    private readonly ParquetWriter _writer;
    private readonly LargeGarbage _garbage = new();
    private readonly Dictionary<int, (int[] Definitions, int[] Repetitions)> _levels = [];

    internal ParquetTableWriter(Stream stream, IReadOnlyList<ColumnBuffer> columns)
    {
        _columns = [.. columns.Select(column => (column, CreateField(column)))];
        _writer = ParquetWriter.CreateAsync(new ParquetSchema(_columns.Select(column => column.Field)), stream, new ParquetOptions { CompressionMethod = CompressionMethod.None }).GetAwaiter().GetResult();
        _writer.CustomMetadata = columns.Where(column => column.Fingerprint is not null).ToDictionary(column => ParquetFormat.FingerprintKey + column.Name, column => column.Fingerprint!);
    }

    public void Write(int rowCount)
    {
        using (var group = _writer.CreateRowGroup())
        {
            foreach (var (buffer, field) in _columns)
            {
                var writing = buffer.Dimension is { } dimension
                    ? WriteListsAsync(group, (ListField)field, (float[])buffer.Values, rowCount, dimension)
                    : ColumnTypes.Dispatch(buffer.ElementType, new ScalarWriter(group, (DataField)field, buffer.Values, rowCount));
                writing.GetAwaiter().GetResult();
            }

            group.CompleteValidate();
        }

        _garbage.Add(rowCount * BytesOfNumber * _columns.Sum(column => (long)(column.Buffer.Dimension ?? 1)));
    }

    // Parquet.Net writes the footer when it is disposed of, and then only.
    public void Complete() => _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();

    public void Dispose()
    {
    }

    private static Field CreateField(ColumnBuffer column) =>
        column.Dimension is not null ? new ListField(column.Name, new DataField(ListField.ElementName, typeof(float), isNullable: false))
        : column.ElementType == typeof(ReadOnlyMemory<char>) ? new DataField(column.Name, typeof(string), isNullable: false)
        : column.ElementType == typeof(DateTime) ? new DateTimeDataField(column.Name, DateTimeFormat.DateAndTimeMicros, isNullable: false)
        : new DataField(column.Name, column.ElementType, isNullable: false);

    private Task WriteListsAsync(ParquetRowGroupWriter group, ListField field, float[] values, int rowCount, int dimension)
    {
        // Of each list all numbers are there; the first begins a row.
        var leaf = (DataField)field.Item;
        var count = checked(rowCount * dimension);
        if (!_levels.TryGetValue(dimension, out var levels) || levels.Definitions.Length < count)
        {
            levels = (new int[count], new int[count]);
            Array.Fill(levels.Definitions, leaf.MaxDefinitionLevel);
            Array.Fill(levels.Repetitions, 1);
            for (var i = 0; i < count; i += dimension)
                levels.Repetitions[i] = 0;
            _levels[dimension] = levels;
        }

        return group.WriteAllPartsAsync(
            leaf, new ReadOnlyMemory<float>(values, 0, count), new ReadOnlyMemory<int>(levels.Definitions, 0, count), new ReadOnlyMemory<int>(levels.Repetitions, 0, count), CancellationToken.None);
    }

    private sealed class ScalarWriter(ParquetRowGroupWriter group, DataField field, Array values, int rowCount) : ITypeVisitor<Task>
    {
        public Task Visit<T>()
            where T : struct => group.WriteAsync<T>(field, new ReadOnlyMemory<T>((T[])values, 0, rowCount));
    }
}
