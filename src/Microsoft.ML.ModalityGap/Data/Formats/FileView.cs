namespace Microsoft.ML.ModalityGap;

/// <summary>A file that a library reads through this, so that its reads can be watched or held back. Owns the file.</summary>
internal abstract class FileView : Stream
{
    /// <param name="file">The file, open for reading.</param>
    protected FileView(FileStream file) => (File, Source) = (file, file);

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => Source.Length;

    public override long Position
    {
        get => Source.Position;
        set => Source.Position = value;
    }

    public override int Read(Span<byte> buffer) => Source.Read(buffer[..Admit(buffer.Length)]);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Source.ReadAsync(buffer[..Admit(buffer.Length)], cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Source.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException($"'{File.Name}' is open for reading.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException($"'{File.Name}' is open for reading.");

    /// <summary>The file.</summary>
    protected FileStream File { get; }

    /// <summary>What is read: the file, unless something else is shown in its place.</summary>
    protected Stream Source { get; set; }

    /// <summary>Called before every read.</summary>
    /// <param name="count">How many bytes are asked for.</param>
    /// <returns>How many may be read.</returns>
    protected abstract int Admit(int count);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            File.Dispose();
        base.Dispose(disposing);
    }
}
