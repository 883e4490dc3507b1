using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Memory outside the managed heap, which may be longer than an array.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    internal byte* Pointer { get; private set; }

    internal long Length { get; private set; }

    internal ReadOnlySpan<byte> GetSpan(long start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + length, Length);
        return new ReadOnlySpan<byte>(Pointer + start, length);
    }

    internal void Resize(long length)
    {
        Pointer = (byte*)NativeMemory.Realloc(Pointer, checked((nuint)length));
        Length = length;
    }

    /// <summary>Puts bytes behind the others.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        var start = Length;
        Resize(start + bytes.Length);
        bytes.CopyTo(new Span<byte>(Pointer + start, bytes.Length));
    }

    public void Dispose()
    {
        NativeMemory.Free(Pointer);
        Pointer = null;
        Length = 0;
    }
}
