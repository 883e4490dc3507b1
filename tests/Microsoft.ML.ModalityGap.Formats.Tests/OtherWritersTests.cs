using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Files that other libraries wrote (Golden/README.md): h5py, numpy, apache-arrow of JavaScript, Rust's Parquet. All hold the same rows.</summary>
[TestClass]
public class OtherWritersTests
{
    private const int Rows = 40;
    private const int Dimension = 6;

    private readonly MLContext _ml = new(seed: 1);

    private static float[][] Expected => [.. Enumerable.Range(0, Rows).Select(row => Enumerable.Range(0, Dimension).Select(d => (row * Dimension + d - 100) / 8f).ToArray())];

    [TestMethod]
    [DataRow("contiguous")]
    [DataRow("gzip")]
    [DataRow("fletcher")]
    [DataRow("half")]
    [DataRow("double")]
    [DataRow("fortran")]
    [DataRow("strided")]
    [DataRow("big")]
    [DataRow("bigdouble")]
    [DataRow("train/image/embedding")]
    public void H5py_OfEveryLayout_IsRead(string dataset) =>
        Embeddings.AssertEqual(Expected, Embeddings.Read(_ml.ModalityGap().LoadFromHdf5(Golden("h5py.h5") + ":" + dataset, [dataset]), dataset));

    [TestMethod]
    public void H5py_NumbersTextsAndFingerprint_AreRead()
    {
        var view = _ml.ModalityGap().LoadFromHdf5(Golden("h5py.h5") + ":contiguous");
        CollectionAssert.AreEqual(Enumerable.Range(0, Rows).Select(i => i * 1000L).ToArray(), view.GetColumn<long>("id").ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(0, Rows).Select(i => (short)i).ToArray(), view.GetColumn<short>("small").ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(0, Rows).Select(i => $"caption {i} é").ToArray(), view.GetColumn<string>("caption").ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(0, Rows).Select(i => $"text {i}").ToArray(), view.GetColumn<string>("fixed").ToArray());
        Assert.AreEqual("0123456789abcdef", view.Schema["contiguous"].FindMapFingerprint());
    }

    [TestMethod]
    [DataRow("latest.h5")]
    [DataRow("lzf.h5")]
    public void H5py_OfTheNewestFormatAndLzf_IsRead(string file) => Embeddings.AssertEqual(Expected, Embeddings.Read(_ml.ModalityGap().LoadFromHdf5(Golden(file)), "embedding"));

    [TestMethod]
    [DataRow("numpy.npz", "single")]
    [DataRow("numpy.npz", "fortran")]
    [DataRow("numpy.npz", "big")]
    [DataRow("numpy.npz", "half")]
    [DataRow("compressed.npz", "single")]
    [DataRow("compressed.npz", "double")]
    public void Numpy_Archives_AreRead(string file, string array) => Embeddings.AssertEqual(Expected, Embeddings.Read(_ml.ModalityGap().LoadFromFiles($"{Golden(file)}:{array}"), "Embedding"));

    [TestMethod]
    [DataRow("fixed.arrow")]
    [DataRow("lists.arrow")]
    [DataRow("stream.arrow")]
    public void JavaScriptArrow_OfFilesAndStreams_IsRead(string file)
    {
        var view = _ml.ModalityGap().LoadFromArrow(Golden(file));
        Check(view);
        Assert.HasCount(2, view.GetRowCursorSet(view.Schema, 8), "A cursor for each of two record batches.");
    }

    [TestMethod]
    [DataRow("plain.parquet")]
    [DataRow("snappy.parquet")]
    [DataRow("gzip.parquet")]
    [DataRow("zstd.parquet")]
    [DataRow("lz4.parquet")]
    [DataRow("brotli.parquet")]
    [DataRow("delta.parquet")]
    [DataRow("delta-length.parquet")]
    public void RustParquet_OfEveryCodecAndEncoding_IsRead(string file) => Check(_ml.ModalityGap().LoadFromParquet(Golden(file)));

