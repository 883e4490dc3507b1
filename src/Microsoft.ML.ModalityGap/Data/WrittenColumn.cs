using System.Numerics.Tensors;
using System.Runtime.InteropServices;

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
        using var writer = new BlockWriter(stream, Dimension * NpyHeader.GetElementSize(elementType), data.GetRowCount() ?? 0);
        var add = CreateAdder(cursor, writer, elementType);
        long count = 0;
        while (cursor.MoveNext())
        {
            add(count);
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

    /// <summary>Makes what writes a row: made where it is written, if it can be, or converted from where it lies.</summary>
    private Action<long> CreateAdder(DataViewRowCursor cursor, BlockWriter writer, NpyElementType elementType)
    {
        if (elementType == NpyElementType.Float32 && (cursor as IRowMakers)?.CreateMaker(column) is { } make)
            return _ => make(MemoryMarshal.Cast<byte, float>(writer.AddRow()));
        var read = DenseRows.CreateReader(cursor, column);
        return number =>
        {
            var row = read();
            if (row.Length != Dimension)
                throw new InvalidDataException($"Column '{column.Name}', row {number}, has {row.Length} dimensions where {Dimension} are expected.");
            Convert(row, elementType, writer.AddRow());
        };
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
