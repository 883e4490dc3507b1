namespace Microsoft.ML.ModalityGap.Tests.Numerics;

[TestClass]
public class OptimalTransportTests
{
    /// <summary>Sinkhorn in logarithms, plainly, 5,000 iterations; agreement within 1e-7 of a mass of 1.</summary>
    [TestMethod]
    [DataRow(5, 7, 0.5)]
    [DataRow(8, 8, 0.05)]
    [DataRow(6, 3, 0.02)]
    public void Plan_EqualsSinkhornInLogarithms(int rows, int columns, double epsilon)
    {
        var random = new Random(rows);
        var similarities = Enumerable.Range(0, rows * columns).Select(_ => 2 * random.NextDouble() - 1).ToArray();
        var plan = OptimalTransport.Solve(similarities, rows, epsilon, maxIterations: 5000, tolerance: 1e-12);
        var (f, g) = (new double[rows], new double[columns]);
        for (var iteration = 0; iteration < 5000; iteration++)
        {
            for (var i = 0; i < rows; i++)
                f[i] = -Math.Log(rows) - LogSum(Enumerable.Range(0, columns).Select(j => similarities[i * columns + j] / epsilon + g[j]));
            for (var j = 0; j < columns; j++)
                g[j] = -Math.Log(columns) - LogSum(Enumerable.Range(0, rows).Select(i => similarities[i * columns + j] / epsilon + f[i]));
        }

        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                Assert.AreEqual(Math.Exp(similarities[i * columns + j] / epsilon + f[i] + g[j]), plan[i * columns + j], 1e-7);
        }
    }

    /// <summary>Of six points each there are 720 assignments; a sharp plan gives the best of them four fifths of the mass and more.</summary>
    [TestMethod]
    public void Plan_OfLittleRegularization_IsTheBestAssignment()
    {
        var random = new Random(4);
        var similarities = Enumerable.Range(0, 36).Select(_ => random.NextDouble()).ToArray();
        var best = Permute([0, 1, 2, 3, 4, 5], 0).MaxBy(order => order.Select((j, i) => similarities[i * 6 + j]).Sum())!;
        var plan = OptimalTransport.Solve(similarities, 6, epsilon: 0.002, maxIterations: 100_000, tolerance: 1e-6);
        for (var i = 0; i < 6; i++)
            Assert.IsGreaterThan(0.8 / 6, plan[i * 6 + best[i]]);
    }

    /// <summary>exp(−1,400) is no double; the plan must not fall into NaN for it.</summary>
    [TestMethod]
    public void Plan_OfPointsFarApart_StaysFinite()
    {
        double[] similarities = [1, -1, 1, -1, 1, -1];
        var plan = OptimalTransport.Solve(similarities, 3, epsilon: 0.001);
        Assert.IsTrue(plan.All(double.IsFinite));
        Assert.AreEqual(0.5, plan[0] + plan[2] + plan[4], 1e-9);
        Assert.AreEqual(0.5, plan[1] + plan[3] + plan[5], 1e-9);
    }

    private static double LogSum(IEnumerable<double> values)
    {
        var all = values.ToArray();
        return all.Max() + Math.Log(all.Sum(value => Math.Exp(value - all.Max())));
    }

    private static IEnumerable<int[]> Permute(int[] order, int first)
    {
        if (first == order.Length)
            return [[.. order]];
        return Enumerable.Range(first, order.Length - first).SelectMany(i =>
        {
            int[] swapped = [.. order];
            (swapped[first], swapped[i]) = (swapped[i], swapped[first]);
            return Permute(swapped, first + 1);
        });
    }
}
