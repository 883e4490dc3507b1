namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The product of matrices in float: packed panels (<see cref="MatrixPanels"/>, <see cref="LeftPanels"/>), tiles that stay in registers (<see cref="MatrixTile"/>), several cores.
/// </summary>
/// <remarks>
/// An entry is the sum over k, in pieces of <see cref="MatrixTile.Depth"/>; a piece is a chain of multiply-adds in the order of k, and the pieces are
/// added in their order. So an entry's bits depend on its row of a and its column of b alone: equal rows give equal entries wherever they stand, for any
/// number of threads and any width of vectors (where the machine has a fused multiply-add). <see cref="Dot"/> gives the same bits.
/// </remarks>
internal static unsafe class MatrixProduct
{
    // The left matrix is packed once, in bands of rows, and of k where that is long, that hold as many values as this (16 MB).
    private const int BandValues = 1 << 22;
    private const int BandDepth = 16 * MatrixTile.Depth;

    // While a block of columns is worked on, it and a block of rows stay in the second-level cache; both in whole tiles.
    private const int BlockRows = 120;
    private const int BlockColumns = 256;

    // So many pieces of the sums are made before the result, which may be far away in memory, is touched again.
    private const int StepDepth = 4 * MatrixTile.Depth;

    // What is transposed is so in blocks that stay in the cache.
    private const int TransposedBlock = 16;

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

    /// <summary>c = a·aᵀ, bit for bit as a product computes it: of what it is twice, one half is computed.</summary>
    /// <param name="a">m×k values.</param>
    /// <param name="m">Rows.</param>
    /// <param name="k">The length of the sums.</param>
    /// <param name="c">Receives m×m values; must not overlap <paramref name="a"/>.</param>
    /// <exception cref="ArgumentException">A span has another length than its shape asks for.</exception>
    internal static void MultiplyByItself(ReadOnlySpan<float> a, int m, int k, Span<float> c)
    {
        CheckLength(a.Length, m, k, nameof(a));
        CheckLength(c.Length, m, m, nameof(c));
        if (c.IsEmpty)
            return;
        if (k == 0)
        {
            c.Clear();
            return;
        }

        KernelWork.AddProduct((long)m * m * k / 2);
        fixed (float* pa = a, pc = c)
        {
            new Product(pa, false, pa, true, null, m, m, k, pc, accumulate: false, MatrixTile.BestPath, isSymmetric: true).Run(-1);
        }

        for (var first = 0; first < m; first += TransposedBlock)
        {
            for (var row = first; row < m; row++)
            {
                for (var column = first; column < Math.Min(first + TransposedBlock, row); column++)
                    c[row * m + column] = c[column * m + row];
            }
        }
    }

    /// <summary>c = a·bᵀ, with rows b that are packed already.</summary>
    /// <param name="a">m rows, one behind the other.</param>
    /// <param name="b">The packed rows.</param>
    /// <param name="c">Receives m×<see cref="PackedRows.Count"/> values; must not overlap <paramref name="a"/>.</param>
    /// <param name="maxDegreeOfParallelism">The most threads to use; −1 for as many as there are cores. The result does not depend on it.</param>
    /// <exception cref="ArgumentException">A span has another length than <paramref name="b"/> asks for.</exception>
    internal static void Multiply(ReadOnlySpan<float> a, PackedRows b, Span<float> c, int maxDegreeOfParallelism = -1)
    {
        var m = a.Length / b.Dimension;
        if (a.Length != (long)m * b.Dimension || c.Length != (long)m * b.Count)
            throw new ArgumentException($"Rows of {b.Dimension} values and {b.Count} products of each are expected, but {a.Length} and {c.Length} values were given.", nameof(a));
        if (c.IsEmpty)
            return;
        KernelWork.AddProduct((long)m * b.Count * b.Dimension);
        fixed (float* pa = a, pc = c)
        {
            new Product(pa, false, null, true, b, m, b.Count, b.Dimension, pc, accumulate: false, MatrixTile.BestPath).Run(maxDegreeOfParallelism);
        }

        // Its panels are read by address.
        GC.KeepAlive(b);
    }

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

