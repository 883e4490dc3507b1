namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A file of which only a part may be read: Parquet.Net goes on to the next page as long as it has not all values, whatever stands there, and takes the end of a file for bytes without end.
/// </summary>
/// <param name="file">The file, which goes with this.</param>
internal sealed class ParquetWindow(FileStream file) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    /// <summary>Where reading ends.</summary>
    internal long End { get; set; } = file.Length;

    public override int Read(Span<byte> buffer) => file.Read(buffer[..Limit(buffer.Length)]);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => file.ReadAsync(buffer[..Limit(buffer.Length)], cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <exception cref="EndOfStreamException">There is none.</exception>
    public override int ReadByte() => file.Position < End ? file.ReadByte() : throw new EndOfStreamException($"More is wanted than there is: byte {file.Position}, behind the end at {End}.");

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }

    private int Limit(int count) => (int)Math.Clamp(End - file.Position, 0, count);
}
