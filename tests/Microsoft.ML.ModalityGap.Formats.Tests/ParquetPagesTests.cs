using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Row groups that are read in pieces, page by page, wherever pages end.</summary>
[TestClass]
public class ParquetPagesTests
{
    private const int Dimension = 3;

    private readonly MLContext _ml = new(seed: 1);

    /// <summary>Lists of any length, none, and missing numbers, on pages cut anywhere: in order, in parallel and shuffled the same rows as they were written.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void Lists_OnPagesCutAnywhere_AreTheRowsThatWereWritten(int version)
    {
        using var folder = new TemporaryFolder();
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var isEven = seed % 4 == 0;
            float[]?[] lists = [[1, 2, 3], .. Enumerable.Range(0, 120).Select(row => random.Next(8) switch
            {
                0 when !isEven => null,
                1 when !isEven => [],
                2 when !isEven => Enumerable.Range(0, random.Next(1, 7)).Select(i => (float)i).ToArray(),
                3 => [row, float.NaN, 1],
                _ => [row, row + 0.5f, -row],
            })];
            var path = folder.File($"{seed}.parquet");
            File.WriteAllBytes(path, ParquetBytes.Write(lists, version, [.. Enumerable.Range(0, 200).Select(_ => random.Next(1, seed % 3 == 0 ? 3 : 40))]));
            float[][] expected = [.. lists.Select(list => list is { Length: Dimension } ? list : [float.NaN, float.NaN, float.NaN])];

            var table = new ParquetTable(path, random.Next(4, 60));
            Assert.IsGreaterThan(4, table.Blocks.Count);
            var view = new TableDataView(_ml, [table], [("v", "v")], isEven ? UnusableRows.Throw : UnusableRows.Skip);
            Embeddings.AssertEqual(expected, Embeddings.Read(view, "v"));
            foreach (var cursors in new[] { view.GetRowCursorSet(view.Schema, 3), [view.GetRowCursor(view.Schema, random)] })
            {
                var seen = new bool[lists.Length];
                foreach (var cursor in cursors)
                {
                    using (cursor)
                    {
                        var (getter, getId, value, id) = (cursor.GetGetter<VBuffer<float>>(view.Schema["v"]), cursor.GetIdGetter(), default(VBuffer<float>), default(DataViewRowId));
                        while (cursor.MoveNext())
                        {
                            getter(ref value);
                            getId(ref id);
                            CollectionAssert.AreEqual(expected[id.Low], value.DenseValues().ToArray(), $"seed {seed}, row {id.Low}");
                            seen[id.Low] = true;
                        }
                    }
                }

                Assert.DoesNotContain(false, seen);
            }
        }
    }

    [TestMethod]
    public void UnevenList_InAPiece_IsAnErrorThatNamesItsRowOfTheRowGroup()
    {
        using var folder = new TemporaryFolder();
        float[]?[] lists = [.. Enumerable.Range(0, 100).Select(row => row == 77 ? new float[] { 1, 2 } : [row, 1, 2])];
        File.WriteAllBytes(folder.File("t.parquet"), ParquetBytes.Write(lists, 1, [7]));
        var view = new TableDataView(_ml, [new ParquetTable(folder.File("t.parquet"), 20)], [("v", "v")], UnusableRows.Throw);
        Assert.Contains("row group 0, row 77: the list in 'v' has 2 numbers where 3 are expected", Assert.ThrowsExactly<InvalidDataException>(() => Embeddings.Read(view, "v")).Message);

        lists[77] = [1, 2, float.NaN];
        File.WriteAllBytes(folder.File("t.parquet"), ParquetBytes.Write(lists, 1, [7]));
        view = new TableDataView(_ml, [new ParquetTable(folder.File("t.parquet"), 20)], [("v", "v")], UnusableRows.Throw);
        var error = Assert.ThrowsExactly<InvalidDataException>(() => _ml.Transforms.CenterModalities(ModalityColumns.PerColumn("v")).Fit(view));
        Assert.Contains("row 77 (row 77 of '", error.Message);
        Assert.Contains("t.parquet, row group 0')", error.Message);
    }

    [TestMethod]
    [DataRow(99, "more lists in 'v' than rows")]
    [DataRow(101, "fewer lists in 'v' than rows")]
    public void RowsThatTheFooterMiscounts_AreAnError(int rowCount, string said)
    {
        using var folder = new TemporaryFolder();
        foreach (var (version, pieceValues) in new[] { (1, 20), (2, 20), (1, 1000) })
        {
            File.WriteAllBytes(folder.File("t.parquet"), ParquetBytes.Write([.. Enumerable.Range(0, 100).Select(row => new float[] { row, 1, 2 })], version, [7], rowCount));
            var view = new TableDataView(_ml, [new ParquetTable(folder.File("t.parquet"), pieceValues)], [("v", "v")], UnusableRows.Throw);
            Assert.Contains(said, Assert.ThrowsExactly<InvalidDataException>(() => Embeddings.Read(view, "v")).Message);
        }
    }

    /// <summary>Of a row group that is read in pieces no more is counted than a piece and the pages it stands on.</summary>
    [TestMethod]
    public void Memory_OfAPiece_IsThatOfItsPages()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("t.parquet"), ParquetBytes.Write([.. Enumerable.Range(0, 4000).Select(row => new float[] { row, 1, 2 })], 1, [50]));
        var whole = new ParquetTable(folder.File("t.parquet"));
        Assert.HasCount(1, whole.Blocks);
        Assert.AreEqual(20L * 12_000, whole.EstimateBytes(0, [0]));
        var pieces = new ParquetTable(folder.File("t.parquet"), 300);
        Assert.HasCount(40, pieces.Blocks);
        Assert.AreEqual(20L * (300 + 2 * 50), pieces.EstimateBytes(7, [0]));
    }
}
