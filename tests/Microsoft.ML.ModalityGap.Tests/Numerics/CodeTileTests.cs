namespace Microsoft.ML.ModalityGap.Tests.Numerics;

/// <summary>The products of codes, held against sums of plain integers: exact.</summary>
[TestClass]
public unsafe class CodeTileTests
{
    private const int Dimension = 96;
    private const int Quads = Dimension / CodeTile.Quad;

    public static IEnumerable<object[]> Paths =>
        Enum.GetValues<CodeTilePath>().Where(path => path != CodeTilePath.None && CodeTile.IsSupported(path)).Select(path => new object[] { path });

    [TestMethod]
    [DynamicData(nameof(Paths))]
    public void Multiply_ShortChains_AnyCodesAtAll(object path)
    {
        var limit = CodeTile.GetQueryLimit((CodeTilePath)path);
        for (var seed = 0; seed < 30; seed++)
        {
            // Among them rows and queries of nothing but the largest values: what overflows first.
            var random = new Random(seed);
            var extreme = seed < 10;
            Check((CodeTilePath)path, longChains: false, Create(6, limit, random, extreme), Create(32, CodeTile.RowLimit, random, extreme), seed % 2 == 0 ? 6 : 1);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Paths))]
    public void Multiply_LongChains_WhereNormsAllow(object path)
    {
        if (!CodeTile.IsPaired((CodeTilePath)path))
            return;
        var limit = CodeTile.GetQueryLimit((CodeTilePath)path);
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            var queries = Create(6, 20 + seed % 15, random, extreme: false);
            var codes = Create(32, CodeTile.RowLimit, random, extreme: false);

            // A row along a query, as large as the norms allow: the sum of a chain is the product of the norms then.
            var factor = (CodeTile.ChainLimit - 2) / Math.Pow(CodeTile.ChainNorm(queries[0]), 2);
            for (var k = 0; k < Dimension; k++)
                codes[5][k] = (sbyte)Math.Clamp(Math.Truncate(queries[0][k] * factor), -CodeTile.RowLimit, CodeTile.RowLimit);
            var largest = queries.Max(query => CodeTile.ChainNorm(query));
            foreach (var row in codes)
            {
                while (largest * CodeTile.ChainNorm(row) >= CodeTile.ChainLimit - 1)
                {
                    for (var k = 0; k < Dimension; k++)
                        row[k] = (sbyte)(row[k] * 9 / 10);
                }
            }

            Assert.IsTrue(queries.All(query => query.All(value => Math.Abs((int)value) <= limit)));
            Check((CodeTilePath)path, longChains: true, queries, codes, seed % 2 == 0 ? 6 : 1);
        }
    }

    [TestMethod]
    public void ChainNorm_IsTheLargestOfItsChains()
    {
        var values = new sbyte[64];
        (values[0], values[5], values[28]) = (3, 4, 12);
        (values[34], values[63]) = (-127, 127);
        Assert.AreEqual((float)Math.Sqrt(2 * 127 * 127), CodeTile.ChainNorm(values));
        values[63] = 0;
        values[34] = 0;
        Assert.AreEqual(13, CodeTile.ChainNorm(values), "3, 4 and 12 are first or second of their quads");
    }

    /// <summary>The tests of this class on a runtime without AVX-512.</summary>
    [TestMethod]
    [Timeout(600_000)]
    public void Multiply_OnALesserMachine_Passes() => InnerRun.Check(typeof(CodeTileTests), "EnableAVX512", "EnableAVX512F");

    private static void Check(CodeTilePath path, bool longChains, sbyte[][] queries, sbyte[][] codes, int rows)
    {
        using var packed = new AlignedBuffer(Quads * CodeTile.Rows);
        using var panel = new AlignedBuffer(Quads * MatrixTile.Columns);
        using var prepared = new AlignedBuffer(CodeTile.GetPreparedLength(Quads));
        using var tile = new AlignedBuffer(CodeTile.Rows * MatrixTile.Columns);
        for (var k = 0; k < Dimension; k++)
        {
            for (var i = 0; i < CodeTile.Rows; i++)
                ((byte*)packed.Pointer)[k / 4 * 24 + i * 4 + k % 4] = (byte)(queries[i][k] + CodeTile.GetOffset(path));
            for (var i = 0; i < MatrixTile.Columns; i++)
                ((sbyte*)panel.Pointer)[k / 4 * 128 + i * 4 + k % 4] = codes[i][k];
        }

        CodeTile.Prepare(path, longChains, (sbyte*)panel.Pointer, Quads, (int*)prepared.Pointer);
        CodeTile.GetKernel(path, longChains)((byte*)packed.Pointer, (sbyte*)panel.Pointer, Quads, (int*)prepared.Pointer, (int*)tile.Pointer, rows);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < MatrixTile.Columns; j++)
                Assert.AreEqual(queries[i].Zip(codes[j], (x, y) => x * y).Sum(), ((int*)tile.Pointer)[i * MatrixTile.Columns + j], $"{path}, query {i}, row {j}");
        }
    }

    private static sbyte[][] Create(int count, int limit, Random random, bool extreme) =>
        [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Dimension).Select(_ => (sbyte)(!extreme ? random.Next(-limit, limit + 1) : random.Next(8) == 0 ? limit : -limit)).ToArray())];
}
