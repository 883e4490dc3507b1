namespace Microsoft.ML.ModalityGap.Tests.Retrieval;

[TestClass]
public class EmbeddingIndexPersistenceTests
{
    [TestMethod]
    [DataRow(IndexStorage.Float32, true)]
    [DataRow(IndexStorage.Float16, false)]
    [DataRow(IndexStorage.Int8, true)]
    public void SaveAndLoad_AnyStorage_FindsTheSame(IndexStorage storage, bool numbers)
    {
        const int Dimension = 20;
        var gallery = TestEmbeddings.Create(1050, Dimension, seed: 1);
        var index = new EmbeddingIndex(Dimension, new EmbeddingIndexOptions { Storage = storage, UnusableRows = UnusableRows.Skip }, fingerprint: "0123456789abcdef");
        for (var i = 0; i < 1050; i++)
            index.Add(numbers ? i : $"é{i}", gallery.AsSpan(i * Dimension, Dimension), i % 2 == 0 ? "image" : null);

        using var folder = new TemporaryFolder();
        index.Save(folder.File("index.bin"));
        var loaded = EmbeddingIndex.Load(folder.File("index.bin"));
        Assert.AreEqual(index.ToString(), loaded.ToString());
        Assert.AreEqual(index.Options, loaded.Options);
        Assert.AreEqual(index.Fingerprint, loaded.Fingerprint);
        var queries = TestEmbeddings.Create(9, Dimension, seed: 2);
        var (expected, found) = (index.SearchBatch(queries.AsSpan(), 12), loaded.SearchBatch(queries.AsSpan(), 12));
        for (var i = 0; i < 9; i++)
            CollectionAssert.AreEqual(expected[i].ToArray(), found[i].ToArray());

        // Both go on alike.
        loaded.Remove(numbers ? 3 : "é3");
        loaded.Add(numbers ? 5000 : "new", gallery.AsSpan(0, Dimension), "text");
        Assert.AreEqual(1050, loaded.Count);
    }

    [TestMethod]
    public void SaveAndLoad_Empty_StaysEmpty()
    {
        using var stream = new MemoryStream();
        new EmbeddingIndex(4).Save(stream);
        stream.Position = 0;
        Assert.AreEqual(0, EmbeddingIndex.Load(stream).Count);
    }

    [TestMethod]
    public void Load_Damaged_IsRefused()
    {
        var index = EmbeddingIndexTests.Create(TestEmbeddings.Create(3, 2, seed: 3), dimension: 2);
        using var stream = new MemoryStream();
        index.Save(stream);
        var content = stream.ToArray();
        foreach (var (what, damaged) in Damage.Cut(content, step: 97).Concat(Damage.Flip(content, step: 101)))
            Assert.IsTrue(Damage.IsRefused(damaged, copy => EmbeddingIndex.Load(copy), what), what);
    }
}
