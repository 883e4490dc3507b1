namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Works through the matrix of all scores a_i · b_j on several cores, tile by tile, without ever holding it as a whole. Every score is summed in the same order
/// wherever it stands, so that equal rows give equal scores, bit for bit, on any number of threads.
/// </summary>
internal static class ScoreTiles
{
    internal const int TileRows = 240;
    internal const int TileColumns = 512;

    /// <summary>Shows every tile to a visitor, and returns the visitors, one per thread.</summary>
    /// <param name="a">m rows of <paramref name="dimension"/> values.</param>
    /// <param name="b">n rows of as many.</param>
    /// <param name="dimension">d.</param>
    /// <param name="create">Makes a visitor.</param>
    /// <param name="upperOnly">
    /// Whether a and b are the same and only scores above the diagonal are wanted: rows then begin at the column of the tile's first row, and what lies on
    /// or below the diagonal in that first tile is for the visitor to leave out.
    /// </param>
    /// <param name="maxDegreeOfParallelism">The most threads; −1 for as many as there are cores.</param>
    internal static TVisitor[] Visit<TVisitor>(
        ReadOnlyMemory<float> a, ReadOnlyMemory<float> b, int dimension, Func<TVisitor> create, bool upperOnly = false, int maxDegreeOfParallelism = -1)
        where TVisitor : IScoreVisitor
    {
        var m = a.Length / dimension;
        var n = b.Length / dimension;
        var tiles = (m + TileRows - 1) / TileRows;
        var workers = Math.Max(1, Math.Min(maxDegreeOfParallelism == -1 ? Environment.ProcessorCount : maxDegreeOfParallelism, tiles));
        var visitors = new TVisitor[workers];
        var next = -1;
        ParallelFor.Run(workers, workers, worker =>
        {
            var visitor = visitors[worker] = create();
            var scores = new float[TileRows * TileColumns];
            for (var tile = Interlocked.Increment(ref next); tile < tiles; tile = Interlocked.Increment(ref next))
            {
                var first = tile * TileRows;
                var rows = Math.Min(TileRows, m - first);
                for (var column = upperOnly ? first : 0; column < n; column += TileColumns)
                {
                    var columns = Math.Min(TileColumns, n - column);
                    var values = scores.AsSpan(0, rows * columns);
                    MatrixProduct.Multiply(
                        a.Span.Slice(first * dimension, rows * dimension),
                        transposeA: false,
                        b.Span.Slice(column * dimension, columns * dimension),
                        transposeB: true,
                        rows,
                        columns,
                        dimension,
                        values,
                        maxDegreeOfParallelism: 1);
                    visitor.Visit(new ScoreTile(first, rows, column, columns, values));
                }

                visitor.EndRows(first, rows);
            }
        });
        return visitors;
    }

    /// <summary>a_i · b_j, bit for bit as the tiles hold it.</summary>
    internal static float Score(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => MatrixProduct.Dot(a, b);
}
