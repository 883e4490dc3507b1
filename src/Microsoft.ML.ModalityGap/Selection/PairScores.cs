namespace Microsoft.ML.ModalityGap;

/// <summary>The similarities of mapped rows, each matrix computed when it is asked for and kept: what all corrections behind one map are measured with.</summary>
/// <param name="held">The mapped rows that are queries and gallery.</param>
internal sealed class PairScores(PairSet held)
{
    private readonly float[]?[] _held = new float[4][];

    internal PairSet Held => held;

    /// <summary>The similarities of all queries of one side with all rows of a side, themselves included where it is their own.</summary>
    internal float[] GetHeld(int query, int gallery) => _held[2 * query + gallery] ??= query == 1 && gallery == 0
        ? Transpose(GetHeld(0, 1), held.Count(0), held.Count(1))
        : Multiply(held.GetRows(query), held.GetRows(gallery), held.Dimension);

    /// <summary>The distance of the modalities' means.</summary>
    internal double MeasureGap()
    {
        var means = new[] { 0, 1 }.Select(side => ModalityStatistics.FromRows(held.GetRows(side), held.Dimension, new ModalityStatisticsOptions { Normalize = false })).ToArray();
        return GapMeasures.Distance(means[0].Mean, means[1].Mean);
    }

    /// <summary>Similarities as they are.</summary>
    internal ScoreView[][] ToViews() => [.. Enumerable.Range(0, 2).Select(query => Enumerable.Range(0, 2).Select(gallery => new ScoreView(GetHeld(query, gallery), held.Count(gallery))).ToArray())];

    private static float[] Multiply(float[] a, float[] b, int dimension)
    {
        var (rows, columns) = (a.Length / dimension, b.Length / dimension);
        var result = new float[checked(rows * columns)];
        MatrixProduct.Multiply(a, false, b, true, rows, columns, dimension, result);
        return result;
    }

    private static float[] Transpose(float[] matrix, int rows, int columns)
    {
        const int Block = 16;
        var result = new float[matrix.Length];
        for (var first = 0; first < columns; first += Block)
        {
            var end = Math.Min(columns, first + Block);
            for (var row = 0; row < rows; row++)
            {
                for (var column = first; column < end; column++)
                    result[column * rows + row] = matrix[row * columns + column];
            }
        }

        return result;
    }
}
