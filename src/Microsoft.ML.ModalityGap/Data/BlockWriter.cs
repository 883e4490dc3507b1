namespace Microsoft.ML.ModalityGap;

/// <summary>Gathers rows and writes them in large blocks, one while the next is filled.</summary>
/// <param name="stream">Where to; nobody else writes to it before <see cref="Complete"/>.</param>
/// <param name="rowBytes">Bytes of a row.</param>
internal sealed class BlockWriter(Stream stream, int rowBytes) : IDisposable
{
    private const int BlockBytes = 1 << 21;

    private byte[] _filling = GC.AllocateUninitializedArray<byte>(Math.Max(BlockBytes / rowBytes, 1) * rowBytes);
    private byte[] _writing = [];
    private int _length;
    private Task _pending = Task.CompletedTask;

    /// <summary>Room for the next row.</summary>
    /// <exception cref="IOException">A block before could not be written.</exception>
    internal Span<byte> AddRow()
    {
        if (_length == _filling.Length)
            Send();
        var row = _filling.AsSpan(_length, rowBytes);
        _length += rowBytes;
        return row;
    }

    /// <summary>Writes what is left.</summary>
    /// <exception cref="IOException">Something could not be written.</exception>
    internal void Complete()
    {
        Send();
        _pending.GetAwaiter().GetResult();
    }

    /// <summary>Waits until nothing is written any more; what fails then, or has failed, is what <see cref="Complete"/> tells.</summary>
    public void Dispose() => _pending.ContinueWith(writing => writing.Exception, TaskScheduler.Default).Wait();

    private void Send()
    {
        _pending.GetAwaiter().GetResult();
        if (_writing.Length == 0)
            _writing = GC.AllocateUninitializedArray<byte>(_filling.Length);
        (_filling, _writing) = (_writing, _filling);
        var (block, length) = (_writing, _length);
        _pending = Task.Run(() =>
        {
            stream.Write(block, 0, length);
            if (stream is FileStream file)
                UnixFile.BeginFlush(file.SafeFileHandle);
        });
        _length = 0;
    }
}
