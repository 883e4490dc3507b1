using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Rows packed once as the right matrix of many products (<see cref="MatrixProduct.Multiply(ReadOnlySpan{float}, PackedRows, Span{float}, int)"/>). Immutable.</summary>
internal sealed unsafe class PackedRows
{
    private const int Alignment = 64;

    // Pinned, so that pointers into it last; of the collector's, which so knows how much maps that are done with hold.
    private readonly float[] _panels;

    /// <param name="rows">Rows of the same length, one behind the other.</param>
    /// <param name="dimension">Their length.</param>
    internal PackedRows(ReadOnlySpan<float> rows, int dimension)
    {
        Dimension = dimension;
        Count = rows.Length / dimension;
        var panels = (Count + MatrixTile.Columns - 1) / MatrixTile.Columns;
        _panels = GC.AllocateUninitializedArray<float>(checked(panels * MatrixTile.Columns * dimension + Alignment / sizeof(float)), pinned: true);
        fixed (float* source = rows)
        {
            for (var row = 0; row < Count; row += MatrixTile.Columns)
            {
                for (var first = 0; first < dimension; first += MatrixTile.Depth)
                {
                    MatrixPanels.PackVectors(
                        source + (nint)row * dimension + first, dimension, Math.Min(MatrixTile.Columns, Count - row), Math.Min(MatrixTile.Depth, dimension - first), GetPiece(row, first), MatrixTile.Columns);
                }
            }
        }
    }

    internal int Count { get; }

    internal int Dimension { get; }

    /// <summary>Where the values from k = first on are of the panel that begins with a row.</summary>
    internal float* GetPiece(int row, int first)
    {
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_panels));
        return (float*)((address + Alignment - 1) & -Alignment) + (nint)row * Dimension + (nint)first * MatrixTile.Columns;
    }
}
