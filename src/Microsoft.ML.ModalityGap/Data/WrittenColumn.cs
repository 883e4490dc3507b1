using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>A column of embeddings on its way into a file.</summary>
/// <param name="data">The data.</param>
/// <param name="column">The column.</param>
/// <param name="rowCount">How many rows there are, where somebody needs to know before.</param>
/// <param name="report">Called with the number of rows written so far, now and then.</param>
internal sealed class WrittenColumn(IDataView data, DataViewSchema.Column column, Lazy<long> rowCount, Action<long> report)
{
    private const int ReportEvery = 4096;

    /// <summary>The column's name.</summary>
    internal string Name => column.Name;

    /// <summary>D.</summary>
    /// <exception cref="InvalidDataException">There is no row to take it from.</exception>
    internal int Dimension { get; } = EmbeddingColumns.FindDimension(data, column) ?? throw new InvalidDataException($"Column '{column.Name}' has no rows, and so no dimension to write.");

    /// <summary>Of the maps that the vectors came through, where that is known.</summary>
    internal string? Fingerprint => MapFingerprint.Find(column);

    /// <summary>N, as the data knows it or counted in a pass of its own.</summary>
    internal long RowCount => rowCount.Value;

    /// <summary>Writes the rows, one behind the other.</summary>
    /// <returns>How many there were.</returns>
    internal long WriteTo(Stream stream, NpyElementType elementType)
    {
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        using var writer = new BlockWriter(stream, Dimension * NpyHeader.GetElementSize(elementType));
        VBuffer<float> row = default;
        long count = 0;
        while (cursor.MoveNext())
        {
            getter(ref row);
            if (row.Length != Dimension)
                throw new InvalidDataException($"Column '{column.Name}', row {count}, has {row.Length} dimensions where {Dimension} are expected.");
            DenseRows.MakeDense(ref row);
            Convert(row.GetValues(), elementType, writer.AddRow());
            if (++count % ReportEvery == 0)
                report(count);
        }

        writer.Complete();
        report(count);
        return count;
    }

    /// <summary>Writes the rows of a file that has said before how many there are.</summary>
    /// <exception cref="InvalidDataException">There are others.</exception>
    internal void WriteCountedTo(Stream stream, NpyElementType elementType)
    {
        if (WriteTo(stream, elementType) is var count && count != RowCount)
            throw new InvalidDataException($"Column '{Name}' yielded {count} rows where {RowCount} were counted before; the data must yield the same rows each time.");
    }

    /// <summary>A row as it stands in a file.</summary>
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
