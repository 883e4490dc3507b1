namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A file that can be read to its end, but not for ever: who goes on reading where nothing comes, as parsers do that take no notice of the end, gets an <see cref="EndOfStreamException"/>. Owns the file.
/// </summary>
internal sealed class EndingStream(FileStream file) : Stream
{
    // A read of nothing tells the end; more of them without another read between tell that nobody listens.
    private const int Patience = 64;

    private int _endings;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="EndOfStreamException">The end was read again and again.</exception>
    public override int Read(Span<byte> buffer) => Count(file.Read(buffer), buffer.Length);

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => await ReadAsync(buffer.AsMemory(offset, count), cancellationToken).ConfigureAwait(false);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Count(await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false), buffer.Length);

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("The file is read only.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The file is read only.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int read, int wanted)
    {
        if (read > 0)
            _endings = 0;
        else if (wanted > 0 && ++_endings > Patience)
            throw new EndOfStreamException($"after {file.Length} bytes nothing more comes, but more is expected.");
        return read;
    }
}
