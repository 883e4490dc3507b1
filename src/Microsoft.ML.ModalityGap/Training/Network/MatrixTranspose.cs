using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>Transposed copies, in tiles that stay in cache.</summary>
internal static class MatrixTranspose
{
    private const int Tile = 16;

    /// <summary>destination (columns×rows) = sourceᵀ.</summary>
    internal static void Copy<T>(ReadOnlySpan<T> source, int rows, int columns, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(source, rows, columns, destination, adds: false);

    /// <summary>destination (columns×rows) += sourceᵀ.</summary>
    internal static void Add<T>(ReadOnlySpan<T> source, int rows, int columns, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(source, rows, columns, destination, adds: true);

    private static void Run<T>(ReadOnlySpan<T> source, int rows, int columns, Span<T> destination, bool adds)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < rows; i += Tile)
        {
            for (var j = 0; j < columns; j += Tile)
            {
                var (iEnd, jEnd) = (Math.Min(i + Tile, rows), Math.Min(j + Tile, columns));
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
}
