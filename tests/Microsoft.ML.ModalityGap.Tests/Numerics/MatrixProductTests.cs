using System.Collections.Concurrent;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap.Tests.Numerics;

[TestClass]
public class MatrixProductTests
{
    // Whole tiles, their edges, less than one, more than one piece of the sum, more than one block and band.
    private static readonly (int M, int N, int K)[] _shapes =
    [
        (1, 1, 1), (1, 33, 7), (12, 32, 256), (13, 31, 257), (11, 64, 255), (5, 1, 512), (3, 100, 4), (24, 65, 1000), (500, 37, 65), (37, 1600, 19), (2, 70, 300), (4, 32, 600), (5, 34, 4500), (970, 3, 4100),
    ];

    private static readonly ConcurrentDictionary<(int M, int N, int K), double[]> _expected = new();

    public static IEnumerable<object[]> Paths => Enum.GetValues<MatrixTilePath>().Where(path => path <= MatrixTile.BestPath).Select(path => new object[] { path });

    [TestMethod]
    [DynamicData(nameof(Paths))]
    public void Multiply_OddShapesAndTransposes_AreThoseOfDoubles(object path)
    {
        foreach (var (m, n, k) in _shapes)
        {
            var (a, b) = (Random(m * k, seed: m), Random(k * n, seed: n + 1000));
            var expected = _expected.GetOrAdd((m, n, k), _ => Naive(a, b, m, n, k));
            foreach (var (transposeA, transposeB) in new[] { (false, false), (false, true), (true, false), (true, true) })
            {
                var c = new float[m * n];
                MatrixProduct.Multiply(
                    transposeA ? Transpose(a, m, k) : a, transposeA, transposeB ? Transpose(b, k, n) : b, transposeB, m, n, k, c, false, -1, (MatrixTilePath)path);

                // A sum of k products of numbers below 1, in pieces of 256: the error stays far below 256 units in the last place of 1 per piece.
                var tolerance = 2e-6 * Math.Sqrt(k);
                for (var i = 0; i < c.Length; i++)
                    Assert.AreEqual(expected[i], c[i], tolerance, $"{path}, {m}x{n}x{k}, transposed {transposeA} {transposeB}, entry {i}");
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Paths))]
    public void Multiply_Accumulate_AddsToWhatIsThere(object path)
    {
        const int M = 14;
        const int N = 45;
        const int K = 300;
        var (a, b, before) = (Random(M * K, 1), Random(K * N, 2), Random(M * N, 3));
        var c = before.ToArray();
        MatrixProduct.Multiply(a, false, b, false, M, N, K, c, true, -1, (MatrixTilePath)path);
        var product = Naive(a, b, M, N, K);
        for (var i = 0; i < c.Length; i++)
            Assert.AreEqual(product[i] + before[i], c[i], 5e-5);
    }

    [TestMethod]
    public void Multiply_EachPathAndAnyNumberOfThreads_SameBits()
    {
        if (!(Fma.IsSupported || System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported))
            Assert.Inconclusive("Without a fused multiply-add the portable path rounds twice.");

        const int M = 130;
        const int N = 220;
        const int K = 700;
        var (a, b) = (Random(M * K, 4), Random(K * N, 5));
        var expected = new float[M * N];
        MatrixProduct.Multiply(a, false, b, true, M, N, K, expected, maxDegreeOfParallelism: 1);
        foreach (var path in Paths.Select(entry => (MatrixTilePath)entry[0]))
        {
            foreach (var threads in new[] { 1, 2, 7 })
            {
                var c = new float[M * N];
                MatrixProduct.Multiply(a, false, b, true, M, N, K, c, false, threads, path);
                CollectionAssert.AreEqual(expected, c, $"{path}, {threads} threads");
            }
        }
    }

    [TestMethod]
    [DataRow(1, 5)]
    [DataRow(33, 512)]
    [DataRow(250, 512)]
    [DataRow(391, 1_100)]
    [DataRow(40, 0)]
    public void MultiplyByItself_AnyShape_SameBitsAsTheProduct(int m, int k)
    {
        var a = Random(m * k, m);
        var (expected, c) = (new float[m * m], new float[m * m]);
        Array.Fill(c, float.NaN);
        MatrixProduct.Multiply(a, false, a, true, m, m, k, expected);
        MatrixProduct.MultiplyByItself(a, m, k, c);
        CollectionAssert.AreEqual(expected, c);
        Assert.Throws<ArgumentException>(() => MatrixProduct.MultiplyByItself(a, m, k, new float[m * m + 1]));
    }

