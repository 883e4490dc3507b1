using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Streams columns of a data view into a file of a table: rows are gathered for one block and written.</summary>
internal static class TableWriter
{
    // 4 MB of vectors: what reads them holds some times that.
    private const long BlockNumbers = 1 << 20;
    private const int MaximumBlockRows = 1 << 16;

    /// <param name="host">For messages.</param>
    /// <param name="format">The kind of file.</param>
    /// <param name="data">The data.</param>
    /// <param name="path">The file, which appears when it is complete.</param>
    /// <param name="columnNames">The columns; <see langword="null"/> for all that can be written.</param>
    /// <param name="rowsOfBlock">Rows of a block; <see langword="null"/> for as many as make 4 MB of vectors.</param>
    internal static void Write(IHost host, ITableFormat format, IDataView data, string path, IReadOnlyList<string>? columnNames, int? rowsOfBlock)
    {
        var columns = columnNames is null ? ChooseColumns(host, format, data.Schema) : [.. columnNames.Select(name => Find(host, format, data.Schema, name))];
        var buffers = Array.ConvertAll(columns, column => ColumnBuffer.Create(data, column));
        var blockRows = rowsOfBlock ?? (int)Math.Clamp(BlockNumbers / buffers.Sum(buffer => (long)(buffer.Dimension ?? 1)), 1, MaximumBlockRows);
        var rowCount = new Lazy<long>(() => RowCounts.Count(data));
        AtomicFile.Write(path, stream =>
        {
            using var writer = format.Create(stream, buffers, rowCount, blockRows);
            using (var cursor = data.GetRowCursor(columns))
            {
                foreach (var buffer in buffers)
                    buffer.Begin(cursor, blockRows);
                var count = 0;
                while (cursor.MoveNext())
                {
                    foreach (var buffer in buffers)
                        buffer.Add(count);
                    if (++count == blockRows)
                    {
                        writer.Write(count);
                        count = 0;
                    }
                }

                if (count > 0)
                    writer.Write(count);
            }

            writer.Complete();
        });
    }

    private static DataViewSchema.Column Find(IHost host, ITableFormat format, DataViewSchema schema, string name)
    {
        var column = schema.GetColumnOrNull(name) ?? throw host.ExceptSchemaMismatch("data", "stored", name);
        return CanWrite(format, column.Type) ? column : throw new NotSupportedException($"The column '{name}' is {column.Type}; {format.Contents}.");
    }

    private static bool CanWrite(ITableFormat format, DataViewType type) => ColumnBuffer.CanGather(type) && format.CanWrite(type);

    /// <summary>The visible columns that can be written; of the others the log says why not.</summary>
    private static DataViewSchema.Column[] ChooseColumns(IHost host, ITableFormat format, DataViewSchema schema)
    {
        using var channel = host.Start("Save " + format.Name);
        var chosen = new List<DataViewSchema.Column>();
        foreach (var column in schema.Where(column => !column.IsHidden))
        {
            if (CanWrite(format, column.Type))
                chosen.Add(column);
            else
                channel.Warning($"The column '{column.Name}' is {column.Type}, which is not written.");
        }

        return chosen.Count > 0 ? [.. chosen] : throw new InvalidDataException($"The data has no column for it: {format.Contents}.");
    }
}
