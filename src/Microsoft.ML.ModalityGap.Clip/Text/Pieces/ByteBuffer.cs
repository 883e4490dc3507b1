using System.Buffers;
using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>Bytes that are being put together, in memory that is lent and goes back.</summary>
internal ref struct ByteBuffer
{
    private byte[] _bytes;

    internal ByteBuffer(int capacity)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 1));
    }

    internal int Length { get; private set; }

    internal readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    internal void Append(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Appends a text in UTF-8.</summary>
    internal void AppendUtf8(scoped ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
    }

    internal void CutTo(int length) => Length = length;

    internal readonly void Return() => ArrayPool<byte>.Shared.Return(_bytes);

    private void Reserve(int count)
    {
        if (count <= _bytes.Length - Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(Length + count, 2 * Length)));
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
