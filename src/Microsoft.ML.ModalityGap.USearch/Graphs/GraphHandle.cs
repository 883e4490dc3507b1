using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>A native graph, freed when nobody holds it any more.</summary>
internal sealed class GraphHandle : SafeHandle
{
    public GraphHandle()
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
    }

    internal GraphHandle(nint graph)
        : this() => SetHandle(graph);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMethods.Free(handle, out var error);
        return error == 0;
    }
}
