namespace Microsoft.ML.ModalityGap;

/// <summary>Gathers rows and writes them in large blocks, one while the next is filled.</summary>
/// <remarks>Blocks end at multiples of their size in the file, wherever rows do: a page of which two blocks have a part each is put on the disk twice, and the second block waits for the first time.</remarks>
/// <param name="stream">Where to; nobody else writes to it before <see cref="Complete"/>.</param>
/// <param name="rowBytes">Bytes of a row.</param>
/// <param name="rowCount">How many rows are expected, for which a file gets room; 0 where nobody knows.</param>
internal sealed class BlockWriter(Stream stream, int rowBytes, long rowCount) : IDisposable
{
    // Small enough to be copied from a cache; larger ones have the system look for pages as large, which it does not keep ready.
    private const int BlockBytes = 1 << 18;

    private const int FlushEvery = 1 << 21; // bytes, a multiple of blocks

    private readonly long _expectedEnd = Reserve(stream, rowCount * rowBytes);
    private Memory<byte> _filling = Allocate(rowBytes);
    private Memory<byte> _writing;
    private int _length;
    private int _blockEnd = BlockBytes - (stream.CanSeek ? (int)(stream.Position % BlockBytes) : 0); // in what is being filled
    private Task _pending = Task.CompletedTask;

    /// <summary>Room for the next row.</summary>
    /// <exception cref="IOException">A block before could not be written.</exception>
    internal Span<byte> AddRow()
    {
        if (_length >= _blockEnd)
            Send(_length - (_length - _blockEnd) % BlockBytes);
        var row = _filling.Span.Slice(_length, rowBytes);
        _length += rowBytes;
        return row;
    }

    /// <summary>Writes what is left.</summary>
    /// <exception cref="IOException">Something could not be written.</exception>
    internal void Complete()
    {
        Send(_length);
        _pending.GetAwaiter().GetResult();

        // Room that was not needed is given back.
        if (stream.CanSeek && stream.Position < _expectedEnd)
            stream.SetLength(stream.Position);
    }

    /// <summary>Waits until nothing is written any more; what fails then, or has failed, is what <see cref="Complete"/> tells.</summary>
    public void Dispose() => _pending.ContinueWith(writing => writing.Exception, TaskScheduler.Default).Wait();

    private static Memory<byte> Allocate(int rowBytes) => AlignedBytes.Allocate(BlockBytes + rowBytes);

    private static long Reserve(Stream stream, long bytes)
    {
        if (stream is not FileStream { CanSeek: true } file || bytes == 0)
            return 0;
        UnixFile.Reserve(file.SafeFileHandle, file.Position, bytes);
        return file.Position + bytes;
    }

    private void Send(int count)
    {
        _pending.GetAwaiter().GetResult();
        if (_writing.IsEmpty)
            _writing = Allocate(rowBytes);
        (_filling, _writing) = (_writing, _filling);
        var block = _writing[..count];
        _writing[count.._length].CopyTo(_filling);
        (_length, _blockEnd) = (_length - count, BlockBytes);
        _pending = Task.Run(() =>
        {
            stream.Write(block.Span);
            if (stream is FileStream { CanSeek: true } file && file.Position % FlushEvery == 0)
                UnixFile.BeginFlush(file.SafeFileHandle);
        });
    }
}
