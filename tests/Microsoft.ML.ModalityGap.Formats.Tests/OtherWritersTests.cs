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
    public void RustParquet_OfEveryCodec_IsRead(string file) => Check(_ml.ModalityGap().LoadFromParquet(Golden(file)));

    [TestMethod]
    public void RustParquet_OfPagesOfVersion2_IsAnErrorThatSaysSo()
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => Embeddings.Read(_ml.ModalityGap().LoadFromParquet(Golden("version2.parquet")), "embedding"));
        Assert.Contains("version2.parquet", error.Message);
        Assert.Contains("data pages of version 1", error.Message);
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
