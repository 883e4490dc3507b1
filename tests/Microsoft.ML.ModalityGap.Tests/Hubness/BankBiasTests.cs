namespace Microsoft.ML.ModalityGap.Tests.Hubness;

[TestClass]
public class BankBiasTests
{
    private const int Dimension = 37, Count = 150, Rows = 9;

    public static IEnumerable<object[]> Corrections => [[HubnessCorrection.InvertedSoftmax()], [HubnessCorrection.LocalScaling(7)]];

    /// <summary>The bank is packed once for all calls; an entry of a product has the bits it has in one whose right matrix is packed for it alone.</summary>
    [TestMethod]
    [DynamicData(nameof(Corrections))]
    public void Compute_RowsAloneAndTogether_IsThePlainProductReduced(HubnessCorrection hubness)
    {
        var (bank, rows) = (CreateUnit(Count, seed: 1), CreateUnit(Rows, seed: 2));
        bank.AsSpan(5 * Dimension, Dimension).CopyTo(rows.AsSpan(3 * Dimension));
        var bias = new BankBias(hubness, bank, Dimension);
        var expected = new float[Rows];
        var scores = new float[Rows * Count];
        MatrixProduct.Multiply(rows, false, bank, true, Rows, Count, Dimension, scores);
        for (var row = 0; row < Rows; row++)
            expected[row] = bias.Reduce(scores.AsSpan(row * Count, Count));

        var (together, alone) = (new float[Rows], new float[Rows]);
        bias.Compute(rows, together);
        Parallel.For(0, Rows, row => bias.Compute(rows.AsSpan(row * Dimension, Dimension), alone.AsSpan(row, 1)));
        CollectionAssert.AreEqual(expected, together);
        CollectionAssert.AreEqual(expected, alone);
    }

    private static float[] CreateUnit(int count, int seed)
    {
        var rows = TestEmbeddings.Create(count, Dimension, seed);
        for (var row = 0; row < count; row++)
            RowKernels.Normalize(rows.AsSpan(row * Dimension, Dimension), rows.AsSpan(row * Dimension, Dimension));
        return rows;
    }
}
