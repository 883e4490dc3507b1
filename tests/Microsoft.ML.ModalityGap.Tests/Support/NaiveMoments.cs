namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>The oracle for statistics: the definitions, two passes, plain doubles.</summary>
internal sealed class NaiveMoments
{
    private readonly double[][] _rows;

    private NaiveMoments(double[][] rows)
    {
        _rows = rows;
        Mean = [.. Enumerable.Range(0, rows[0].Length).Select(d => rows.Average(row => row[d]))];
        Variance = [.. Mean.Select((mean, d) => rows.Average(row => (row[d] - mean) * (row[d] - mean)))];
    }

    public int Count => _rows.Length;

    public double[] Mean { get; }

    public double[] Variance { get; }

    public double GetCovariance(int i, int j) => _rows.Average(row => (row[i] - Mean[i]) * (row[j] - Mean[j]));

    public static NaiveMoments Compute(float[] values, int dimension, bool normalize)
    {
        var rows = values.Chunk(dimension).Select(row => Array.ConvertAll(row, x => (double)x)).ToArray();
        return new NaiveMoments(normalize ? Array.ConvertAll(rows, Normalize) : rows);
    }

    public static double[] Normalize(double[] row)
    {
        var norm = Math.Sqrt(row.Sum(x => x * x));
        return Array.ConvertAll(row, x => x / norm);
    }
}
