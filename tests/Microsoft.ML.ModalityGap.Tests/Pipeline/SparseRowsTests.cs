using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tests.Pipeline;

/// <summary>
/// Rows that come sparse say the same as dense ones, also where the memory they are read into held a dense row before: then an array is long enough for
/// ML.NET's own conversion to overwrite the values it has still to read.
/// </summary>
[TestClass]
public sealed class SparseRowsTests
{
    private const int Rows = 60, Dimension = 8;

    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void MakeDense_ArrayLongEnoughForTheDenseRow_KeepsTheValues()
    {
        var row = new VBuffer<float>(8, 2, [7, 9, 0, 0, 0, 0, 0, 0], [2, 5]);
        DenseRows.MakeDense(ref row);
        CollectionAssert.AreEqual(new float[] { 0, 0, 7, 0, 0, 9, 0, 0 }, row.DenseValues().ToArray());
    }

    [TestMethod]
    public void Fit_EveryOtherRowSparse_EqualsDense()
    {
        Check(data => _context.Transforms.CenterModalities("Image", "Text").Fit(data).Fingerprint);
        Check(data => _context.Transforms.WhitenModalities("Image", "Text").Fit(data).Fingerprint);
        Check(data => _context.Transforms.AlignModalities("Image", "Text").Fit(data).Fingerprint);
    }

    [TestMethod]
    public void Evaluate_EveryOtherRowSparse_EqualsDense() =>
        Check(data => _context.ModalityGap().Evaluate(data, "Image", "Text").ToString());

    [TestMethod]
    public void SaveAsNpy_EveryOtherRowSparse_EqualsDense() => Check(data =>
    {
        using var folder = new TemporaryFolder();
        _context.ModalityGap().SaveAsNpy(data, folder.File("image.npy"), "Image");
        return Convert.ToHexString(File.ReadAllBytes(folder.File("image.npy")));
    });

    [TestMethod]
    public void Search_EveryOtherRowSparse_EqualsDense() => Check(data =>
    {
        var index = _context.ModalityGap().CreateIndex(data, "Image", "Id");
        var direct = index.SearchBatch(data, "Text", 3).Select(found => string.Join(' ', found));
        var neighbors = _context.Transforms.RetrieveNearest(index, "Text", new RetrieveNearestOptions { K = 3 }).Fit(data).Transform(data);
        return string.Join(';', [.. direct, .. neighbors.GetColumn<float[]>("NeighborScores").Select(scores => string.Join(' ', scores))]);
    });

    [TestMethod]
    public void FuseEmbeddings_EveryOtherRowSparse_EqualsDense() => Check(data => string.Join(
        ' ', _context.Transforms.FuseEmbeddings("Fused", "Image", "Text").Fit(data).Transform(data).GetColumn<float[]>("Fused").SelectMany(row => row)));

    private void Check(Func<IDataView, string> read)
    {
        var expected = read(CreateData(sparse: false));
        Assert.AreEqual(expected, read(CreateData(sparse: true)));
    }

    private IDataView CreateData(bool sparse)
    {
        var builder = new ArrayDataViewBuilder(_context);
        builder.AddColumn("Image", NumberDataViewType.Single, CreateRows(sparse, seed: 1));
        builder.AddColumn("Text", NumberDataViewType.Single, CreateRows(sparse, seed: 2));
        builder.AddColumn("Id", NumberDataViewType.Int64, Enumerable.Range(0, Rows).Select(i => (long)i).ToArray());
        return builder.GetDataView();
    }

    /// <summary>Rows with zeros among their values, the first three dimensions of every other row among them.</summary>
    private static VBuffer<float>[] CreateRows(bool sparse, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Rows).Select(row =>
        {
            var values = Enumerable.Range(0, Dimension).Select(d => (row % 2 == 1 && d < 3) || random.Next(3) == 0 ? 0 : random.NextSingle() + 0.1f).ToArray();
            values[Dimension - 1] = 1;
            if (!sparse || row % 2 == 0)
                return new VBuffer<float>(Dimension, values);
            int[] places = [.. Enumerable.Range(0, Dimension).Where(d => values[d] != 0)];
            return new VBuffer<float>(Dimension, places.Length, [.. places.Select(d => values[d])], places);
        })];
    }
}
