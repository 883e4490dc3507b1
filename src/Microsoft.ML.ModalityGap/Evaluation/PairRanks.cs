using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>The ranks of partners in both directions, from one pass over the matrix of all cosines, which is never held as a whole.</summary>
internal static class PairRanks
{
    private const int TileRows = 240;
    private const int TileColumns = 512;

    /// <summary>Rank of y_i among all y by x_i, and of x_i among all x by y_i.</summary>
    internal static (int[] FirstToSecond, int[] SecondToFirst) Compute(EmbeddingPairs pairs)
    {
        var n = pairs.Count;
        var partner = new float[n];
        for (var i = 0; i < n; i++)
            partner[i] = MatrixProduct.Dot(pairs.GetFirst(i), pairs.GetSecond(i));

        var byRow = new int[n];
        var byColumn = new int[n];
        var gate = new Lock();
        var tiles = (n + TileRows - 1) / TileRows;
        var workers = Math.Min(Environment.ProcessorCount, tiles);
        ParallelFor.Run(workers, workers, worker =>
        {
            var scores = new float[TileRows * TileColumns];
            var columnCounts = new int[n];
            for (var tile = worker; tile < tiles; tile += workers)
            {
                var first = tile * TileRows;
                var rows = Math.Min(TileRows, n - first);
                for (var column = 0; column < n; column += TileColumns)
                {
                    var columns = Math.Min(TileColumns, n - column);
                    MatrixProduct.Multiply(
                        pairs.First.AsSpan(first * pairs.Dimension, rows * pairs.Dimension),
                        transposeA: false,
                        pairs.Second.AsSpan(column * pairs.Dimension, columns * pairs.Dimension),
                        transposeB: true,
                        rows,
                        columns,
                        pairs.Dimension,
                        scores.AsSpan(0, rows * columns),
                        maxDegreeOfParallelism: 1);
                    for (var row = 0; row < rows; row++)
                    {
                        byRow[first + row] += CountBetter(
                            scores.AsSpan(row * columns, columns), first + row, column, partner[first + row], partner.AsSpan(column, columns), columnCounts.AsSpan(column, columns));
                    }
                }
            }

            lock (gate)
            {
                for (var i = 0; i < n; i++)
                    byColumn[i] += columnCounts[i];
            }
        });

        return (Array.ConvertAll(byRow, count => count + 1), Array.ConvertAll(byColumn, count => count + 1));
    }

    /// <summary>How many of a row's scores come before the row's partner; adds to each column's count when the score comes before the column's partner.</summary>
    private static int CountBetter(ReadOnlySpan<float> scores, int row, int firstColumn, float rowPartner, ReadOnlySpan<float> columnPartners, Span<int> columnCounts)
    {
        var width = Vector<float>.Count;
        var target = new Vector<float>(rowPartner);
        var negative = Vector<int>.Zero; // a comparison yields −1 where it holds
        var count = 0;
        var i = 0;
        for (; i + width <= scores.Length; i += width)
        {
            var score = new Vector<float>(scores[i..]);
            var columnTarget = new Vector<float>(columnPartners[i..]);
            negative += Vector.GreaterThan(score, target);
            (new Vector<int>(columnCounts[i..]) - Vector.GreaterThan(score, columnTarget)).CopyTo(columnCounts[i..]);
            if (Vector.EqualsAny(score, target) || Vector.EqualsAny(score, columnTarget))
                count += CountTies(scores.Slice(i, width), row, firstColumn + i, rowPartner, columnPartners[i..], columnCounts[i..]);
        }

        for (var j = i; j < scores.Length; j++)
        {
            count += scores[j] > rowPartner ? 1 : 0;
            columnCounts[j] += scores[j] > columnPartners[j] ? 1 : 0;
        }

        count += CountTies(scores[i..], row, firstColumn + i, rowPartner, columnPartners[i..], columnCounts[i..]);
        return count - Vector.Sum(negative);
    }

    /// <summary>Equal scores come before the partner when they stand before it.</summary>
    private static int CountTies(ReadOnlySpan<float> scores, int row, int firstColumn, float rowPartner, ReadOnlySpan<float> columnPartners, Span<int> columnCounts)
    {
        var count = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] == rowPartner && firstColumn + i < row)
                count++;
            if (scores[i] == columnPartners[i] && row < firstColumn + i)
                columnCounts[i]++;
        }

        return count;
    }
}
