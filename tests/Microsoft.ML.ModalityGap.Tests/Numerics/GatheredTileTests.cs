namespace Microsoft.ML.ModalityGap.Tests.Numerics;

/// <summary>Products with rows where they lie: the bits of <see cref="MatrixProduct.Dot"/>, which the product's own tests hold to be those of every tile.</summary>
[TestClass]
public unsafe class GatheredTileTests
{
    [TestMethod]
    public void MultiplyRow_AnyNumberOfVectorsAndDepth_SameBitsAsDot()
    {
        var random = new Random(1);
        var vectors = stackalloc float*[MatrixTile.Columns];
        foreach (var depth in new[] { 1, 2, 3, 4, 5, 7, 31, 64, 255, 256 })
        {
            var query = Create(random, depth);
            var rows = Create(random, 40 * depth);
            using var packed = new AlignedBuffer(depth * MatrixTile.Rows);
            using var room = new AlignedBuffer(MatrixTile.Columns);
            for (var k = 0; k < depth; k++)
                packed.Pointer[k * MatrixTile.Rows] = query[k];
            for (var count = 1; count <= MatrixTile.Columns; count++)
            {
                foreach (var add in new[] { false, true })
                {
                    // From the end to the start, with one left out: nowhere one behind the other.
                    int[] positions = [.. Enumerable.Range(0, count).Select(i => 39 - i - i / 5)];
                    for (var i = 0; i < MatrixTile.Columns; i++)
                        room.Pointer[i] = i;
                    fixed (float* source = rows)
                    {
                        for (var i = 0; i < count; i++)
                            vectors[i] = source + positions[i] * depth;
                        GatheredTile.MultiplyRow(packed.Pointer, vectors, count, depth, room.Pointer, add);
                    }

                    for (var i = 0; i < count; i++)
                        Assert.AreEqual(MatrixProduct.Dot(query, rows.AsSpan(positions[i] * depth, depth)) + (add ? i : 0), room.Pointer[i], 0f, $"depth {depth}, {count} vectors, added {add}: vector {i}");
                }
            }
        }
    }

    [TestMethod]
    [Timeout(600_000)]
    public void MultiplyRow_WithNarrowerVectors_Passes() => InnerRun.Check(typeof(GatheredTileTests), "EnableAVX512", "EnableAVX512F");

    private static float[] Create(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
}
