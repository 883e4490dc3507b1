using Microsoft.Win32.SafeHandles;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Reads rows of a stored matrix as float, by plain reads of a window of rows that moves on with the reader. A file of any size takes no more memory than one window, and
/// one that shrinks meanwhile is an error, where memory-mapped it would end the process.
/// </summary>
internal sealed class MatrixReader : IDisposable
{
    private const int WindowBytes = 1 << 20;

    // Where columns lie one behind the other, a window takes a read of each column: fewer and larger ones are worth the memory.
    private const int ColumnWindowBytes = 1 << 23;

    private readonly StoredMatrix _matrix;
    private readonly SafeFileHandle _file;
    private readonly long _offset;
    private readonly long _rowStride;
    private readonly long _columnStride;
    private readonly long _windowRows;
    private byte[] _window = [];
    private long _firstRow;
    private long _endRow;

    internal MatrixReader(StoredMatrix matrix, long modality)
    {
        _matrix = matrix;
        (_offset, _rowStride, _columnStride) = matrix.Locate(modality);
        _windowRows = GetWindowRows(matrix);
        _file = matrix.Bytes.Open();
    }

    private int RowBytes => (int)_matrix.Dimension * _matrix.Format.Size;

    private bool IsByRow => _columnStride == 1;

    /// <summary>How many rows are read at once.</summary>
    internal static long GetWindowRows(StoredMatrix matrix) =>
        Math.Max(1, (matrix.Locate(0).ColumnStride == 1 ? WindowBytes : ColumnWindowBytes) / (matrix.Dimension * matrix.Format.Size));

    /// <summary>Copies one row.</summary>
    /// <exception cref="InvalidDataException">The file is shorter than when it was opened.</exception>
    internal void Read(long row, Span<float> destination)
    {
        if (row < _firstRow || row >= _endRow)
            MoveWindow(row);
        _matrix.Format.Convert(_window.AsSpan((int)(row - _firstRow) * RowBytes, RowBytes), destination);
    }

    public void Dispose() => _file.Dispose();

    private void MoveWindow(long row)
    {
        var first = row / _windowRows * _windowRows;
        var end = Math.Min(first + _windowRows, _matrix.RowCount);
        var count = (int)(end - first);
        if (_window.Length < count * RowBytes)
            _window = new byte[count * RowBytes];
        (_firstRow, _endRow) = (0, 0);
        if (IsByRow)
            ReadExactly(_window.AsSpan(0, count * RowBytes), _offset + first * RowBytes);
        else
            ReadColumns(first, count);
        _matrix.Format.MakeNative(_window.AsSpan(0, count * RowBytes));
        (_firstRow, _endRow) = (first, end);
    }

    /// <summary>Rows whose numbers lie apart: a piece of each column, put into rows.</summary>
    private void ReadColumns(long first, int count)
    {
        var (size, dimension) = (_matrix.Format.Size, (int)_matrix.Dimension);
        var piece = new byte[((count - 1) * (int)_rowStride + 1) * size];
        for (var column = 0; column < dimension; column++)
        {
            ReadExactly(piece, _offset + (column * _columnStride + first * _rowStride) * size);
            for (var row = 0; row < count; row++)
                piece.AsSpan(row * (int)_rowStride * size, size).CopyTo(_window.AsSpan((row * dimension + column) * size));
        }
    }

    private void ReadExactly(Span<byte> destination, long offset)
    {
        while (destination.Length > 0)
        {
            var read = RandomAccess.Read(_file, destination, offset);
            if (read == 0)
                throw new InvalidDataException($"'{_matrix.Name}' has become shorter since it was opened: it ends at byte {offset}, where {destination.Length} more are expected.");
            destination = destination[read..];
            offset += read;
        }
    }
}