    [TestMethod]
    [DataRow("version2.parquet")]
    [DataRow("version2-plain.parquet")]
    [DataRow("version2-gzip.parquet")]
    [DataRow("version2-zstd.parquet")]
    [DataRow("version2-lz4.parquet")]
    [DataRow("version2-brotli.parquet")]
    public void RustParquet_OfPagesOfVersion2_IsRead(string file) => Check(_ml.ModalityGap().LoadFromParquet(Golden(file)));

    /// <summary>One row group on many pages, read at once and in pieces, from the first row to the last and in any order.</summary>
    [TestMethod]
    [DataRow("pages1.parquet")]
    [DataRow("pages2.parquet")]
    public void RustParquet_OfManyPages_IsReadInPieces(string file)
    {
        const int ManyRows = 1500;
        float[][] expected = [.. Enumerable.Range(0, ManyRows).Select(row => Enumerable.Range(0, Dimension).Select(d => ((row * Dimension + d) % 1000 - 100) / 8f).ToArray())];
        Embeddings.AssertEqual(expected, Embeddings.Read(_ml.ModalityGap().LoadFromParquet(Golden(file)), "embedding"));
        foreach (var unusableRows in new[] { UnusableRows.Throw, UnusableRows.Skip })
        {
            var table = new ParquetTable(Golden(file), pieceValues: 500);
            Assert.HasCount(19, table.Blocks);
            Assert.IsLessThan(50_000 + 20 * ManyRows * Dimension / 2, table.EstimateBytes(3, [1]));
            var view = new TableDataView(_ml, [table], [("embedding", "embedding"), ("id", "id"), ("caption", "caption")], unusableRows);
            Embeddings.AssertEqual(expected, Embeddings.Read(view, "embedding"));
            CollectionAssert.AreEqual(Enumerable.Range(0, ManyRows).Select(i => $"caption {i} é").ToArray(), view.GetColumn<string>("caption").ToArray());
            DataViewRowCursor[] cursors = [view.GetRowCursor(view.Schema, new Random(3)), .. view.GetRowCursorSet(view.Schema, 3)];
            Assert.HasCount(4, cursors);
            var rows = cursors.Select((cursor, i) => (i, Rows: ReadRows(cursor))).ToArray();
            foreach (var row in rows.SelectMany(part => part.Rows))
            {
                CollectionAssert.AreEqual(expected[row.Id / 1000], row.Embedding);
                Assert.AreEqual($"caption {row.Id / 1000} é", row.Caption);
            }

            Assert.AreEqual(ManyRows, rows[0].Rows.Select(row => row.Id).Distinct().Count());
            Assert.AreEqual(ManyRows, rows[1..].SelectMany(part => part.Rows).Select(row => row.Id).Distinct().Count());
            Assert.AreEqual(ManyRows, rows[1..].Sum(part => part.Rows.Count));
        }
    }

    private static List<(long Id, float[] Embedding, string Caption)> ReadRows(DataViewRowCursor cursor)
    {
        using (cursor)
        {
            var getId = cursor.GetGetter<long>(cursor.Schema["id"]);
            var getEmbedding = cursor.GetGetter<VBuffer<float>>(cursor.Schema["embedding"]);
            var getCaption = cursor.GetGetter<ReadOnlyMemory<char>>(cursor.Schema["caption"]);
            var (id, embedding, caption) = (0L, default(VBuffer<float>), default(ReadOnlyMemory<char>));
            var rows = new List<(long, float[], string)>();
            while (cursor.MoveNext())
            {
                getId(ref id);
                getEmbedding(ref embedding);
                getCaption(ref caption);
                rows.Add((id, [.. embedding.DenseValues()], caption.ToString()));
            }

            return rows;
        }
    }

    private void Check(IDataView view)
    {
        Embeddings.AssertEqual(Expected, Embeddings.Read(view, "embedding"));
        CollectionAssert.AreEqual(Enumerable.Range(0, Rows).Select(i => i * 1000L).ToArray(), view.GetColumn<long>("id").ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(0, Rows).Select(i => $"caption {i} é").ToArray(), view.GetColumn<string>("caption").ToArray());
        Assert.IsTrue(_ml.Transforms.CenterModalities(ModalityColumns.PerColumn("embedding")).Fit(view).Fingerprint.Length > 0);
    }

    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", name);
}
