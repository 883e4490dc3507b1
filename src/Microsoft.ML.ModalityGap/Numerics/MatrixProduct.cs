namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The product of matrices in float: packed panels (<see cref="MatrixPanels"/>), tiles that stay in registers (<see cref="MatrixTile"/>), several cores.
/// </summary>
/// <remarks>
/// An entry is the sum over k, in pieces of <see cref="MatrixTile.Depth"/>; a piece is a chain of multiply-adds in the order of k, and the pieces are
/// added in their order. So an entry's bits depend on its row of a and its column of b alone: equal rows give equal entries wherever they stand, for any
/// number of threads and any width of vectors (where the machine has a fused multiply-add). <see cref="Dot"/> gives the same bits.
/// </remarks>
internal static unsafe class MatrixProduct
{
    // A block of the left matrix stays in the second-level cache, one of the right in the third; both in whole tiles.
    private const int BlockRows = 480;
    private const int BlockColumns = 1536;

    // Below this a second thread costs more than it brings.
    private const long SmallProduct = 1 << 20;

    /// <summary>c = op(a)·op(b), or c += op(a)·op(b); op transposes where asked. All matrices are row-major.</summary>
    /// <param name="a">m×k values, or k×m if transposed.</param>
    /// <param name="transposeA">Whether <paramref name="a"/> is stored as its transpose.</param>
    /// <param name="b">k×n values, or n×k if transposed.</param>
    /// <param name="transposeB">Whether <paramref name="b"/> is stored as its transpose: rows by rows, as in a product of embeddings.</param>
    /// <param name="m">Rows of the result.</param>
    /// <param name="n">Columns of the result.</param>
    /// <param name="k">The length of the sums; 0 makes a zero matrix.</param>
    /// <param name="c">Receives m×n values; must not overlap the others.</param>
    /// <param name="accumulate">Whether to add to what <paramref name="c"/> holds.</param>
    /// <param name="maxDegreeOfParallelism">The most threads to use; −1 for as many as there are cores. The result does not depend on it.</param>
    /// <exception cref="ArgumentException">A span has another length than its shape asks for.</exception>
    internal static void Multiply(
        ReadOnlySpan<float> a, bool transposeA, ReadOnlySpan<float> b, bool transposeB, int m, int n, int k, Span<float> c, bool accumulate = false, int maxDegreeOfParallelism = -1) =>
        Multiply(a, transposeA, b, transposeB, m, n, k, c, accumulate, maxDegreeOfParallelism, MatrixTile.BestPath);

    /// <summary>The same, with vectors of a given width.</summary>
    internal static void Multiply(
        ReadOnlySpan<float> a, bool transposeA, ReadOnlySpan<float> b, bool transposeB, int m, int n, int k, Span<float> c, bool accumulate, int maxDegreeOfParallelism, MatrixTilePath path)
    {
        RowBlocks.CheckDegreeOfParallelism(maxDegreeOfParallelism);
        CheckLength(a.Length, m, k, nameof(a));
        CheckLength(b.Length, k, n, nameof(b));
        CheckLength(c.Length, m, n, nameof(c));
        if (c.IsEmpty)
            return;
        if (k == 0)
        {
            if (!accumulate)
                c.Clear();
            return;
        }

        fixed (float* pa = a, pb = b, pc = c)
        {
            new Product(pa, transposeA, pb, transposeB, m, n, k, pc, accumulate, path).Run(maxDegreeOfParallelism);
        }
    }

    /// <summary>a·b, bit for bit as <see cref="Multiply(ReadOnlySpan{float}, bool, ReadOnlySpan{float}, bool, int, int, int, Span{float}, bool, int)"/> computes it.</summary>
    internal static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        b = b[..a.Length];
        var sum = 0f;
        for (var first = 0; first < a.Length; first += MatrixTile.Depth)
        {
            var end = Math.Min(a.Length, first + MatrixTile.Depth);
            var piece = 0f;
            for (var i = first; i < end; i++)
                piece = float.MultiplyAddEstimate(a[i], b[i], piece);
            sum += piece;
        }

