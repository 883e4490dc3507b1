using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Streams embedding columns into a file, each in a pass of its own.</summary>
internal static class EmbeddingWriter
{
    /// <param name="host">For messages and progress.</param>
    /// <param name="format">The kind of file.</param>
    /// <param name="data">The data.</param>
    /// <param name="path">The file, which appears when it is complete.</param>
    /// <param name="columnNames">At least one column.</param>
    /// <param name="elementType">The format of the numbers.</param>
    internal static void Write(IHost host, IEmbeddingFormat format, IDataView data, string path, IReadOnlyList<string> columnNames, NpyElementType elementType)
    {
        if (format.HasMembers && columnNames.Distinct(StringComparer.Ordinal).Count() < columnNames.Count)
            throw new ArgumentException($"A column is named twice: {string.Join(", ", columnNames)}. Each array of a {format.Extension} file has a name of its own.", nameof(columnNames));
        using var progress = host.StartProgressChannel("Save " + format.Extension);
        var rowCount = new Lazy<long>(() => RowCounts.Count(data));
        var written = 0L;
        progress.SetHeader(new ProgressHeader("rows"), entry => entry.SetProgress(0, Volatile.Read(ref written)));
        var columns = columnNames.Select(name => new WrittenColumn(data, EmbeddingColumns.Find(host, data.Schema, name), rowCount, count => Volatile.Write(ref written, count))).ToArray();
        AtomicFile.Write(path, stream => format.Write(stream, columns, elementType));
        format.WriteBeside(path, columns);
    }
}
