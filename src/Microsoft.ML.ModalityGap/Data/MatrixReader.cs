using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Reads rows of a stored matrix as float, by plain reads of a window of rows that moves on with the reader. A file of any size takes no more memory than a few windows, and
/// one that shrinks meanwhile is an error, where memory-mapped it would end the process.
/// </summary>
/// <remarks>
/// While a window is read from, those after it are read: as far away from each other as this one from the one before, which is so for one reader and for each of several that share the windows. Several, so that
/// nobody is waited for twice a window: who comes too soon reads the window himself.
/// </remarks>
internal sealed class MatrixReader : IDisposable
{
    private const int WindowBytes = 1 << 18;
    private const int WindowsAhead = 3;

    // Where columns lie one behind the other, a window takes a read of each column: fewer and larger ones are worth the memory.
    private const int ColumnWindowBytes = 1 << 23;

    private readonly StoredMatrix _matrix;
    private readonly SafeFileHandle _file;
    private readonly long _offset;
    private readonly long _rowStride;
    private readonly long _columnStride;
    private readonly long _windowRows;
    private Memory<byte> _window;
    private readonly int _windowsAhead;
    private readonly Queue<(long First, Task<Memory<byte>> Reading)> _ahead = [];
    private readonly Stack<Memory<byte>> _spare = [];
    private long _stride;
    private long _firstRow;
    private long _endRow;

    internal MatrixReader(StoredMatrix matrix, long modality)
    {
        _matrix = matrix;
        (_offset, _rowStride, _columnStride) = matrix.Locate(modality);
        _stride = _windowRows = GetWindowRows(matrix);
        _windowsAhead = IsByRow ? WindowsAhead : 1;
        _file = matrix.Bytes.Open();
    }

    private int RowBytes => (int)_matrix.Dimension * _matrix.Format.Size;

    private bool IsByRow => _columnStride == 1;

    /// <summary>How many rows are read at once.</summary>
    internal static long GetWindowRows(StoredMatrix matrix) =>
        Math.Max(1, matrix.Locate(0).ColumnStride == 1 ? WindowBytes / (matrix.Dimension * matrix.Format.Size) : ColumnWindowBytes / (Math.Max(matrix.Dimension, matrix.Modalities) * matrix.Format.Size));

    /// <summary>Copies one row.</summary>
    /// <exception cref="InvalidDataException">The file is shorter than when it was opened.</exception>
    internal void Read(long row, Span<float> destination) => _matrix.Format.Convert(GetBytes(row), destination);

    /// <summary>One row of a matrix of floats where it was read to; it stays until another is read.</summary>
    /// <exception cref="InvalidDataException">The file is shorter than when it was opened.</exception>
    internal ReadOnlySpan<float> Get(long row) => MemoryMarshal.Cast<byte, float>(GetBytes(row));

    public void Dispose()
    {
        DropAhead();
        _file.Dispose();
    }

    private ReadOnlySpan<byte> GetBytes(long row)
    {
        if (row < _firstRow || row >= _endRow)
            MoveWindow(row);
        return _window.Span.Slice((int)(row - _firstRow) * RowBytes, RowBytes);
    }

    private void MoveWindow(long row)
    {
        var (first, previous) = (row / _windowRows * _windowRows, _endRow > 0 ? _firstRow : (long?)null);
        (_firstRow, _endRow) = (0, 0);
        if (_ahead.TryPeek(out var next) && next.First == first)
        {
            _ahead.Dequeue();
            _spare.Push(_window);
            _window = next.Reading.GetAwaiter().GetResult();
        }
        else
        {
            DropAhead();
            _window = ReadWindow(first, _window);
        }

        (_firstRow, _endRow) = (first, Math.Min(first + _windowRows, _matrix.RowCount));

        // Rows that are asked for in no order are not guessed.
        var stride = first - previous ?? _windowRows;
        if (stride == _stride)
            ReadAhead(first, stride);
        _stride = stride;
    }

    private void ReadAhead(long first, long stride)
    {
        for (var place = _ahead.Count + 1; place <= _windowsAhead; place++)
        {
            var next = first + place * stride;
            if (next < 0 || next >= _matrix.RowCount)
                break;
            _spare.TryPop(out var spare);
            _ahead.Enqueue((next, Task.Run(() => ReadWindow(next, spare))));
        }
    }

    /// <summary>Lets go of what was read for nothing. That some of it could not be read is of no interest.</summary>
    private void DropAhead()
    {
        while (_ahead.TryDequeue(out var next))
            next.Reading.ContinueWith(read => read.Exception, TaskScheduler.Default).Wait();
        _spare.Clear();
    }

    /// <summary>Reads a window into a buffer, or into a new one where that is too small.</summary>
    private Memory<byte> ReadWindow(long first, Memory<byte> buffer)
    {
        var count = (int)Math.Min(_windowRows, _matrix.RowCount - first);
        if (buffer.Length < count * RowBytes)
            buffer = AlignedBytes.Allocate(count * RowBytes);
        var window = buffer.Span[..(count * RowBytes)];
        if (IsByRow)
            ReadExactly(window, _offset + first * RowBytes);
        else
            ReadColumns(first, count, window);
        _matrix.Format.MakeNative(window);
        return buffer;
    }

    /// <summary>Rows whose numbers lie apart: a piece of each column, put into rows.</summary>
    private void ReadColumns(long first, int count, Span<byte> window)
    {
        var (size, dimension) = (_matrix.Format.Size, (int)_matrix.Dimension);
        var piece = GC.AllocateUninitializedArray<byte>(((count - 1) * (int)_rowStride + 1) * size);
        for (var column = 0; column < dimension; column++)
        {
            ReadExactly(piece, _offset + (column * _columnStride + first * _rowStride) * size);
            for (var row = 0; row < count; row++)
                piece.AsSpan(row * (int)_rowStride * size, size).CopyTo(window[((row * dimension + column) * size)..]);
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
