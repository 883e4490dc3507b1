using System.IO.MemoryMappedFiles;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Reads rows of a .npy matrix as float through a small window of the memory-mapped file. The window moves on and is unmapped behind the reader, so that
/// a file of any size takes no more memory than one window.
/// </summary>
internal sealed unsafe class NpyRowReader : IDisposable
{
    private const int WindowBytes = 1 << 20;

    private readonly NpySource _source;
    private readonly MemoryMappedFile _file;
    private readonly long _windowRows;
    private MemoryMappedViewAccessor? _view;
    private byte* _rows;
    private long _firstRow;
    private long _endRow;

    internal NpyRowReader(NpySource source)
    {
        _source = source;
        _windowRows = Math.Max(1, WindowBytes / source.RowBytes);
        var stream = new FileStream(source.Path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            // Checked again: a file that shrank since it was opened would end the process when its missing pages are touched.
            if (stream.Length < source.Offset + source.RowCount * source.RowBytes)
                throw new InvalidDataException($"'{source.Path}' has become shorter since it was opened: it has {stream.Length} bytes, {source.Offset + source.RowCount * source.RowBytes} are expected.");
            _file = MemoryMappedFile.CreateFromFile(stream, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Copies one row.</summary>
    internal void Read(long row, Span<float> destination)
    {
        if (row < _firstRow || row >= _endRow)
            MoveWindow(row);

        var bytes = new ReadOnlySpan<byte>(_rows + (row - _firstRow) * _source.RowBytes, _source.RowBytes);
        Convert(bytes, _source.ElementType, destination);
    }

    public void Dispose()
    {
        Unmap();
        _file.Dispose();
    }

    internal static void Convert(ReadOnlySpan<byte> bytes, NpyElementType elementType, Span<float> destination)
    {
        switch (elementType)
        {
            case NpyElementType.Float32:
                bytes.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case NpyElementType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), destination);
                break;
            default:
                TensorPrimitives.ConvertTruncating<double, float>(MemoryMarshal.Cast<byte, double>(bytes), destination);
                break;
        }
    }

    private void MoveWindow(long row)
    {
        Unmap();
        var first = row / _windowRows * _windowRows;
        var end = Math.Min(first + _windowRows, _source.RowCount);
        _view = _file.CreateViewAccessor(_source.Offset + first * _source.RowBytes, (end - first) * _source.RowBytes, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _rows = pointer + _view.PointerOffset;
        (_firstRow, _endRow) = (first, end);
    }

    private void Unmap()
    {
        if (_view is null)
            return;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _view = null;
        _rows = null;
        (_firstRow, _endRow) = (0, 0);
    }
}
