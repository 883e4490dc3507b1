namespace Microsoft.ML.ModalityGap.Tests.Maps;

[TestClass]
public class EmbeddingMapTests
{
    // Odd on purpose: whole vectors and a rest.
    private const int Dimension = 37;

    private static readonly float[] _row = TestEmbeddings.Create(1, Dimension, seed: 3);

    [TestMethod]
    public void Apply_NoSteps_CopiesTheRow() => CollectionAssert.AreEqual(_row, new EmbeddingMap(Dimension).Apply(_row));

    [TestMethod]
    public void Apply_EachStep_EqualsItsFormulaInDoubles()
    {
        var offset = TestEmbeddings.Create(1, Dimension, seed: 4);
        var matrix = TestEmbeddings.Create(5, Dimension, seed: 5);
        var norm = Math.Sqrt(_row.Sum(x => (double)x * x));

        AssertClose([.. _row.Select(x => x / norm)], new EmbeddingMap(Dimension, new L2NormalizeStep()).Apply(_row));
        AssertClose([.. _row.Select((x, i) => (double)x + offset[i])], new EmbeddingMap(Dimension, new TranslateStep(offset)).Apply(_row));
        AssertClose([.. _row.Select((x, i) => (double)x * offset[i])], new EmbeddingMap(Dimension, new ScaleStep(offset)).Apply(_row));
        AssertClose([.. _row.Take(7).Select(x => (double)x)], new EmbeddingMap(Dimension, new TruncateStep(7)).Apply(_row));
        AssertClose(
            [.. Enumerable.Range(0, 5).Select(k => _row.Select((x, i) => (double)x * matrix[k * Dimension + i]).Sum())],
            new EmbeddingMap(Dimension, new ProjectStep(matrix, 5)).Apply(_row));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(8)]
    [DataRow(37)]
    [DataRow(512)]
    public void Apply_NormalizeTranslateNormalize_EqualsTheFormulaInDoubles(int dimension)
    {
        var offset = TestEmbeddings.Create(1, dimension, seed: 6).Select(x => x * 0.05f).ToArray();
        var map = Center(dimension, offset);
        foreach (var seed in Enumerable.Range(0, 20))
        {
            var row = TestEmbeddings.Create(1, dimension, seed);
            AssertClose(CenterInDoubles(row, offset), map.Apply(row));
        }
    }

    [TestMethod]
    [DataRow(1e-3)]
    [DataRow(1e-2)]
    [DataRow(0.3)]
    public void Apply_RowNearTheMean_KeepsItsPrecision(double distance)
    {
        // x̂ + t nearly cancels; the short way to the norm would lose its digits here.
        var mean = TestEmbeddings.Create(1, Dimension, seed: 8);
        var norm = Math.Sqrt(mean.Sum(x => (double)x * x));
        var offset = mean.Select(x => (float)(-x / norm)).ToArray();
        var row = mean.Select((x, i) => (float)(x / norm + (i % 2 == 0 ? distance : -distance) / Math.Sqrt(Dimension))).ToArray();

        // The inputs themselves carry float's rounding, which the cancellation magnifies by 1/distance.
        AssertClose(CenterInDoubles(row, offset), Center(Dimension, offset).Apply(row), tolerance: 3e-7 / distance);
    }

    [TestMethod]
    [DataRow(1e-25f)]
    [DataRow(1e25f)]
    public void Apply_TinyOrHugeRows_NormalizesThemAll(float scale)
    {
        var row = _row.Select(x => x * scale).ToArray();
        AssertClose([.. new EmbeddingMap(Dimension, new L2NormalizeStep()).Apply(_row).Select(x => (double)x)], new EmbeddingMap(Dimension, new L2NormalizeStep()).Apply(row));
        AssertClose([.. Center(Dimension, _row).Apply(_row).Select(x => (double)x)], Center(Dimension, _row).Apply(row));
    }

