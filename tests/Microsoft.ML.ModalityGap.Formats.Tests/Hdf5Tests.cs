using Microsoft.ML.Data;
using PureHDF;

namespace Microsoft.ML.ModalityGap.Tests;

[TestClass]
public class Hdf5Tests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Load_GivesEveryBitAndTheFingerprintOfNpy(bool isChunked)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("e.h5");
        var vectors = Embeddings.Draw(20_000, 64);
        Write(path, vectors, isChunked);
        var view = _ml.ModalityGap().LoadFromHdf5(path);
        Assert.AreEqual(20_000L, view.GetRowCount());
        Embeddings.AssertEqual(vectors, Embeddings.Read(view, "embedding"));
        CollectionAssert.AreEqual(Enumerable.Range(0, 20_000).Select(i => (long)i).ToArray(), view.GetColumn<long>("id").ToArray());
        Assert.AreEqual("0123456789abcdef", view.Schema["embedding"].FindMapFingerprint());
        Assert.IsNull(view.Schema.GetColumnOrNull("few"), "Data sets of other lengths are left out.");

        _ml.ModalityGap().SaveAsNpy(Embeddings.CreateTable(_ml, vectors), folder.File("e.npy"), "Embedding");
        string Fit(IDataView data) => _ml.Transforms.CenterModalities(ModalityColumns.PerColumn("embedding")).Fit(data).Modalities[0].Map.Fingerprint;
        Assert.AreEqual(Fit(_ml.ModalityGap().LoadFromNpy(folder.File("e.npy"), "embedding")), Fit(view));

        // Doubles, in a group, of another length.
        var few = _ml.ModalityGap().LoadFromHdf5(path + ":more/few");
        Assert.AreEqual("1 2|3 4|5 6", string.Join("|", Embeddings.Read(few, "more/few").Select(row => string.Join(" ", row))));
        Assert.Contains("3 rows where 20000 are read", Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().LoadFromHdf5(path, ["more/few"])).Message);
    }

    [TestMethod]
    public void Damage_IsAnErrorThatNamesTheFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("t.h5");
        Write(path, Embeddings.Draw(50, 16), isChunked: false);
        var bytes = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 7, 40, 100, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Contains(path, Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().LoadFromHdf5(path), $"{length} bytes").Message);
        }

        File.WriteAllText(path, "this is a text, not a table, whatever its name says");
        Assert.Contains("is no HDF5 file", Assert.ThrowsExactly<InvalidDataException>(() => _ml.ModalityGap().LoadFromHdf5(path)).Message);
    }

    private static void Write(string path, float[][] vectors, bool isChunked)
    {
        var matrix = new float[vectors.Length, vectors[0].Length];
        for (var row = 0; row < vectors.Length; row++)
        {
            for (var d = 0; d < vectors[0].Length; d++)
                matrix[row, d] = vectors[row][d];
        }

        var embedding = new H5Dataset(matrix, chunks: isChunked ? [300, 32] : null);
        embedding.Attributes["modality_gap_fingerprint"] = "0123456789abcdef";
        new H5File
        {
            ["embedding"] = embedding,
            ["id"] = Enumerable.Range(0, vectors.Length).Select(i => (long)i).ToArray(),
            ["more"] = new H5Group { ["few"] = new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } } },
        }.Write(path);
    }
}
