using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>
/// Which edges between basic blocks an input went over, as SharpFuzz's instrumentation counts them: 65,536 cells, in which two edges may meet. So the number of distinct cells is a lower bound of that of edges.
/// </summary>
internal sealed unsafe class EdgeMap
{
    internal const int Size = 1 << 16;

    // Never freed: threads of the pool may run instrumented code to the end of the process.
    private readonly byte* _cells = (byte*)NativeMemory.AllocZeroed(Size);

    /// <summary>Instrumented code writes to this map from here on.</summary>
    internal void Attach() => Trace.SharedMem = _cells;

    internal void Clear()
    {
        new Span<byte>(_cells, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Adds what was gone over to what is known; says whether there was anything new.</summary>
    internal bool AddTo(byte[] known)
    {
        var isNew = false;
        var cells = new ReadOnlySpan<byte>(_cells, Size);
        var words = MemoryMarshal.Cast<byte, ulong>(cells);
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] == 0)
                continue;
            for (var cell = i * sizeof(ulong); cell < (i + 1) * sizeof(ulong); cell++)
            {
                if (cells[cell] != 0 && known[cell] == 0)
                {
                    known[cell] = 1;
                    isNew = true;
                }
            }
        }

        return isNew;
    }
}
