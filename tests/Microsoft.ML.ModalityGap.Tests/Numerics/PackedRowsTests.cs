namespace Microsoft.ML.ModalityGap.Tests.Numerics;

[TestClass]
public class PackedRowsTests
{
    [TestMethod]
    [DataRow(1, 1, 1)]
    [DataRow(1, 33, 257)]
    [DataRow(13, 31, 64)]
    [DataRow(121, 70, 600)]
    [DataRow(250, 100, 300)]
    public void Multiply_AnyShapeAndThreads_IsTheProductBitForBit(int rows, int packed, int dimension)
    {
        var left = TestEmbeddings.Create(rows, dimension, seed: 1);
        var right = TestEmbeddings.Create(packed, dimension, seed: 2);
        var expected = new float[rows * packed];
        MatrixProduct.Multiply(left, false, right, true, rows, packed, dimension, expected);
        var product = new PackedRows(right, dimension);
        foreach (var threads in new[] { 1, 3, -1 })
        {
            var found = new float[expected.Length];
            MatrixProduct.Multiply(left, product, found, threads);
            CollectionAssert.AreEqual(expected, found);
        }

        // A row alone has the bits it has among others.
        var alone = new float[packed];
        MatrixProduct.Multiply(left.AsSpan((rows - 1) * dimension), product, alone);
        CollectionAssert.AreEqual(expected[^packed..], alone);
    }

    [TestMethod]
    public void Multiply_WrongLengths_SaysWhatIsExpected() =>
        Assert.Contains("3 values and 2 products", Assert.ThrowsExactly<ArgumentException>(() => MatrixProduct.Multiply(new float[3], new PackedRows(new float[6], 3), new float[3])).Message);
}
