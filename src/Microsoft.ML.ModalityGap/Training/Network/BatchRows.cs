using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>Rows of a batch, read where they lie among those of other batches.</summary>
/// <param name="Values">All rows, one behind the other.</param>
/// <param name="Dimension">The length of a row.</param>
/// <param name="Order">The rows of this batch and of those before and after it, in their order.</param>
/// <param name="First">Where in <paramref name="Order"/> the batch begins.</param>
/// <param name="Count">How many rows it has.</param>
internal readonly record struct BatchRows<T>(T[] Values, int Dimension, int[] Order, int First, int Count)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int LineBytes = 64;

    /// <summary>A batch of all rows, as they stand.</summary>
    internal BatchRows(T[] values, int dimension)
        : this(values, dimension, [.. Enumerable.Range(0, values.Length / dimension)], 0, values.Length / dimension)
    {
    }

    /// <summary>A row of the batch.</summary>
    internal ReadOnlySpan<T> this[int row] => Values.AsSpan(Order[First + row] * Dimension, Dimension);

    /// <summary>Asks the memory for a row, which may be one of the batches after this: rows lie anywhere, and whoever reads one waits again and again.</summary>
    internal unsafe void Fetch(int row)
    {
        if (!Sse.IsSupported || First + row >= Order.Length)
            return;
        var values = MemoryMarshal.AsBytes(this[row]);
        fixed (byte* first = values)
        {
            for (var i = 0; i < values.Length; i += LineBytes)
                Sse.Prefetch0(first + i);
        }
    }

    /// <summary>Copies the rows of the batch, one behind the other.</summary>
    internal void CopyTo(Span<T> target)
    {
        for (var row = 0; row < Count; row++)
            this[row].CopyTo(target[(row * Dimension)..]);
    }
}
