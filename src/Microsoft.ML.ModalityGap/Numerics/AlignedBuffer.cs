using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Floats outside the managed heap that begin at a cache line, so that no vector load crosses two.</summary>
internal sealed unsafe class AlignedBuffer : SafeHandle
{
    private const int Alignment = 64;

    // Each thread keeps two buffers of at most 2 MB, as many as a product needs: fresh memory costs a small product half of its time.
    private const int Kept = 2;
    private const nint LargestKept = 1 << 19;

    [ThreadStatic]
    private static AlignedBuffer?[]? _kept;

    internal AlignedBuffer(nint length)
        : base(0, ownsHandle: true)
    {
        Length = length;
        SetHandle((nint)NativeMemory.AlignedAlloc(checked((nuint)length * sizeof(float)), Alignment));
    }

    public override bool IsInvalid => handle == 0;

    internal nint Length { get; }

    internal float* Pointer => (float*)handle;

    /// <summary>A buffer of at least so many floats, until <see cref="Lease.Dispose"/>: one that this thread has used before, if there is one.</summary>
    internal static Lease Rent(nint length)
    {
        if (_kept is { } kept)
        {
            for (var i = 0; i < Kept; i++)
            {
                if (kept[i] is { } buffer && buffer.Length >= length)
                {
                    kept[i] = null;
                    return new Lease(buffer);
                }
            }
        }

        return new Lease(new AlignedBuffer(length));
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }

    private static void Return(AlignedBuffer buffer)
    {
        var kept = _kept ??= new AlignedBuffer?[Kept];
        for (var i = 0; i < Kept && buffer.Length <= LargestKept; i++)
        {
            if (kept[i] is null || kept[i]!.Length < buffer.Length)
                (kept[i], buffer) = (buffer, kept[i]!);
            if (buffer is null)
                return;
        }

        buffer.Dispose();
    }

    /// <summary>A buffer that is in use.</summary>
    internal readonly struct Lease(AlignedBuffer buffer) : IDisposable
    {
        internal float* Pointer => buffer.Pointer;

        public void Dispose() => Return(buffer);
    }
}
