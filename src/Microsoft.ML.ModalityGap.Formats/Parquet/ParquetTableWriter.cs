using Microsoft.ML.Runtime;
using Parquet;
using Parquet.Schema;

namespace Microsoft.ML.ModalityGap;

/// <summary>Streams columns of a data view into a Parquet file: rows are gathered for one row group and written.</summary>
internal static class ParquetTableWriter
{
    // 4 MB of vectors: what reads them holds five times that.
    private const long GroupNumbers = 1 << 20;
    private const int MaximumGroupRows = 1 << 16;

    // A number with its two levels, and what Parquet.Net copies.
    private const long BytesOfNumber = 20;

    internal static void Write(IHost host, IDataView data, string path, IReadOnlyList<string>? columnNames, int? rowsOfGroup)
    {
        var columns = columnNames is null ? ChooseColumns(host, data.Schema) : [.. columnNames.Select(name => data.Schema.GetColumnOrNull(name) ?? throw host.ExceptSchemaMismatch(nameof(data), "stored", name))];
        var gatherers = columns.Select(column => ColumnGatherer.Create(data, column)
            ?? throw new NotSupportedException($"The column '{column.Name}' is {column.Type}; a Parquet file takes vectors of Single, numbers, texts, truth values and times.")).ToArray();
        var fields = Array.ConvertAll(gatherers, gatherer => gatherer.Field);
        var dimensions = gatherers.Sum(gatherer => (long)gatherer.Size);
        var rowGroupRows = rowsOfGroup ?? (int)Math.Clamp(GroupNumbers / dimensions, 1, MaximumGroupRows);
        var garbage = new LargeGarbage();
        var metadata = columns.Select(column => (column.Name, Fingerprint: MapFingerprint.Find(column))).Where(column => column.Fingerprint is not null)
            .ToDictionary(column => ParquetFormat.FingerprintKey + column.Name, column => column.Fingerprint!);
        AtomicFile.Write(path, stream =>
        {
            var writer = ParquetWriter.CreateAsync(new ParquetSchema(fields), stream, new ParquetOptions { CompressionMethod = CompressionMethod.None }).GetAwaiter().GetResult();
            writer.CustomMetadata = metadata;
            using (var cursor = data.GetRowCursor(columns))
            {
                foreach (var gatherer in gatherers)
                    gatherer.Begin(cursor, rowGroupRows);
                var count = 0;
                while (cursor.MoveNext())
                {
                    foreach (var gatherer in gatherers)
                        gatherer.Add(count);
                    if (++count == rowGroupRows)
                    {
                        WriteGroup(writer, gatherers, count);
                        garbage.Add(count * dimensions * BytesOfNumber);
                        count = 0;
                    }
                }

                if (count > 0)
                    WriteGroup(writer, gatherers, count);
            }

            // Writes the footer, which a file that is given up does not get.
            writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        });
    }

    private static void WriteGroup(ParquetWriter writer, ColumnGatherer[] gatherers, int count)
    {
        using var group = writer.CreateRowGroup();
        foreach (var gatherer in gatherers)
            gatherer.WriteAsync(group, count).GetAwaiter().GetResult();
        group.CompleteValidate();
    }

    /// <summary>The visible columns that can be written; of the others the log says why not.</summary>
    private static DataViewSchema.Column[] ChooseColumns(IHost host, DataViewSchema schema)
    {
        using var channel = host.Start("Save Parquet");
        var chosen = new List<DataViewSchema.Column>();
        foreach (var column in schema.Where(column => !column.IsHidden))
        {
            if (ColumnGatherer.CanWrite(column.Type))
                chosen.Add(column);
            else
                channel.Warning($"The column '{column.Name}' is {column.Type}, which is not written.");
        }

        return chosen.Count > 0 ? [.. chosen] : throw new InvalidDataException("The data has no column that a Parquet file takes: vectors of Single, numbers, texts, truth values, times.");
    }
}