    [TestMethod]
    public void Apply_ZeroRow_StaysZeroUnderNormalization()
    {
        CollectionAssert.AreEqual(new float[Dimension], new EmbeddingMap(Dimension, new L2NormalizeStep()).Apply(new float[Dimension]));

        // Under centring it goes where the steps send it: to t/‖t‖.
        AssertClose(CenterInDoubles(new float[Dimension], _row), Center(Dimension, _row).Apply(new float[Dimension]));
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    public void Apply_NaNOrInfinity_YieldsNaNThroughout(float value)
    {
        var row = _row.ToArray();
        row[11] = value;
        Assert.IsTrue(new EmbeddingMap(Dimension, new L2NormalizeStep()).Apply(row).All(float.IsNaN));
        Assert.IsTrue(Center(Dimension, _row).Apply(row).All(float.IsNaN));
    }

    [TestMethod]
    public void Apply_InPlace_EqualsOutOfPlace()
    {
        var map = Center(Dimension, _row).Then(new EmbeddingMap(Dimension, new ScaleStep(_row), new ProjectStep(TestEmbeddings.Create(Dimension, Dimension, 9), Dimension)));
        var row = TestEmbeddings.Create(1, Dimension, seed: 10);
        var expected = map.Apply(row);
        map.Apply(row, row);
        CollectionAssert.AreEqual(expected, row);
    }

    [TestMethod]
    public void Apply_OneMatrixInPlace_EqualsOutOfPlace()
    {
        const int Rows = 130;
        var map = new EmbeddingMap(Dimension, new ProjectStep(TestEmbeddings.Create(Dimension, Dimension, 9), Dimension));
        var rows = TestEmbeddings.Create(Rows, Dimension, seed: 10);
        var expected = new float[rows.Length];
        map.ApplyRows(rows, expected);
        map.ApplyRows(rows, rows);
        CollectionAssert.AreEqual(expected, rows);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(11)]
    [DataRow(121)]
    [DataRow(1_000)]
    public void ApplyRows_MatrixInTheChain_EqualsRowByRowBitForBitAndAPlainSum(int rows)
    {
        const int Output = 45;
        var matrix = TestEmbeddings.Create(Output, Dimension, seed: 21);
        var map = Center(Dimension, _row).Then(new EmbeddingMap(Dimension, new ProjectStep(matrix, Output), new L2NormalizeStep()));
        var source = TestEmbeddings.Create(rows, Dimension, seed: 22);
        var alone = Enumerable.Range(0, rows).SelectMany(i => map.Apply(source.AsSpan(i * Dimension, Dimension))).ToArray();
        foreach (var threads in new[] { 1, 3, -1 })
        {
            var found = new float[rows * Output];
            map.ApplyRows(source, found, threads);
            CollectionAssert.AreEqual(alone, found, $"{threads} threads");
        }

        var centered = Center(Dimension, _row).Apply(source.AsSpan((rows - 1) * Dimension));
        var expected = Enumerable.Range(0, Output).Select(i => Enumerable.Range(0, Dimension).Sum(j => (double)centered[j] * matrix[i * Dimension + j])).ToArray();
        var norm = Math.Sqrt(expected.Sum(value => value * value));
        for (var i = 0; i < Output; i++)
            Assert.AreEqual(expected[i] / norm, alone[(rows - 1) * Output + i], 1e-5);
    }

    [TestMethod]
    public void Apply_PartialOverlap_Throws()
    {
        var memory = new float[Dimension + 1];
        var exception = Assert.ThrowsExactly<ArgumentException>(() => new EmbeddingMap(Dimension).Apply(memory.AsSpan(0, Dimension), memory.AsSpan(1)));
        Assert.AreEqual("destination", exception.ParamName);
    }

    [TestMethod]
    public void ApplyRows_AnyNumberOfThreads_EqualsRowByRow()
    {
        const int Rows = 5_000;
        var map = Center(Dimension, _row).Then(new EmbeddingMap(Dimension, new TruncateStep(20), new L2NormalizeStep()));
        var source = TestEmbeddings.Create(Rows, Dimension, seed: 11);
        var expected = Enumerable.Range(0, Rows).SelectMany(i => map.Apply(source.AsSpan(i * Dimension, Dimension))).ToArray();
        foreach (var threads in new[] { 1, 2, 5, -1 })
        {
            var destination = new float[Rows * 20];
            map.ApplyRows(source, destination, threads);
            CollectionAssert.AreEqual(expected, destination, $"{threads} threads");
        }
    }

    [TestMethod]
    public void ApplyRows_WrongSizes_NamesParameterAndNumbers()
    {
        var map = new EmbeddingMap(4);
        var source = Assert.ThrowsExactly<ArgumentException>(() => map.ApplyRows(new float[6], new float[8]));
        Assert.AreEqual("source", source.ParamName);
        var destination = Assert.ThrowsExactly<ArgumentException>(() => map.ApplyRows(new float[8], new float[4]));
        Assert.AreEqual("destination", destination.ParamName);
        StringAssert.Contains(destination.Message, "8 values, but there is room for 4");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => map.ApplyRows(new float[4], new float[4], 0));
    }

