namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>The oracle for the measures of the gap: each by its definition, over all pairs, in plain doubles.</summary>
internal sealed class NaiveGap
{
    private readonly double[][] _x;
    private readonly double[][] _y;

    public NaiveGap(float[] first, float[] second, int dimension)
    {
        _x = [.. first.Chunk(dimension).Select(row => NaiveMoments.Normalize(Array.ConvertAll(row, value => (double)value)))];
        _y = [.. second.Chunk(dimension).Select(row => NaiveMoments.Normalize(Array.ConvertAll(row, value => (double)value)))];
    }

    public double CentroidDistance => Distance(Mean(_x), Mean(_y));

    public double MeanPairDistance => _x.Zip(_y).Average(pair => Distance(pair.First, pair.Second));

    public double MeanPairCosine => _x.Zip(_y).Average(pair => Dot(pair.First, pair.Second));

    public double Alignment => _x.Zip(_y).Average(pair => Math.Pow(Distance(pair.First, pair.Second), 2));

    public double Uniformity => (UniformityOf(_x) + UniformityOf(_y)) / 2;

    public double RelativeModalityGap
    {
        get
        {
            var pairs = _x.Zip(_y).Average(pair => (1 - Dot(pair.First, pair.Second)) / 2);
            double n = _x.Length;
            var within = (SumOfCosineDistances(_x) + SumOfCosineDistances(_y)) / (2 * n * (n - 1));
            return pairs / (within + pairs);
        }
    }

    public int[] RanksFirstToSecond => Ranks(_x, _y);

    public int[] RanksSecondToFirst => Ranks(_y, _x);

    private static int[] Ranks(double[][] queries, double[][] gallery) => [.. queries.Select((query, i) =>
    {
        var scores = Array.ConvertAll(gallery, candidate => Dot(query, candidate));
        return 1 + scores.Where((score, j) => score > scores[i] || (j < i && score == scores[i])).Count();
    })];

    private static double UniformityOf(double[][] rows) =>
        Math.Log(rows.SelectMany((a, i) => rows.Where((_, j) => j != i).Select(b => Math.Exp(-2 * Math.Pow(Distance(a, b), 2)))).Average());

    private static double SumOfCosineDistances(double[][] rows) => rows.SelectMany((a, i) => rows.Where((_, j) => j != i).Select(b => (1 - Dot(a, b)) / 2)).Sum();

    private static double[] Mean(double[][] rows) => [.. Enumerable.Range(0, rows[0].Length).Select(d => rows.Average(row => row[d]))];

    private static double Distance(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        return Math.Sqrt(sum);
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
