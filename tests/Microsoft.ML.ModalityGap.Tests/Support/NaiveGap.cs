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

    private double[][] CosinesFirst => field ??= Cosines(_x, _x);

    private double[][] CosinesSecond => field ??= Cosines(_y, _y);

    private double[][] CosinesAcross => field ??= Cosines(_x, _y);

    public double CentroidDistance => Distance(Mean(_x), Mean(_y));

    public double MeanPairDistance => _x.Zip(_y).Average(pair => Distance(pair.First, pair.Second));

    public double MeanPairCosine => _x.Zip(_y).Average(pair => Dot(pair.First, pair.Second));

    public double Alignment => _x.Zip(_y).Average(pair => Math.Pow(Distance(pair.First, pair.Second), 2));

    public double Uniformity => (UniformityOf(CosinesFirst) + UniformityOf(CosinesSecond)) / 2;

    public double CrossModalUniformity => UniformityOf(CosinesAcross);

    public IEnumerable<double> Matched => _x.Zip(_y, Dot);

    public IEnumerable<double> Mismatched => CosinesAcross.SelectMany((row, i) => row.Where((_, j) => j != i));

    public IEnumerable<double> WithinFirst => CosinesFirst.SelectMany((row, i) => row.Skip(i + 1));

    public IEnumerable<double> WithinSecond => CosinesSecond.SelectMany((row, i) => row.Skip(i + 1));

    public double FirstEffectiveRank => EffectiveRank(_x);

    public double SecondEffectiveRank => EffectiveRank(_y);

    /// <summary>Of the first modality, found by the second.</summary>
    public double FirstHubness(int k) => Hubness(_y, _x, k);

    public double SecondHubness(int k) => Hubness(_x, _y, k);

    public double RelativeModalityGap
    {
        get
        {
            var pairs = _x.Zip(_y).Average(pair => (1 - Dot(pair.First, pair.Second)) / 2);
            double n = _x.Length;
            var within = (SumOfCosineDistances(CosinesFirst) + SumOfCosineDistances(CosinesSecond)) / (2 * n * (n - 1));
            return pairs / (within + pairs);
        }
    }

    public int[] RanksFirstToSecond => Ranks(CosinesAcross);

    public int[] RanksSecondToFirst => Ranks([.. _y.Select((_, j) => Array.ConvertAll(CosinesAcross, row => row[j]))]);

    private static int[] Ranks(double[][] cosines) =>
        [.. cosines.Select((scores, i) => 1 + scores.Where((score, j) => score > scores[i] || (j < i && score == scores[i])).Count())];

    private static double Hubness(double[][] queries, double[][] gallery, int k)
    {
        var found = queries.SelectMany(query => Enumerable.Range(0, gallery.Length).OrderByDescending(j => Dot(query, gallery[j])).ThenBy(j => j).Take(k)).ToLookup(j => j);
        var counts = Enumerable.Range(0, gallery.Length).Select(j => (double)found[j].Count()).ToArray();
        var mean = counts.Average();
        var deviation = Math.Sqrt(counts.Average(count => Math.Pow(count - mean, 2)));
        return deviation == 0 ? 0 : counts.Average(count => Math.Pow((count - mean) / deviation, 3));
    }

    /// <summary>By the singular values of the centred rows themselves, where the library takes eigenvalues of the covariance.</summary>
    internal static double EffectiveRank(double[][] rows)
    {
        var mean = Mean(rows);
        var singular = MathNet.Numerics.LinearAlgebra.Double.DenseMatrix.OfRowArrays(rows.Select(row => row.Zip(mean, (a, b) => a - b).ToArray())).Svd(computeVectors: false).S;
        var shares = singular.Select(value => value / singular.Sum()).Where(share => share > 1e-7).ToArray();
        return Math.Exp(-shares.Sum(share => share * Math.Log(share)));
    }

    /// <summary>‖a − b‖² = 2 − 2 a·b, which in double costs no digits that matter.</summary>
    private static double UniformityOf(double[][] cosines) => Math.Log(cosines.SelectMany((row, i) => row.Where((_, j) => j != i).Select(cosine => Math.Exp(4 * cosine - 4))).Average());

    private static double SumOfCosineDistances(double[][] cosines) => cosines.SelectMany((row, i) => row.Where((_, j) => j != i).Select(cosine => (1 - cosine) / 2)).Sum();

    private static double[][] Cosines(double[][] first, double[][] second) => Array.ConvertAll(first, a => Array.ConvertAll(second, b => Dot(a, b)));

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