    [TestMethod]
    public void Then_Composes()
    {
        var first = Center(Dimension, _row);
        var second = new EmbeddingMap(Dimension, new ProjectStep(TestEmbeddings.Create(3, Dimension, seed: 12), 3));
        var both = first.Then(second);
        Assert.AreEqual(Dimension, both.InputDimension);
        Assert.AreEqual(3, both.OutputDimension);
        CollectionAssert.AreEqual(second.Apply(first.Apply(_row)), both.Apply(_row));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => both.Then(first)).Message, $"3 dimensions, but the next takes {Dimension}");
    }

    [TestMethod]
    public void Constructor_StepsThatDoNotFit_NamesTheStep()
    {
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => new EmbeddingMap(8, new L2NormalizeStep(), new TranslateStep(new float[9]))).Message,
            "Step 1, Translate(9), does not fit: it takes 9 dimensions but receives 8");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => new EmbeddingMap(8, new TruncateStep(9))).Message, "receives only 8");
        Assert.ThrowsExactly<ArgumentException>(() => new TranslateStep([1, float.NaN]));
        Assert.ThrowsExactly<ArgumentException>(() => new ProjectStep(new float[7], 2));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new EmbeddingMap(0));
    }

    [TestMethod]
    public void Fingerprint_EqualMaps_IsEqualAndPinned()
    {
        EmbeddingMap Create() => new(2, new L2NormalizeStep(), new TranslateStep([0.25f, -0.5f]), new L2NormalizeStep());
        Assert.AreEqual(Create(), Create());
        Assert.AreEqual(Create().Fingerprint, Create().Fingerprint);
        Assert.AreNotEqual(Create(), new EmbeddingMap(2, new L2NormalizeStep(), new TranslateStep([0.25f, -0.25f]), new L2NormalizeStep()));

        // From a reading of the stored bytes by hand: int32 2, int32 3, byte 1, byte 2, int32 2, two floats, byte 1; hashed with sha256sum.
        Assert.AreEqual(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Convert.FromHexString("02000000" + "03000000" + "01" + "02" + "02000000" + "0000803e" + "000000bf" + "01")))[..16],
            Create().Fingerprint);
    }

    internal static EmbeddingMap Center(int dimension, float[] offset) => new(dimension, new L2NormalizeStep(), new TranslateStep(offset), new L2NormalizeStep());

    private static double[] CenterInDoubles(float[] row, float[] offset)
    {
        var norm = Math.Sqrt(row.Sum(x => (double)x * x));
        var moved = row.Select((x, i) => (norm > 0 ? x / norm : 0) + offset[i]).ToArray();
        var length = Math.Sqrt(moved.Sum(x => x * x));
        return [.. moved.Select(x => x / length)];
    }

    /// <summary>Floats computed over some hundred terms: 2e-6 of the largest value unless the test says why it must be more.</summary>
    private static void AssertClose(double[] expected, float[] actual, double tolerance = 2e-6)
    {
        Assert.AreEqual(expected.Length, actual.Length);
        var scale = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], tolerance * scale, $"dimension {i}");
    }
}
