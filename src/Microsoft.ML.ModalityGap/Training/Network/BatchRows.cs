using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>Rows of a batch, read where they lie among those of other batches.</summary>
/// <param name="Values">All rows, one behind the other.</param>
/// <param name="Dimension">The length of a row.</param>
/// <param name="Order">The numbers of the rows of this batch and of others, in their order.</param>
/// <param name="First">Where in <paramref name="Order"/> the batch begins.</param>
/// <param name="Count">How many rows it has.</param>
internal readonly record struct BatchRows<T>(T[] Values, int Dimension, int[] Order, int First, int Count)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsAhead = 2;

    /// <summary>A batch of all rows, as they stand.</summary>
    internal BatchRows(T[] values, int dimension)
        : this(values, dimension, [.. Enumerable.Range(0, values.Length / dimension)], 0, values.Length / dimension)
    {
    }

    /// <summary>A row of the batch.</summary>
    internal ReadOnlySpan<T> this[int row] => Values.AsSpan(Order[First + row] * Dimension, Dimension);

    /// <summary>The row at a place of the next batch, or of this one where none follows: what the memory can be asked for while this batch is worked on.</summary>
    internal ReadOnlySpan<T> GetNext(int row) => First + Count + row < Order.Length ? this[Count + row] : this[row];

    /// <summary>A row of a batch that is read in its order for the first time: rows lie anywhere, and the memory is asked for those that follow before they are waited for.</summary>
    internal unsafe ReadOnlySpan<T> ReadAhead(int row)
    {
        if (Sse.IsSupported && row + RowsAhead < Count)
        {
            var values = MemoryMarshal.AsBytes(this[row + RowsAhead]);
            fixed (byte* ahead = values)
            {
                for (var i = 0; i < values.Length; i += FusedRows.LineBytes)
                    Sse.Prefetch0(ahead + i);
            }
        }

        return this[row];
    }

    /// <summary>Copies the rows of the batch, one behind the other.</summary>
    internal void CopyTo(Span<T> target)
    {
        for (var row = 0; row < Count; row++)
            ReadAhead(row).CopyTo(target[(row * Dimension)..]);
    }
}
