using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PureHDF.VFD;

[assembly: IgnoresAccessChecksTo("PureHDF")]

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Through which PureHDF reads a file, so that it is told no by whom it asks. PureHDF believes what a file says of itself: it makes an array of as many bytes as are stated before it reads them, follows what leads back to where it was,
/// and goes as deep as structures are nested. Here an array is made only of what the file holds, and reading has a measure and a depth.
/// </summary>
internal sealed class Hdf5Driver : H5DriverBase
{
    private const int WindowBytes = 1 << 12;

    // Of what is read in pieces of a few bytes, at one time; and of what is read as arrays, as long as the file is open. Whoever reads what is there does not come near.
    private const long FreeReads = 1 << 21;
    private const long ReadsOfByte = 4;
    private const long FreeArrays = 1 << 23;
    private const long ArraysOfByte = 16;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly Hdf5Structures _structures;
    private readonly byte[] _window = new byte[WindowBytes];
    private long _windowAt;
    private int _windowLength;
    private long _position;
    private long _reads;
    private long _arrays;

    /// <param name="path">The file, for messages.</param>
    /// <param name="file">The file; the driver's from now on.</param>
    /// <param name="head">Its first bytes, with the superblock's sizes.</param>
    internal Hdf5Driver(string path, SafeFileHandle file, ReadOnlySpan<byte> head)
    {
        (_path, _file, Length) = (path, file, RandomAccess.GetLength(file));
        _structures = new Hdf5Structures(path, Length, head);
    }

    public override long Length { get; }

    public override long Position => _position;

    /// <summary>Begins something that has the whole measure of reading for itself.</summary>
    internal void Begin() => _reads = 0;

    public override void Seek(long offset, SeekOrigin origin)
    {
        CheckDepth();
        _position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => throw new NotSupportedException($"Seek origin '{origin}' is not supported."),
        };
    }

    public override byte ReadByte() => Read<byte>();

    public override ushort ReadUInt16() => Read<ushort>();

    public override short ReadInt16() => Read<short>();

    public override uint ReadUInt32() => Read<uint>();

    public override ulong ReadUInt64() => Read<ulong>();

    public override byte[] ReadBytes(int count)
    {
        Count(count);
        _arrays += count;
        if (_arrays > Math.Max(FreeArrays, ArraysOfByte * Length))
            throw Damaged($"more than {_arrays} bytes of names, values and heaps would be read of its {Length}");
        var bytes = new byte[count];
        Fill(bytes);
        if (count == Hdf5Structures.SignatureLength)
            _structures.Check(bytes, (span, offset) => Peek(span, _position + offset));
        return bytes;
    }

    public override void Read(Span<byte> buffer)
    {
        Count(buffer.Length);
        Fill(buffer);
    }

    public override void ReadDataset(Span<byte> buffer)
    {
        CheckThere(buffer.Length);
        ReadFile(buffer, _position);
        _position += buffer.Length;
    }

    public override void Write(Span<byte> data) => throw CreateReadOnly();

    public override void WriteDataset(Span<byte> buffer) => throw CreateReadOnly();

    public override void SetLength(long endAddress) => throw CreateReadOnly();

    public override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
        base.Dispose(disposing);
    }

    private static NotSupportedException CreateReadOnly() => new("The file is open for reading.");

    private T Read<T>()
        where T : unmanaged
    {
        var value = default(T);
        var bytes = MemoryMarshal.AsBytes(new Span<T>(ref value));
        Count(bytes.Length);
        Fill(bytes);
        return value;
    }

    private void Count(int count)
    {
        CheckDepth();
        CheckThere(count);
        _reads += 1 + (count / sizeof(long));
        if (_reads > Math.Max(FreeReads, ReadsOfByte * Length))
            throw Damaged($"its {Length} bytes would be read over and over, as where a structure leads back to itself");
    }

    private void CheckDepth()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Damaged("its structures lie within each other without end");
    }

    private void CheckThere(int count)
    {
        if (count < 0 || _position < 0 || count > Length - _position)
            throw Damaged($"{count} bytes would be read at byte {_position}, of {Length}");
    }

    private void Fill(Span<byte> bytes)
    {
        Peek(bytes, _position);
        _position += bytes.Length;
    }

    /// <summary>From the window, which is moved to where it is read, or past it where more is wanted than a window.</summary>
    private void Peek(Span<byte> bytes, long position)
    {
        if (bytes.Length > WindowBytes)
        {
            ReadFile(bytes, position);
            return;
        }

        if (position < _windowAt || position + bytes.Length > _windowAt + _windowLength)
        {
            _windowLength = (int)Math.Clamp(Length - position, 0, WindowBytes);
            if (bytes.Length > _windowLength)
                throw Damaged($"{bytes.Length} bytes would be read at byte {position}, of {Length}");
            _windowAt = position;
            ReadFile(_window.AsSpan(0, _windowLength), position);
        }

        _window.AsSpan((int)(position - _windowAt), bytes.Length).CopyTo(bytes);
    }

    private void ReadFile(Span<byte> bytes, long position)
    {
        while (bytes.Length > 0)
        {
            var count = RandomAccess.Read(_file, bytes, position);
            if (count == 0)
            {
                _windowLength = 0;
                throw new InvalidDataException($"'{_path}' ends at byte {position}, where it had {Length} bytes when it was opened.");
            }

            bytes = bytes[count..];
            position += count;
        }
    }

    private InvalidDataException Damaged(string what) => new($"'{_path}' is cut short or damaged: {what}.");
}
