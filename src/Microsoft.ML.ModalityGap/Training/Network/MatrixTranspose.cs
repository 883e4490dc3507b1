using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.ModalityGap;

/// <summary>Transposed copies, in tiles that stay in cache.</summary>
internal static class MatrixTranspose
{
    /// <summary>Rows and columns of a tile.</summary>
    internal const int Tile = 16;

    private const int Lanes = 4;

    /// <summary>destination (columns×rows) = sourceᵀ.</summary>
    internal static void Copy<T>(ReadOnlySpan<T> source, int rows, int columns, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Copy(source, rows, columns, destination, 0, rows);

    /// <summary>The same of some rows of the source, from a multiple of <see cref="Tile"/> to an end.</summary>
    internal static void Copy<T>(ReadOnlySpan<T> source, int rows, int columns, Span<T> destination, int first, int end)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(source, rows, columns, destination, first, end, adds: false);

    /// <summary>destination (columns×rows) += sourceᵀ.</summary>
    internal static void Add<T>(ReadOnlySpan<T> source, int rows, int columns, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Add(source, rows, columns, destination, 0, rows);

    /// <summary>The same of some rows of the source, from a multiple of <see cref="Tile"/> to an end.</summary>
    internal static void Add<T>(ReadOnlySpan<T> source, int rows, int columns, Span<T> destination, int first, int end)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(source, rows, columns, destination, first, end, adds: true);

    private static void Run<T>(ReadOnlySpan<T> source, int rows, int columns, Span<T> destination, int firstRow, int endRow, bool adds)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && rows % Lanes == 0 && columns % Lanes == 0)
        {
            RunInVectors(MemoryMarshal.Cast<T, float>(source)[..(rows * columns)], rows, columns, MemoryMarshal.Cast<T, float>(destination)[..(rows * columns)], firstRow, endRow, adds);
            return;
        }

        for (var i = firstRow; i < endRow; i += Tile)
        {
            for (var j = 0; j < columns; j += Tile)
            {
                var (iEnd, jEnd) = (Math.Min(i + Tile, endRow), Math.Min(j + Tile, columns));
                for (var column = j; column < jEnd; column++)
                {
                    var target = destination.Slice(column * rows + i, iEnd - i);
                    for (var row = 0; row < target.Length; row++)
                    {
                        var value = source[(i + row) * columns + column];
                        target[row] = adds ? target[row] + value : value;
                    }
                }
            }
        }
    }

    private static unsafe void RunInVectors(ReadOnlySpan<float> source, int rows, int columns, Span<float> destination, int firstRow, int endRow, bool adds)
    {
        fixed (float* from = source, to = destination)
        {
            for (var i = firstRow; i < endRow; i += Tile)
            {
                for (var column = 0; column < columns; column += Lanes)
                {
                    for (var row = i; row < Math.Min(i + Tile, endRow); row += Lanes)
                    {
                        var first = from + (nint)row * columns + column;
                        var target = to + (nint)column * rows + row;
                        MatrixPanels.Transpose(
                            Vector128.Load(first), Vector128.Load(first + columns), Vector128.Load(first + 2 * columns), Vector128.Load(first + 3 * columns), out var c0, out var c1, out var c2, out var c3);
                        if (adds)
                        {
                            c0 = Vector128.Load(target) + c0;
                            c1 = Vector128.Load(target + rows) + c1;
                            c2 = Vector128.Load(target + 2 * rows) + c2;
                            c3 = Vector128.Load(target + 3 * rows) + c3;
                        }

                        c0.Store(target);
                        c1.Store(target + rows);
                        c2.Store(target + 2 * rows);
                        c3.Store(target + 3 * rows);
                    }
                }
            }
        }
    }
}
