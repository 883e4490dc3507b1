using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Floats outside the managed heap that begin at a cache line, so that no vector load crosses two.</summary>
internal sealed unsafe class AlignedBuffer : SafeHandle
{
    private const int Alignment = 64;

    internal AlignedBuffer(nint length)
        : base(0, ownsHandle: true)
    {
        SetHandle((nint)NativeMemory.AlignedAlloc(checked((nuint)length * sizeof(float)), Alignment));
    }

    public override bool IsInvalid => handle == 0;

    internal float* Pointer => (float*)handle;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