    [TestMethod]
    [DynamicData(nameof(Paths))]
    public void Multiply_EqualRowsAnywhere_EqualScoresAndThoseOfDot(object path)
    {
        const int M = 30;
        const int N = 75;
        const int K = 515;
        var (row, column) = (Random(K, 6), Random(K, 7));
        var a = Enumerable.Repeat(row, M).SelectMany(values => values).ToArray();
        var b = Enumerable.Repeat(column, N).SelectMany(values => values).ToArray();
        var c = new float[M * N];
        MatrixProduct.Multiply(a, false, b, true, M, N, K, c, false, -1, (MatrixTilePath)path);
        var expected = MatrixProduct.Dot(row, column);
        Assert.IsTrue(Array.TrueForAll(c, value => value == expected), $"{path}: {expected} and {c.Distinct().Count()} different values");
    }

    [TestMethod]
    public void Multiply_NotFinite_StaysInItsRowAndColumn()
    {
        const int M = 15;
        const int N = 40;
        const int K = 20;
        var (a, b) = (Random(M * K, 8), Random(N * K, 9));
        a[14 * K + 3] = float.NaN;
        b[39 * K + 5] = float.PositiveInfinity;
        var c = new float[M * N];
        MatrixProduct.Multiply(a, false, b, true, M, N, K, c);
        for (var i = 0; i < c.Length; i++)
            Assert.AreEqual(i / N != 14 && i % N != 39, float.IsFinite(c[i]), $"entry {i}");
    }

    [TestMethod]
    public void Multiply_NothingToSum_IsZeroOrWhatWasThere()
    {
        float[] c = [1, 2, 3, 4];
        MatrixProduct.Multiply([], false, [], false, 2, 2, 0, c, accumulate: true);
        CollectionAssert.AreEqual(new float[] { 1, 2, 3, 4 }, c);
        MatrixProduct.Multiply([], false, [], false, 2, 2, 0, c);
        CollectionAssert.AreEqual(new float[4], c);
        MatrixProduct.Multiply([], false, new float[6], false, 0, 3, 2, []);
    }

    [TestMethod]
    public void Multiply_WrongLength_NamesTheMatrix()
    {
        Assert.AreEqual("a", Assert.ThrowsExactly<ArgumentException>(() => MatrixProduct.Multiply(new float[5], false, new float[6], false, 2, 2, 3, new float[4])).ParamName);
        Assert.AreEqual("b", Assert.ThrowsExactly<ArgumentException>(() => MatrixProduct.Multiply(new float[6], false, new float[5], false, 2, 2, 3, new float[4])).ParamName);
        Assert.AreEqual("c", Assert.ThrowsExactly<ArgumentException>(() => MatrixProduct.Multiply(new float[6], false, new float[6], false, 2, 2, 3, new float[3])).ParamName);
    }

    /// <summary>Runs the tests of this class that need no other path, on a runtime that has no wide vectors or no fused multiply-add.</summary>
    [TestMethod]
    [DataRow("EnableAVX512", "EnableAVX512F")]
    [DataRow("EnableAVX2", "EnableFMA")]
    [Timeout(600_000)]
    public void Multiply_OnALesserMachine_Passes(string first, string second) => InnerRun.Check(typeof(MatrixProductTests), first, second);

    private static double[] Naive(float[] a, float[] b, int m, int n, int k)
    {
        var c = new double[m * n];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                for (var l = 0; l < k; l++)
                    c[i * n + j] += (double)a[i * k + l] * b[l * n + j];
            }
        }

        return c;
    }

    private static float[] Transpose(float[] values, int rows, int columns)
    {
        var result = new float[values.Length];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                result[j * rows + i] = values[i * columns + j];
        }

        return result;
    }

    private static float[] Random(int length, int seed)
    {
        var random = new Random(seed);
        var values = new float[length];
        for (var i = 0; i < length; i++)
            values[i] = random.NextSingle() * 2 - 1;
        return values;
    }
}
