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
            new Product(pa, false, pa, true, m, m, k, pc, accumulate: false, MatrixTile.BestPath, isSymmetric: true).Run(-1);
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
        float* a, bool transposeA, float* b, bool transposeB, int m, int n, int k, float* c, bool accumulate, MatrixTilePath path, bool isSymmetric = false)
    {
        internal void Run(int maxDegreeOfParallelism)
        {
            var threads = (long)m * n * k < SmallProduct ? 1 : maxDegreeOfParallelism > 0 ? maxDegreeOfParallelism : ParallelFor.AvailableThreads;
            var depth = Math.Min(k, BandDepth);
            var bandRows = Math.Min(RoundUp(m, MatrixTile.Rows), BandValues / depth / BlockRows * BlockRows);
            using var left = AlignedBuffer.Rent((nint)bandRows * depth);
            for (var first = 0; first < k; first += BandDepth)
            {
                for (var row = 0; row < m; row += bandRows)
                    MultiplyBand(new Band(left.Pointer, row, Math.Min(bandRows, m - row), first, Math.Min(k, first + BandDepth)), threads);
            }
        }

        /// <summary>The product of a band of the left matrix, which is packed first.</summary>
        private void MultiplyBand(Band band, int threads)
        {
            var packs = (band.Rows + BlockRows - 1) / BlockRows;
            Share(packs, threads, takeNext =>
            {
                for (var pack = takeNext(); pack < packs; pack = takeNext())
                    PackLeft(band, pack * BlockRows, Math.Min(BlockRows, band.Rows - pack * BlockRows));
            });

            var (blockRows, blockColumns) = ChooseBlocks(band.Rows, threads);
            var columnBlocks = (n + blockColumns - 1) / blockColumns;
            var blocks = (band.Rows + blockRows - 1) / blockRows * columnBlocks;
            Share(blocks, threads, takeNext =>
            {
                using var room = AlignedBuffer.Rent(BlockRows * MatrixTile.Columns + (nint)blockColumns * Math.Min(k, StepDepth));
                for (var block = takeNext(); block < blocks; block = takeNext())
                {
                    var (row, column) = (block / columnBlocks * blockRows, block % columnBlocks * blockColumns);
                    MultiplyBlock(band, row, Math.Min(band.Rows, row + blockRows), column, Math.Min(blockColumns, n - column), room.Pointer);
                }
            });
        }

        /// <summary>Each thread takes the next piece of work that is left, whichever it is: the result is the same, and no one waits for a slow core.</summary>
        private static void Share(int count, int threads, Action<Func<int>> work)
        {
            var next = -1;
            int TakeNext() => Interlocked.Increment(ref next);
            threads = Math.Min(threads, count);
            if (threads == 1)
                work(TakeNext);
            else
                ParallelFor.Run(threads, threads, _ => work(TakeNext));
        }

        /// <summary>Blocks as wide as the cache takes and as high as can be, so that the right matrix is packed seldom, yet some for each thread.</summary>
        private (int Rows, int Columns) ChooseBlocks(int bandRows, int threads)
        {
            var rows = RoundUp(bandRows, BlockRows);
            var columns = Math.Min(BlockColumns, RoundUp(n, MatrixTile.Columns));
            while (threads > 1 && (long)((bandRows + rows - 1) / rows) * ((n + columns - 1) / columns) < 4L * threads)
            {
                if (columns > 2 * MatrixTile.Columns && columns >= rows / 4)
                    columns = RoundUp(columns / 2, MatrixTile.Columns);
                else if (rows > 4 * MatrixTile.Rows)
                    rows = RoundUp(rows / 2, MatrixTile.Rows);
                else
                    break;
            }

            return (rows, columns);
        }

        private void MultiplyBlock(Band band, int firstRow, int endRow, int firstColumn, int columns, float* room)
        {
            var kernel = MatrixTile.GetKernel(path);
            var right = room + BlockRows * MatrixTile.Columns;
            for (var step = band.First; step < band.End; step += StepDepth)
            {
                var stepEnd = Math.Min(band.End, step + StepDepth);
                for (var first = step; first < stepEnd; first += MatrixTile.Depth)
                    PackRight(GetRight(right, columns, 0, first - step, 0), firstColumn, columns, first, Math.Min(MatrixTile.Depth, k - first));

                for (var row = firstRow; row < endRow; row += BlockRows)
                {
                    var height = Math.Min(BlockRows, endRow - row);
                    for (var column = 0; column < columns; column += MatrixTile.Columns)
                    {
                        // One piece of whole panels goes straight to its place; otherwise the sums are made beside it.
                        var target = c + (nint)(band.Row + row) * n + firstColumn + column;
                        var width = Math.Min(MatrixTile.Columns, columns - column);

                        // Of a symmetric result what lies below the diagonal is left out.
                        var wanted = isSymmetric ? Math.Min(height, firstColumn + column + width - band.Row - row) : height;
                        if (wanted <= 0)
                            continue;
                        var add = accumulate || step > 0;
                        var isDirect = stepEnd - step <= MatrixTile.Depth && width == MatrixTile.Columns;
                        var (sums, stride) = isDirect ? ((nint)target, n) : ((nint)room, MatrixTile.Columns);
                        if (add && !isDirect)
                            Copy(target, n, room, MatrixTile.Columns, wanted, width);
                        for (var first = step; first < stepEnd; first += MatrixTile.Depth)
                        {
                            var depth = Math.Min(MatrixTile.Depth, k - first);
                            var panel = GetRight(right, columns, column, first - step, depth);
                            var panels = band.GetPanel(row, first, depth);
                            for (var i = 0; i < wanted; i += MatrixTile.Rows)
                            {
                                if (!isDirect && first + depth == stepEnd)
                                    MatrixTile.Prefetch(target + (nint)i * n, n, Math.Min(MatrixTile.Rows, wanted - i));
                                kernel(panels + (nint)i * depth, panel, depth, (float*)sums + (nint)i * stride, stride, Math.Min(MatrixTile.Rows, wanted - i), add || first > step);
                            }
                        }

                        if (!isDirect)
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

        private void PackLeft(Band band, int firstRow, int rows)
        {
            for (var first = band.First; first < band.End; first += MatrixTile.Depth)
            {
                var depth = Math.Min(MatrixTile.Depth, band.End - first);
                for (var row = firstRow; row < firstRow + rows; row += MatrixTile.Rows)
                {
                    var panel = band.GetPanel(row, first, depth);
                    var count = Math.Min(MatrixTile.Rows, firstRow + rows - row);
                    if (transposeA)
                        MatrixPanels.PackAcross(a + (nint)first * m + band.Row + row, m, count, depth, panel, MatrixTile.Rows);
                    else
                        MatrixPanels.PackVectors(a + (nint)(band.Row + row) * k + first, k, count, depth, panel, MatrixTile.Rows);
                }
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
    }

    /// <summary>A packed part of the left matrix: some rows, and of each the values k = First … End−1.</summary>
    private sealed class Band(float* panels, int row, int rows, int first, int end)
    {
        internal int Row => row;

        internal int Rows => rows;

        internal int First => first;

        internal int End => end;

        /// <summary>Where the panel of a row is, for one piece of the sums: all panels of a piece, then those of the next.</summary>
        internal float* GetPanel(int bandRow, int pieceFirst, int depth) =>
            panels + (nint)RoundUp(rows, MatrixTile.Rows) * (pieceFirst - first) + (nint)bandRow * depth;
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
