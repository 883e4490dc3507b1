using System.Diagnostics.CodeAnalysis;

namespace Microsoft.ML.ModalityGap;

/// <summary>Rows packed once, for many products with them: entries are <see cref="MatrixProduct"/>'s bit for bit, so the same for one row as in a block. Thread-safe.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The memory goes with the last reference; transformers that hold one are not disposed.")]
internal sealed unsafe class PackedRows
{
    // A block of left rows and a panel stay in the second-level cache.
    private const int BlockRows = 10 * MatrixTile.Rows;

    // Below this many multiply-adds a second thread costs more than it brings.
    private const long SmallProduct = 1 << 20;

    private readonly AlignedBuffer _panels;
    private readonly int _panelCount;

    /// <param name="rows">Rows of the same length, one behind the other.</param>
    /// <param name="dimension">Their length.</param>
    internal PackedRows(ReadOnlySpan<float> rows, int dimension)
    {
        Dimension = dimension;
        Count = rows.Length / dimension;
        _panelCount = (Count + MatrixTile.Columns - 1) / MatrixTile.Columns;
        _panels = new AlignedBuffer((nint)_panelCount * MatrixTile.Columns * dimension);
        fixed (float* source = rows)
        {
            for (var panel = 0; panel < _panelCount; panel++)
            {
                var row = panel * MatrixTile.Columns;
                for (var first = 0; first < dimension; first += MatrixTile.Depth)
                {
                    MatrixPanels.PackVectors(
                        source + (nint)row * dimension + first, dimension, Math.Min(MatrixTile.Columns, Count - row), Math.Min(MatrixTile.Depth, dimension - first), GetPiece(panel, first), MatrixTile.Columns);
                }
            }
        }
    }

    internal int Count { get; }

    internal int Dimension { get; }

    /// <summary>The inner products of rows with all that are packed.</summary>
    /// <param name="rows">m rows, one behind the other.</param>
    /// <param name="products">Receives m×<see cref="Count"/> values.</param>
    /// <param name="maxDegreeOfParallelism">The most threads to use; −1 for as many as there are cores. The result does not depend on it.</param>
    internal void Multiply(ReadOnlySpan<float> rows, Span<float> products, int maxDegreeOfParallelism = -1)
    {
        var count = rows.Length / Dimension;
        if (rows.Length != (long)count * Dimension || products.Length != (long)count * Count)
            throw new ArgumentException($"Rows of {Dimension} values and {Count} products of each are expected, but {rows.Length} and {products.Length} values were given.", nameof(rows));
        if (count == 0 || Count == 0)
            return;
        var threads = (long)rows.Length * Count < SmallProduct ? 1 : maxDegreeOfParallelism > 0 ? maxDegreeOfParallelism : ParallelFor.AvailableThreads;
        var blocks = (count + BlockRows - 1) / BlockRows;
        var parts = Math.Min(_panelCount, (threads + blocks - 1) / blocks);
        fixed (float* left = rows, target = products)
        {
            var (source, result) = ((nint)left, (nint)target);
            ParallelFor.Run(blocks * parts, Math.Min(threads, blocks * parts), item =>
            {
                var (block, part) = (item / parts * BlockRows, item % parts);
                MultiplyBlock((float*)source + (nint)block * Dimension, Math.Min(BlockRows, count - block), (float*)result + (nint)block * Count, _panelCount * part / parts, _panelCount * (part + 1) / parts);
            });
        }
    }

    private void MultiplyBlock(float* source, int rows, float* result, int firstPanel, int endPanel)
    {
        var kernel = MatrixTile.GetKernel(MatrixTile.BestPath);
        var height = (rows + MatrixTile.Rows - 1) / MatrixTile.Rows * MatrixTile.Rows;
        using var left = AlignedBuffer.Rent((nint)height * Dimension);
        using var tile = AlignedBuffer.Rent((nint)height * MatrixTile.Columns);
        for (var first = 0; first < Dimension; first += MatrixTile.Depth)
        {
            var depth = Math.Min(MatrixTile.Depth, Dimension - first);
            for (var row = 0; row < rows; row += MatrixTile.Rows)
                MatrixPanels.PackVectors(source + (nint)row * Dimension + first, Dimension, Math.Min(MatrixTile.Rows, rows - row), depth, left.Pointer + (nint)height * first + (nint)row * depth, MatrixTile.Rows);
        }

        for (var panel = firstPanel; panel < endPanel; panel++)
        {
            var (column, width) = (panel * MatrixTile.Columns, Math.Min(MatrixTile.Columns, Count - panel * MatrixTile.Columns));
            var isDirect = width == MatrixTile.Columns;
            var (sums, stride) = isDirect ? ((nint)(result + column), Count) : ((nint)tile.Pointer, MatrixTile.Columns);
            for (var first = 0; first < Dimension; first += MatrixTile.Depth)
            {
                var depth = Math.Min(MatrixTile.Depth, Dimension - first);
                for (var row = 0; row < rows; row += MatrixTile.Rows)
                {
                    kernel(
                        left.Pointer + (nint)height * first + (nint)row * depth, GetPiece(panel, first), depth, (float*)sums + (nint)row * stride, stride, Math.Min(MatrixTile.Rows, rows - row), first > 0);
                }
            }

            for (var row = 0; row < rows && !isDirect; row++)
                new ReadOnlySpan<float>(tile.Pointer + (nint)row * MatrixTile.Columns, width).CopyTo(new Span<float>(result + (nint)row * Count + column, width));
        }
    }

    /// <summary>All of a panel's pieces lie one behind the other.</summary>
    private float* GetPiece(int panel, int first) => _panels.Pointer + ((nint)panel * Dimension + first) * MatrixTile.Columns;
}
