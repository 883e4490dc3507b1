using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>Streams embedding columns into a .npy file.</summary>
internal static class NpyWriter
{
    /// <summary>Writes one column as (N, D), or M columns as (M, N, D), each in a pass of its own.</summary>
    /// <param name="host">For messages and progress.</param>
    /// <param name="data">The data.</param>
    /// <param name="path">The file, which appears when it is complete.</param>
    /// <param name="columnNames">At least one column; all of the same dimension.</param>
    /// <param name="elementType">The format of the numbers.</param>
    /// <param name="report">Called with the number of rows written so far, now and then.</param>
    internal static void Write(IHost host, IDataView data, string path, IReadOnlyList<string> columnNames, NpyElementType elementType, Action<long>? report = null)
    {
        var columns = columnNames.Select(name => EmbeddingColumns.Find(host, data.Schema, name)).ToArray();
        var dimensions = columns.Select(column => EmbeddingColumns.FindDimension(data, column)
            ?? throw new InvalidDataException($"Column '{column.Name}' has no rows, and so no dimension to write.")).ToArray();
        if (dimensions.FirstOrDefault(dimension => dimension != dimensions[0]) is var other and not 0)
            throw new InvalidDataException($"The columns of one .npy file need the same dimension, but there are {dimensions[0]} and {other}.");

        AtomicFile.Write(path, stream =>
        {
            // The number of rows is known at the end only; the header keeps room for it.
            WriteHeader(stream, elementType, columns.Length, rows: 0, dimensions[0]);
            long? rowCount = null;
            long written = 0;
            using var progress = host.StartProgressChannel("Save .npy");
            progress.SetHeader(new ProgressHeader("rows"), entry => entry.SetProgress(0, Volatile.Read(ref written)));
            foreach (var column in columns)
            {
                var count = WriteColumn(stream, data, column, dimensions[0], elementType, rows => report?.Invoke(Volatile.Read(ref written) + rows));
                Volatile.Write(ref written, written + count);
                if (rowCount is not null && rowCount != count)
                    throw new InvalidDataException($"Column '{column.Name}' yielded {count} rows where '{columns[0].Name}' yielded {rowCount}; the data must yield the same rows each time.");
                rowCount = count;
            }

            stream.Position = 0;
            WriteHeader(stream, elementType, columns.Length, rowCount ?? 0, dimensions[0]);
        });
        NpySidecar.Write(path, [.. columns.Select(MapFingerprint.Find)]);
    }

    private static void WriteHeader(Stream stream, NpyElementType elementType, int matrices, long rows, int dimension)
    {
        if (matrices == 1)
            NpyHeader.Write(stream, elementType, rows, dimension);
        else
            NpyHeader.Write(stream, elementType, matrices, rows, dimension);
    }

    private static long WriteColumn(Stream stream, IDataView data, DataViewSchema.Column column, int dimension, NpyElementType elementType, Action<long> report)
    {
        const int ReportEvery = 4096;
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        var converted = new byte[dimension * NpyHeader.GetElementSize(elementType)];
        VBuffer<float> row = default;
        long count = 0;
        while (cursor.MoveNext())
        {
            getter(ref row);
            if (row.Length != dimension)
                throw new InvalidDataException($"Column '{column.Name}', row {count}, has {row.Length} dimensions where {dimension} are expected.");
            DenseRows.MakeDense(ref row);
            Convert(row.GetValues(), elementType, converted);
            stream.Write(converted);
            if (++count % ReportEvery == 0)
                report(count);
        }

        report(count);
        return count;
    }

    /// <summary>A row as it stands in the file.</summary>
    internal static void Convert(ReadOnlySpan<float> row, NpyElementType elementType, Span<byte> destination)
    {
        switch (elementType)
        {
            case NpyElementType.Float32:
                MemoryMarshal.AsBytes(row).CopyTo(destination);
                break;
            case NpyElementType.Float16:
                TensorPrimitives.ConvertToHalf(row, MemoryMarshal.Cast<byte, Half>(destination));
                break;
            default:
                TensorPrimitives.ConvertTruncating<float, double>(row, MemoryMarshal.Cast<byte, double>(destination));
                break;
        }
    }
}