        KernelWork.AddProduct((long)m * n * k);
        fixed (float* pa = a, pb = b, pc = c)
        {
            new Product(pa, transposeA, pb, transposeB, null, m, n, k, pc, accumulate, path).Run(maxDegreeOfParallelism);
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
        float* a, bool transposeA, float* b, bool transposeB, PackedRows? packed, int m, int n, int k, float* c, bool accumulate, MatrixTilePath path, bool isSymmetric = false)
    {
        private LeftPanels _band;
        private int _bandRow;
        private int _blockRows;
        private int _blockColumns;
        private int _taken;

        private int ColumnBlocks => (n + _blockColumns - 1) / _blockColumns;

        private int BlockCount => (_band.Rows + _blockRows - 1) / _blockRows * ColumnBlocks;

        private int PackCount => (_band.Rows + BlockRows - 1) / BlockRows;

        internal void Run(int maxDegreeOfParallelism)
        {
            var threads = (long)m * n * k < SmallProduct ? 1 : maxDegreeOfParallelism > 0 ? maxDegreeOfParallelism : ParallelFor.AvailableThreads;
            var depth = Math.Min(k, BandDepth);
            var bandRows = Math.Min(RoundUp(m, MatrixTile.Rows), BandValues / depth / BlockRows * BlockRows);
            using var left = AlignedBuffer.Rent(LeftPanels.GetLength(bandRows, depth));
            for (var first = 0; first < k; first += BandDepth)
            {
                for (_bandRow = 0; _bandRow < m; _bandRow += bandRows)
                {
                    _band = new LeftPanels(left.Pointer, Math.Min(bandRows, m - _bandRow), first, Math.Min(k, first + BandDepth));
                    MultiplyBand(threads);
                }
            }
        }

        /// <summary>The product of a band of the left matrix, which is packed first.</summary>
        private void MultiplyBand(int threads)
        {
            ChooseBlocks(threads);
            _taken = 0;
            if (threads == 1)
                PackBlocks();
            else
                Share(PackCount, threads, PackBlocks);
            _taken = 0;
            if (threads == 1)
                MultiplyBlocks();
            else
                Share(BlockCount, threads, MultiplyBlocks);
        }

        private static void Share(int count, int threads, Action work)
        {
            threads = Math.Min(threads, count);
            ParallelFor.Run(threads, threads, _ => work());
        }

        /// <summary>Each thread takes the next piece of work that is left, whichever it is: the result is the same, and no one waits for a slow core.</summary>
        private int TakeNext() => Interlocked.Increment(ref _taken) - 1;

        private void PackBlocks()
        {
            for (var row = TakeNext() * BlockRows; row < _band.Rows; row = TakeNext() * BlockRows)
            {
                var first = (nint)(_bandRow + row);
                _band.Pack(
                    transposeA ? a + (nint)_band.First * m + first : a + first * k + _band.First, transposeA ? m : k, transposeA, row, Math.Min(BlockRows, _band.Rows - row));
            }
        }

        private void MultiplyBlocks()
        {
            using var room = AlignedBuffer.Rent(BlockRows * MatrixTile.Columns + (packed is null ? (nint)_blockColumns * Math.Min(k, StepDepth) : 0));
            var (blocks, columnBlocks) = (BlockCount, ColumnBlocks);
            for (var block = TakeNext(); block < blocks; block = TakeNext())
            {
                var (row, column) = (block / columnBlocks * _blockRows, GetFirstColumn(block % columnBlocks, columnBlocks));
                MultiplyBlock(row, Math.Min(_band.Rows, row + _blockRows), column, GetFirstColumn(block % columnBlocks + 1, columnBlocks) - column, room.Pointer);
            }
        }

        /// <summary>Tiles are dealt evenly, so that no thread is left with a narrow block at the end.</summary>
        private int GetFirstColumn(int block, int blocks) => Math.Min(n, (int)((n + MatrixTile.Columns - 1) / MatrixTile.Columns * (long)block / blocks) * MatrixTile.Columns);

        /// <summary>Blocks as wide as the cache takes and as high as can be, so that the right matrix is packed seldom, yet some for each thread.</summary>
        private void ChooseBlocks(int threads)
        {
            var rows = RoundUp(_band.Rows, BlockRows);
            var columns = Math.Min(BlockColumns, RoundUp(n, MatrixTile.Columns));
            while (threads > 1 && (long)((_band.Rows + rows - 1) / rows) * ((n + columns - 1) / columns) < 4L * threads)
            {
                if (columns > 2 * MatrixTile.Columns && columns >= rows / 4)
                    columns = RoundUp(columns / 2, MatrixTile.Columns);
                else if (rows > 4 * MatrixTile.Rows)
                    rows = RoundUp(rows / 2, MatrixTile.Rows);
                else
                    break;
            }

            (_blockRows, _blockColumns) = (rows, columns);
        }

        private void MultiplyBlock(int firstRow, int endRow, int firstColumn, int columns, float* room)
        {
            var kernel = MatrixTile.GetKernel(path);
            var band = _band;
            var right = room + BlockRows * MatrixTile.Columns;
            for (var step = band.First; step < band.End; step += StepDepth)
            {
                var stepEnd = Math.Min(band.End, step + StepDepth);
                for (var first = step; first < stepEnd && packed is null; first += MatrixTile.Depth)
                    PackRight(GetRight(right, columns, 0, first - step, 0), firstColumn, columns, first, Math.Min(MatrixTile.Depth, k - first));

                for (var row = firstRow; row < endRow; row += BlockRows)
                {
                    var height = Math.Min(BlockRows, endRow - row);
                    for (var column = 0; column < columns; column += MatrixTile.Columns)
                    {
                        // The sums of pieces are made beside their place, and the last one's written there; panels that are not whole are copied.
                        var target = c + (nint)(_bandRow + row) * n + firstColumn + column;
                        var width = Math.Min(MatrixTile.Columns, columns - column);

                        // Of a symmetric result what lies below the diagonal is left out.
                        var wanted = isSymmetric ? Math.Min(height, firstColumn + column + width - _bandRow - row) : height;
                        if (wanted <= 0)
                            continue;
                        var add = accumulate || step > 0;
                        var isWhole = width == MatrixTile.Columns;
                        if (add && !isWhole)
                            Copy(target, n, room, MatrixTile.Columns, wanted, width);
                        for (var first = step; first < stepEnd; first += MatrixTile.Depth)
                        {
                            var panel = packed is null ? GetRight(right, columns, column, first - step, Math.Min(MatrixTile.Depth, k - first)) : packed.GetPiece(firstColumn + column, first);
                            var (sums, stride) = isWhole && first + MatrixTile.Depth >= stepEnd ? ((nint)target, n) : ((nint)room, MatrixTile.Columns);
                            var (before, beforeStride) = isWhole && first == step ? ((nint)target, n) : ((nint)room, MatrixTile.Columns);
                            band.Multiply(kernel, row, wanted, panel, first, (float*)sums, stride, add || first > step, (float*)before, beforeStride);
                        }

                        if (!isWhole)
                            Copy(room, MatrixTile.Columns, target, n, wanted, width);
                    }
                }
            }
        }

        private static void Copy(float* source, nint sourceStride, float* target, nint targetStride, int rows, int columns)
        {
            for (var row = 0; row < rows; row++, source += sourceStride, target += targetStride)
                new ReadOnlySpan<float>(source, columns).CopyTo(new Span<float>(target, columns));
        }

        /// <summary>Where a panel of the right matrix is, for one piece of a step: all panels of a piece, then those of the next.</summary>
        private static float* GetRight(float* right, int columns, int column, int first, int depth) =>
            right + (nint)RoundUp(columns, MatrixTile.Columns) * first + (nint)column * depth;

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
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>Aᵀ, by blocks that stay in the cache.</summary>
    internal static float[] Transpose(float[] matrix, int rows, int columns, ArrayArena<float>? arena = null)
    {
        var result = ArrayArena<float>.Rent(arena, matrix.Length);
        for (var first = 0; first < columns; first += TransposedBlock)
        {
            var end = Math.Min(columns, first + TransposedBlock);
            for (var row = 0; row < rows; row++)
            {
                for (var column = first; column < end; column++)
                    result[column * rows + row] = matrix[row * columns + column];
            }
        }

        return result;
    }
}