        return sum;
    }

    private static void CheckLength(int length, int rows, int columns, string parameterName)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows, parameterName);
        ArgumentOutOfRangeException.ThrowIfNegative(columns, parameterName);
        if (length != (long)rows * columns)
            throw new ArgumentException($"A matrix of {rows}×{columns} has {(long)rows * columns} values, but {length} were given.", parameterName);
    }

    /// <summary>One product: its operands, and its division into blocks, each worked on by one thread.</summary>
    private sealed class Product(
        float* a, bool transposeA, float* b, bool transposeB, int m, int n, int k, float* c, bool accumulate, MatrixTilePath path)
    {
        // Panels begin at whole cache lines.
        private readonly nint _room = RoundUp(Math.Min(k, MatrixTile.Depth), 16);

        internal void Run(int maxDegreeOfParallelism)
        {
            var threads = (long)m * n * k < SmallProduct ? 1 : maxDegreeOfParallelism > 0 ? maxDegreeOfParallelism : Environment.ProcessorCount;
            var (blockRows, blockColumns) = ChooseBlocks(threads);
            var columnBlocks = (n + blockColumns - 1) / blockColumns;
            var blocks = (m + blockRows - 1) / blockRows * columnBlocks;
            var next = -1;

            // Each thread takes the next block that is left, whichever it is: the result is the same, and no one waits for a slow core.
            void Work(int thread)
            {
                using var buffer = new AlignedBuffer((blockRows + blockColumns) * _room + MatrixTile.Rows * MatrixTile.Columns);
                for (var block = Interlocked.Increment(ref next); block < blocks; block = Interlocked.Increment(ref next))
                {
                    var (row, column) = (block / columnBlocks * blockRows, block % columnBlocks * blockColumns);
                    MultiplyBlock(buffer.Pointer, row, Math.Min(blockRows, m - row), column, Math.Min(blockColumns, n - column));
                }
            }

            threads = Math.Min(threads, blocks);
            if (threads == 1)
                Work(0);
            else
                ParallelFor.Run(threads, threads, Work);
        }

        /// <summary>Blocks as large as the caches take, and small enough that there are some for each thread.</summary>
        private (int Rows, int Columns) ChooseBlocks(int threads)
        {
            var rows = Math.Min(BlockRows, RoundUp(m, MatrixTile.Rows));
            var columns = Math.Min(BlockColumns, RoundUp(n, MatrixTile.Columns));
            while (threads > 1 && (long)((m + rows - 1) / rows) * ((n + columns - 1) / columns) < 4L * threads)
            {
                if (columns > rows && columns > 2 * MatrixTile.Columns)
                    columns = RoundUp(columns / 2, MatrixTile.Columns);
                else if (rows > 4 * MatrixTile.Rows)
                    rows = RoundUp(rows / 2, MatrixTile.Rows);
                else
                    break;
            }

            return (rows, columns);
        }

        private void MultiplyBlock(float* room, int firstRow, int rows, int firstColumn, int columns)
        {
            var edge = room;
            var left = edge + MatrixTile.Rows * MatrixTile.Columns;
            var right = left + RoundUp(rows, MatrixTile.Rows) * _room;
            var kernel = MatrixTile.GetKernel(path);
            for (var first = 0; first < k; first += MatrixTile.Depth)
            {
                var depth = Math.Min(MatrixTile.Depth, k - first);
                PackLeft(left, firstRow, rows, first, depth);
                PackRight(right, firstColumn, columns, first, depth);
                var add = accumulate || first > 0;
                for (var column = 0; column < columns; column += MatrixTile.Columns)
                {
                    var panel = right + (nint)column * depth;
                    var width = Math.Min(MatrixTile.Columns, columns - column);
                    for (var row = 0; row < rows; row += MatrixTile.Rows)
                    {
                        var height = Math.Min(MatrixTile.Rows, rows - row);
                        var target = c + (nint)(firstRow + row) * n + firstColumn + column;
                        if (width == MatrixTile.Columns)
                        {
                            kernel(left + (nint)row * depth, panel, depth, target, n, height, add);
                            continue;
                        }

                        kernel(left + (nint)row * depth, panel, depth, edge, MatrixTile.Columns, height, false);
                        CopyEdge(edge, target, height, width, add);
                    }
                }
            }
        }

        private void CopyEdge(float* edge, float* target, int height, int width, bool add)
        {
            for (var row = 0; row < height; row++, edge += MatrixTile.Columns, target += n)
            {
                for (var column = 0; column < width; column++)
                    target[column] = add ? edge[column] + target[column] : edge[column];
            }
        }

        private void PackLeft(float* panels, int firstRow, int rows, int first, int depth)
        {
            for (var row = 0; row < rows; row += MatrixTile.Rows)
            {
                var count = Math.Min(MatrixTile.Rows, rows - row);
                if (transposeA)
                    MatrixPanels.PackAcross(a + (nint)first * m + firstRow + row, m, count, depth, panels, MatrixTile.Rows);
                else
                    MatrixPanels.PackVectors(a + (nint)(firstRow + row) * k + first, k, count, depth, panels, MatrixTile.Rows);
                panels += MatrixTile.Rows * depth;
            }
        }

        private void PackRight(float* panels, int firstColumn, int columns, int first, int depth)
        {
            for (var column = 0; column < columns; column += MatrixTile.Columns)
            {
                var count = Math.Min(MatrixTile.Columns, columns - column);
                if (transposeB)
                    MatrixPanels.PackVectors(b + (nint)(firstColumn + column) * k + first, k, count, depth, panels, MatrixTile.Columns);
                else
                    MatrixPanels.PackAcross(b + (nint)first * n + firstColumn + column, n, count, depth, panels, MatrixTile.Columns);
                panels += MatrixTile.Columns * depth;
            }
        }

        private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
    }
}
