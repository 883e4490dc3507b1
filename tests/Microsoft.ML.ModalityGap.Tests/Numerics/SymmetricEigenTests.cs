using MathNet.Numerics.LinearAlgebra;

namespace Microsoft.ML.ModalityGap.Tests.Numerics;

[TestClass]
public class SymmetricEigenTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(17)]
    [DataRow(64)]
    [DataRow(131)]
    public void Decompose_RandomMatrix_HasMathNetsValuesAndItsOwnVectors(int n)
    {
        var random = new Random(n);
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
                matrix[i * n + j] = matrix[j * n + i] = random.NextDouble() - 0.5;
        }

        Check(matrix, n, 1e-12 * n);
    }

    [TestMethod]
    public void Decompose_SpecialMatrices_AreDecomposedToo()
    {
        const int N = 12;
        Check(new double[N * N], N, 0);
        Check(DoubleMatrix.AddDiagonal(new double[N * N], N, 3), N, 1e-14);
        Check([.. Enumerable.Repeat(1.0, N * N)], N, 1e-13); // rank 1
        Check([.. Enumerable.Range(0, N * N).Select(i => i / N == i % N ? i / N : 0.0)], N, 1e-13);
        foreach (var scale in new[] { 1e-160, 1e150 })
        {
            double[] scaled = [.. Enumerable.Range(0, N * N).Select(i => scale / (1 + i / N + i % N))]; // Hilbert's, ill-conditioned
            Check(scaled, N, 1e-13 * scale);
        }
    }

    [TestMethod]
    public void Decompose_NotFinite_IsRefused()
    {
        foreach (var value in new[] { double.NaN, double.PositiveInfinity })
            Assert.ThrowsExactly<ArithmeticException>(() => SymmetricEigen.Decompose([1, value, value, 1], 2));
    }

    private static void Check(double[] matrix, int n, double tolerance)
    {
        var (values, vectors) = SymmetricEigen.Decompose(matrix, n);
        var expected = Matrix<double>.Build.Dense(n, n, matrix).Evd(Symmetricity.Symmetric).EigenValues;
        var alone = SymmetricEigen.GetValuesInPlace([.. matrix], n);
        for (var i = 0; i < n; i++)
        {
            Assert.AreEqual(expected[i].Real, values[i], Math.Max(tolerance, 1e-300));
            Assert.AreEqual(values[i], alone[i], Math.Max(tolerance, 1e-300));
            for (var row = 0; row < n; row++)
            {
                // Av = λv, and vectors at right angles.
                var product = Enumerable.Range(0, n).Sum(k => matrix[row * n + k] * vectors[i * n + k]);
                Assert.AreEqual(values[i] * vectors[i * n + row], product, Math.Max(10 * tolerance, 1e-300));
                var dot = Enumerable.Range(0, n).Sum(k => vectors[row * n + k] * vectors[i * n + k]);
                Assert.AreEqual(row == i ? 1 : 0, dot, 1e-12);
            }
        }
    }
}
