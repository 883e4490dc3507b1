namespace Microsoft.ML.ModalityGap.Tests.Training;

/// <summary>The losses as their formulas stand in the papers: vectors, double, no trick.</summary>
internal sealed class NaiveLoss(double[][] x, double[][] y)
{
    private readonly int _n = x.Length;

    public static NaiveLoss Create(double[] x, double[] y, int dimension) => new([.. x.Chunk(dimension)], [.. y.Chunk(dimension)]);

    public static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();

    public double InfoNce(double scale, double smoothing) =>
        Symmetric((a, b, i) => -Enumerable.Range(0, _n).Sum(j => ((i == j ? 1 - smoothing : 0) + smoothing / _n) * LogSoftMax(a[i], b, j, scale)));

    public double ContinuouslyWeighted(double scale, double[][] inputX, double[][] inputY, bool first, bool second) => Symmetric((a, b, i) =>
    {
        var (inputs, weighs) = ReferenceEquals(a, x) ? (inputX, first) : (inputY, second);
        var weights = Enumerable.Range(0, _n).Select(j => weighs ? (1 + Dot(inputs[i], inputs[j])) / 2 : i == j ? 1 : 0).ToArray();
        return -Enumerable.Range(0, _n).Sum(j => weights[j] / weights.Sum() * LogSoftMax(a[i], b, j, scale));
    });

    public double InfoLoob(double scale) =>
        Symmetric((a, b, i) => -Math.Log(Math.Exp(scale * Dot(a[i], b[i])) / Others(i).Sum(j => Math.Exp(scale * Dot(a[i], b[j])))));

    public double Decoupled(double scale, double? temperature)
    {
        var hardness = x.Zip(y, (p, q) => temperature is { } value ? Math.Exp(Dot(p, q) / value) : 1).ToArray();
        return Symmetric((a, b, i) =>
            -(2 - hardness[i] / hardness.Average()) * scale * Dot(a[i], b[i])
            + Math.Log(Others(i).Sum(j => Math.Exp(scale * Dot(a[i], b[j])) + Math.Exp(scale * Dot(a[i], a[j])))));
    }

    public double GeodesicMixup(double scale, double lambda) => Symmetric((a, b, i) =>
    {
        var own = Math.Exp(scale * Dot(a[i], b[i]));
        return -Math.Log(own / (own + Others(i).Sum(j => Math.Exp(scale * Dot(a[i], Mix(x[j], y[j], lambda))))));
    });

    public double Sigmoid(double scale, double bias) => -Enumerable.Range(0, _n).Sum(i => Enumerable.Range(0, _n).Sum(j =>
        Math.Log(1 / (1 + Math.Exp(-(i == j ? 1 : -1) * (scale * Dot(x[i], y[j]) + bias)))))) / _n;

    public double Alignment() => x.Zip(y, SquaredDistance).Average();

    public double Uniformity(double t) => (Uniformity(x, x, t) + Uniformity(y, y, t)) / 2;

    public double CrossModalUniformity(double t) => Uniformity(x, y, t);

    public double CrossModalConsistency() => SumPairs((i, j) => Math.Pow(Dot(x[i], y[j]) - Dot(x[j], y[i]), 2)) / _n;

    public double InModalConsistency() => SumPairs((i, j) => Math.Pow(Dot(x[i], x[j]) - Dot(y[i], y[j]), 2)) / _n;

    private static double[] Mix(double[] a, double[] b, double lambda)
    {
        var angle = Math.Acos(Dot(a, b));
        return [.. a.Zip(b, (p, q) => (Math.Sin(lambda * angle) * p + Math.Sin((1 - lambda) * angle) * q) / Math.Sin(angle))];
    }

    private static double SquaredDistance(double[] a, double[] b) => a.Zip(b, (p, q) => (p - q) * (p - q)).Sum();

    private static double LogSoftMax(double[] query, double[][] gallery, int j, double scale) =>
        scale * Dot(query, gallery[j]) - Math.Log(gallery.Sum(row => Math.Exp(scale * Dot(query, row))));

    private double Uniformity(double[][] a, double[][] b, double t) =>
        Math.Log(SumPairs((i, j) => i == j ? 0 : Math.Exp(-t * SquaredDistance(a[i], b[j]))) / (_n * (_n - 1)));

    private double SumPairs(Func<int, int, double> term) => Enumerable.Range(0, _n).Sum(i => Enumerable.Range(0, _n).Sum(j => term(i, j)));

    private double Symmetric(Func<double[][], double[][], int, double> term) =>
        Enumerable.Range(0, _n).Average(i => (term(x, y, i) + term(y, x, i)) / 2);

    private IEnumerable<int> Others(int i) => Enumerable.Range(0, _n).Where(j => j != i);
}
