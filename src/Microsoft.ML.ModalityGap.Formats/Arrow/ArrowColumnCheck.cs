using Apache.Arrow;
using Apache.Arrow.Types;

namespace Microsoft.ML.ModalityGap;

/// <summary>Whether a column that Apache.Arrow made has what its rows take: it makes one of any length over any bytes.</summary>
internal static class ArrowColumnCheck
{
    /// <param name="column">The column.</param>
    /// <param name="rows">The rows of its record batch.</param>
    /// <exception cref="InvalidDataException">It has other rows, or not the bytes for them.</exception>
    internal static void Check(IArrowArray column, int rows)
    {
        if (column.Length != rows)
            throw new InvalidDataException($"A column has {column.Length} rows, its record batch {rows}.");
        CheckBytes(column.Data, rows);
        if (ArrowLists.FindNumbers(column) is not { } numbers)
            return;
        CheckBytes(numbers.Data, numbers.Length);
        if (column is FixedSizeListArray lists && numbers.Length < rows * (long)((FixedSizeListType)lists.Data.DataType).ListSize)
            throw new InvalidDataException($"A column of {rows} lists of {((FixedSizeListType)lists.Data.DataType).ListSize} has {numbers.Length} values.");
    }

    /// <summary>The buffer that every row has its share of, behind that which says which rows are missing.</summary>
    private static void CheckBytes(ArrayData data, int rows)
    {
        const int Values = 1;

        // Of lists and texts where each begins, and where the last one ends.
        var bytes = rows == 0 ? 0 : data.DataType switch
        {
            ListType or StringType => sizeof(int) * (rows + 1L),
            LargeListType or LargeStringType => sizeof(long) * (rows + 1L),
            StringViewType => 16L * rows,
            FixedWidthType type => (rows * (long)type.BitWidth + 7) / 8,
            _ => 0,
        };
        if (bytes > 0 && (data.Buffers.Length <= Values || data.Buffers[Values].Length < bytes))
            throw new InvalidDataException($"A column of {rows} rows has {(data.Buffers.Length <= Values ? 0 : data.Buffers[Values].Length)} bytes where it needs {bytes}.");
    }
}
