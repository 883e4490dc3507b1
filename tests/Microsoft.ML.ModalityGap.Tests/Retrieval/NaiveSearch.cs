namespace Microsoft.ML.ModalityGap.Tests.Retrieval;

/// <summary>The oracle of search: every similarity in doubles, every formula as its paper writes it, rows ordered by score and then by position.</summary>
internal sealed class NaiveSearch
{
    private readonly double[][] _gallery;
    private readonly bool _normalizes;

    public NaiveSearch(float[] gallery, int dimension, bool normalizes = true)
    {
        _normalizes = normalizes;
        _gallery = Rows(gallery, dimension, normalizes);
    }

    public static double[][] Rows(float[] values, int dimension, bool normalizes) =>
        [.. values.Chunk(dimension).Select(row => Array.ConvertAll(row, value => (double)value)).Select(row => normalizes ? NaiveMoments.Normalize(row) : row)];

    public double[] Scores(float[] query) => Scores(Rows(query, query.Length, _normalizes)[0]);

    public double[] Scores(double[] query) => [.. _gallery.Select(row => Dot(row, query))];

    /// <summary>Positions and scores of the best k.</summary>
    public static (int Position, double Score)[] Top(double[] scores, int k, Func<int, bool>? allowed = null) =>
        [.. scores.Select((score, position) => (Position: position, Score: score)).Where(entry => allowed?.Invoke(entry.Position) != false)
            .OrderByDescending(entry => entry.Score).ThenBy(entry => entry.Position).Take(k)];

    /// <summary>log of the paper's inverted softmax exp(βs)/Σ_b exp(β s_b) of every row.</summary>
    public double[] LogInvertedSoftmax(double[] query, double[][] bank, double beta)
    {
        var scores = Scores(query);
        return [.. _gallery.Select((row, g) => Math.Log(Math.Exp(beta * scores[g]) / bank.Sum(b => Math.Exp(beta * Dot(b, row)))))];
    }

    /// <summary>The rows that are among the nearest of a bank's rows.</summary>
    public HashSet<int> Activated(double[][] bank, int neighbors) => [.. bank.SelectMany(row => Top(Scores(row), neighbors).Select(entry => entry.Position))];

    public double[] Csls(double[] query, double[][] bank, int neighbors)
    {
        var scores = Scores(query);
        var ofQuery = scores.OrderDescending().Take(neighbors).Average();
        return [.. _gallery.Select((row, g) => 2 * scores[g] - ofQuery - bank.Select(b => Dot(b, row)).OrderDescending().Take(neighbors).Average())];
    }

    public double[] DistributionNormalization(double[] query, double[][] queries, double[][] gallery, double amount)
    {
        var (meanX, meanY) = (Mean(queries), Mean(gallery));
        var x = query.Select((value, i) => value - amount * meanX[i]).ToArray();
        return [.. _gallery.Select(row => Dot(x, [.. row.Select((value, i) => value - amount * meanY[i])]))];
    }

    public double[][] Gallery => _gallery;

    public static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static double[] Mean(double[][] rows) => [.. Enumerable.Range(0, rows[0].Length).Select(i => rows.Average(row => row[i]))];
}
