namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>The oracle for linear algebra: jagged arrays, plain doubles, no decomposition.</summary>
internal static class NaiveMatrix
{
    public static double[][] Identity(int n) => [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j => i == j ? 1.0 : 0).ToArray())];

    public static double[][] Transpose(double[][] a) => [.. Enumerable.Range(0, a[0].Length).Select(j => a.Select(row => row[j]).ToArray())];

    public static double[][] Multiply(double[][] a, double[][] b) => [.. a.Select(row => Enumerable.Range(0, b[0].Length).Select(j => row.Select((x, k) => x * b[k][j]).Sum()).ToArray())];

    public static double[] Multiply(double[][] a, double[] x) => [.. a.Select(row => row.Zip(x, (u, v) => u * v).Sum())];

    public static double[][] Combine(double a, double[][] x, double b, double[][] y) => [.. x.Select((row, i) => row.Select((value, j) => a * value + b * y[i][j]).ToArray())];

    public static double Trace(double[][] a) => a.Select((row, i) => row[i]).Sum();

    public static double[] Mean(double[][] rows) => [.. Enumerable.Range(0, rows[0].Length).Select(d => rows.Average(row => row[d]))];

    public static double[][] Center(double[][] rows)
    {
        var mean = Mean(rows);
        return [.. rows.Select(row => row.Select((x, d) => x - mean[d]).ToArray())];
    }

    /// <summary>Σ(x−μ)(y−μ)ᵀ/N.</summary>
    public static double[][] Covariance(double[][] x, double[][] y) =>
        [.. Multiply(Transpose(Center(x)), Center(y)).Select(row => row.Select(value => value / x.Length).ToArray())];

    /// <summary>(1−γ)C + γ(tr C/d)I.</summary>
    public static double[][] Shrink(double[][] c, double shrinkage) => Combine(1 - shrinkage, c, shrinkage * Trace(c) / c.Length, Identity(c.Length));

    /// <summary>By Gauss and Jordan, with pivots.</summary>
    public static double[][] Invert(double[][] a)
    {
        var n = a.Length;
        var work = a.Select((row, i) => (double[])[.. row, .. Identity(n)[i]]).ToArray();
        for (var column = 0; column < n; column++)
        {
            var pivot = Enumerable.Range(column, n - column).MaxBy(row => Math.Abs(work[row][column]));
            (work[column], work[pivot]) = (work[pivot], work[column]);
            var scale = work[column][column];
            for (var j = 0; j < 2 * n; j++)
                work[column][j] /= scale;
            for (var row = 0; row < n; row++)
            {
                if (row == column)
                    continue;
                var factor = work[row][column];
                for (var j = 0; j < 2 * n; j++)
                    work[row][j] -= factor * work[column][j];
            }
        }

        return [.. work.Select(row => row[n..])];
    }

    /// <summary>C^(−1/2) by the iteration of Denman and Beavers.</summary>
    public static double[][] InverseSquareRoot(double[][] c)
    {
        var (y, z) = (c, Identity(c.Length));
        for (var i = 0; i < 60; i++)
            (y, z) = (Combine(0.5, y, 0.5, Invert(z)), Combine(0.5, z, 0.5, Invert(y)));
        return z;
    }

    public static double[][] ToRows(ReadOnlySpan<float> values, int columns) => [.. values.ToArray().Chunk(columns).Select(row => Array.ConvertAll(row, x => (double)x))];

    public static double[][] Normalize(double[][] rows) => [.. rows.Select(NaiveMoments.Normalize)];

    /// <summary>The largest difference of two matrices.</summary>
    public static double Distance(double[][] a, double[][] b) => a.Zip(b, (x, y) => x.Zip(y, (u, v) => Math.Abs(u - v)).Max()).Max();
}
