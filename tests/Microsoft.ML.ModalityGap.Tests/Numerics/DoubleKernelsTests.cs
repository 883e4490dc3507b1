namespace Microsoft.ML.ModalityGap.Tests.Numerics;

/// <summary>Kernels against plain loops, at lengths with and without a rest behind the last whole vectors.</summary>
[TestClass]
public class DoubleKernelsTests
{
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(16)]
    [DataRow(37)]
    public void Kernels_AnyLength_EqualPlainLoops(int length)
    {
        var random = new Random(length + 1);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
        var (x, y, z) = (Draw(length), Draw(length), Draw(length));
        Assert.AreEqual(x.Zip(y, (a, b) => a * b).Sum(), DoubleKernels.Dot(x, y), 1e-14);

        var target = z.ToArray();
        DoubleKernels.Add(0.3, x, target);
        AssertEqual(z.Select((value, i) => value + 0.3 * x[i]), target);

        target = [.. z];
        DoubleKernels.Add(0.3, x, -0.7, y, target);
        AssertEqual(z.Select((value, i) => value + 0.3 * x[i] - 0.7 * y[i]), target);

        target = [.. z];
        Assert.AreEqual(x.Zip(y, (a, b) => a * b).Sum(), DoubleKernels.DotAndAdd(x, y, 0.3, target), 1e-14);
        AssertEqual(z.Select((value, i) => value + 0.3 * x[i]), target);

        var (upper, lower) = (x.ToArray(), y.ToArray());
        DoubleKernels.Rotate(upper, lower, 0.8, 0.6);
        AssertEqual(x.Zip(y, (a, b) => 0.8 * a - 0.6 * b), upper);
        AssertEqual(x.Zip(y, (a, b) => 0.6 * a + 0.8 * b), lower);

        for (var count = 0; count < 7; count++)
        {
            var (rows, results) = (Draw(count * length), new double[count]);
            DoubleKernels.Dots(x, rows, results);
            AssertEqual(Enumerable.Range(0, count).Select(row => Enumerable.Range(0, length).Sum(i => x[i] * rows[row * length + i])), results);
        }
    }

    [TestMethod]
    [DataRow(1, 5, 3)]
    [DataRow(4, 7, 8)]
    [DataRow(9, 20, 41)]
    public void Multiply_AnyShape_EqualsPlainLoopsWhereverTheResultIs(int m, int k, int n)
    {
        var random = new Random(m);
        double[] a = [.. Enumerable.Range(0, m * k).Select(_ => random.NextDouble() - 0.5)], b = [.. Enumerable.Range(0, k * n).Select(_ => random.NextDouble() - 0.5)];
        double[] expected = [.. Enumerable.Range(0, m * n).Select(at => Enumerable.Range(0, k).Sum(i => a[at / n * k + i] * b[i * n + at % n]))];
        AssertEqual(expected, DoubleMatrix.Multiply(a, b, m));

        // In memory that was used before.
        var arena = new ArrayArena<double>();
        Array.Fill(arena.Rent(m * n), double.NaN);
        arena.Reset();
        AssertEqual(expected, DoubleMatrix.Multiply(a, b, m, arena));
    }

    [TestMethod]
    public void MultiplyByItself_Rows_IsTheLowerTriangleOfTheProduct()
    {
        var random = new Random(3);
        foreach (var rows in new[] { 1, 4, 9, 22 })
        {
            double[] matrix = [.. Enumerable.Range(0, rows * 11).Select(_ => random.NextDouble() - 0.5)];
            var result = DoubleMatrix.MultiplyByItself(matrix, rows, 0.25);
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < rows; j++)
                    Assert.AreEqual(j > i ? 0 : 0.25 * Enumerable.Range(0, 11).Sum(k => matrix[i * 11 + k] * matrix[j * 11 + k]), result[i * rows + j], 1e-14);
            }
        }
    }

    /// <summary>Without fused multiply-adds these are multiplications and additions; computed in software, they would take many times as long.</summary>
    [TestMethod]
    [Timeout(600_000)]
    public void Kernels_OnALesserMachine_Pass() => InnerRun.Check(typeof(DoubleKernelsTests), "EnableAVX2", "EnableFMA");

    private static void AssertEqual(IEnumerable<double> expected, double[] values)
    {
        double[] all = [.. expected];
        Assert.HasCount(all.Length, values);
        for (var i = 0; i < all.Length; i++)
            Assert.AreEqual(all[i], values[i], 1e-14);
    }
}
