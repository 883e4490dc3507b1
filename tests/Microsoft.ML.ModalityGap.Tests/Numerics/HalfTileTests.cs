namespace Microsoft.ML.ModalityGap.Tests.Numerics;

/// <summary>Every finite float16 there is, in the row kernel: the bits of the same values as floats.</summary>
[TestClass]
public unsafe class HalfTileTests
{
    [TestMethod]
    public void MultiplyRow_EveryFiniteHalf_SameBitsAsFloats()
    {
        if (!HalfTile.IsSupported)
            Assert.Inconclusive("This machine reads float16 by the general path.");
        var halves = Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)).Where(Half.IsFinite).ToArray();
        var random = new Random(1);
        const int Depth = 200;
        using var panel = new AlignedBuffer(Depth * MatrixTile.Columns);
        using var packed = new AlignedBuffer(Depth * MatrixTile.Rows);
        float[] expected = new float[32], found = new float[32], row = new float[Depth];
        var bits = new short[Depth * MatrixTile.Columns];
        for (var first = 0; first < halves.Length; first += bits.Length)
        {
            for (var i = 0; i < bits.Length; i++)
            {
                var value = halves[(first + i) * 7919L % halves.Length];
                (bits[i], panel.Pointer[i]) = (BitConverter.HalfToInt16Bits(value), (float)value);
            }

            for (var k = 0; k < Depth; k++)
            {
                packed.Pointer[k * MatrixTile.Rows] = (random.NextSingle() - 0.5f) * (first % 2 == 0 ? 2e-3f : 6e4f);
                row[k] = packed.Pointer[k * MatrixTile.Rows] * HalfTile.QueryFactor;
            }

            foreach (var add in new[] { false, true })
            {
                fixed (float* e = expected, f = found, r = row)
                fixed (short* b = bits)
                {
                    MatrixTile.GetKernel(MatrixTile.BestPath)(packed.Pointer, panel.Pointer, Depth, e, MatrixTile.Columns, 1, add, e, MatrixTile.Columns);
                    HalfTile.MultiplyRow(r, b, Depth, f, add);
                }

                CollectionAssert.AreEqual(expected, found);
            }
        }
    }

    [TestMethod]
    [Timeout(600_000)]
    public void MultiplyRow_OnALesserMachine_Passes() => InnerRun.Check(typeof(HalfTileTests), "EnableAVX512", "EnableAVX512F");

    /// <summary>A query alone is read by the row kernel, one among others as floats; one too large for the kernel, as floats too.</summary>
    [TestMethod]
    public void Search_Float16_AloneAsAmongOthers()
    {
        const int Dimension = 300;
        var index = new EmbeddingIndex(Dimension, new EmbeddingIndexOptions { Metric = SimilarityMetric.Dot, Storage = IndexStorage.Float16 });
        var rows = TestEmbeddings.Create(500, Dimension, seed: 1);
        index.AddRange([.. Enumerable.Range(0, 500).Select(i => (EmbeddingId)i)], rows);
        foreach (var factor in new[] { 1e-3f, 1, 6e3f })
        {
            var queries = TestEmbeddings.Create(7, Dimension, seed: 2).Select(value => value * factor).ToArray();
            var found = index.SearchBatch(queries.AsSpan(), 9);
            for (var i = 0; i < 7; i++)
                CollectionAssert.AreEqual(found[i].ToArray(), index.Search(queries.AsSpan(i * Dimension, Dimension), 9).ToArray(), $"{factor}, query {i}");
        }
    }
}
