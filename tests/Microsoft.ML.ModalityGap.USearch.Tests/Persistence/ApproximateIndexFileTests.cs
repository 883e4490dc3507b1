namespace Microsoft.ML.ModalityGap.Tests.Persistence;

[TestClass]
public class ApproximateIndexFileTests
{
    private static readonly Lazy<byte[]> _small = new(() =>
    {
        using var approximate = Galleries.Graphs(Galleries.Create(6), new() { Connectivity = 2 });
        return Store(approximate);
    });

    [TestMethod]
    public void Reopened_FindsTheSame_AndGoesOn()
    {
        using var folder = new TemporaryFolder();
        using var approximate = Galleries.Graphs(Galleries.Create(700, isCorrected: true), new() { QueryModality = "Text", Connectivity = 8, Storage = IndexStorage.Int8 });
        approximate.Remove(Enumerable.Range(100, 50).Select(id => new EmbeddingId(id)));
        approximate.Tune(200, 40);
        approximate.Save(folder.File("index"));
        using var reopened = ApproximateIndex.Load(folder.File("index"));
        Assert.AreEqual((approximate.ToString(), 200, 40, approximate.Index.Fingerprint), (reopened.ToString(), reopened.ExpansionSearch, reopened.Candidates, reopened.Index.Fingerprint));
        var queries = Galleries.Queries(100, isCorrected: true);
        var (before, after) = (approximate.SearchBatch(queries, 10), reopened.SearchBatch(queries, 10));
        for (var query = 0; query < before.Count; query++)
            CollectionAssert.AreEqual(before[query].ToArray(), after[query].ToArray());
        CollectionAssert.AreEqual(Store(approximate), Store(reopened), "what was read is what is written");

        var row = Pairs.Model.GetModality("Image").Map.Apply(Pairs.Draw(1, seed: 12).Images[0]);
        reopened.Add(7777, row, "Image");
        Assert.AreEqual(2, reopened.Remove(0, 7777));
        Assert.IsGreaterThan(0.98, reopened.MeasureRecall(queries, 10));
    }

    [TestMethod]
    public void Reopened_WithoutRows_OrWithoutThoseOfAModality()
    {
        using var none = Galleries.Graphs(new EmbeddingIndex(Pairs.Dimension));
        using var reopened = ApproximateIndex.Load(new MemoryStream(Store(none)));
        Assert.IsEmpty(reopened.Search(Galleries.Queries(1), 3));
        reopened.Add(1, Galleries.Queries(1), "Text");
        reopened.Remove(1);
        using var emptied = ApproximateIndex.Load(new MemoryStream(Store(reopened)));
        Assert.AreEqual(0, emptied.Count);
        emptied.Add(1, Galleries.Queries(1), "Text");
        Assert.HasCount(1, emptied.Search(Galleries.Queries(1), 3));
    }

    [TestMethod]
    public void DamagedOrCut_IsRefused()
    {
        for (var length = 0; length < _small.Value.Length; length += 97)
            Assert.ThrowsExactly<InvalidDataException>(() => ApproximateIndex.Load(new MemoryStream(_small.Value, 0, length)), $"{length}");
        for (var at = 0; at < _small.Value.Length; at += 97)
        {
            var changed = (byte[])_small.Value.Clone();
            changed[at] ^= 0x40;
            Assert.ThrowsExactly<InvalidDataException>(() => ApproximateIndex.Load(new MemoryStream(changed)), $"{at}");
        }
    }

    /// <summary>Checksums that are right around content that nobody stored, the native graph's included: refused, or an index that can be searched, changed, stored and loaded again.</summary>
    [TestMethod]
    public void Load_AnyContent_ThrowsInvalidDataOrCanBeUsed()
    {
        var (refused, used) = (0, 0);

        // The rows themselves, most of the file, are the index's to refuse.
        foreach (var (what, forged) in Forgery.Forge(_small.Value, step: 11).Where(entry => !entry.What.StartsWith("MGIC", StringComparison.Ordinal)))
        {
            ApproximateIndex loaded;
            try
            {
                loaded = ApproximateIndex.Load(new MemoryStream(forged));
            }
            catch (InvalidDataException)
            {
                refused++;
                continue;
            }
            catch (Exception exception)
            {
                Assert.Fail($"{what}: {exception}");
                return;
            }

            used++;
            using (loaded)
            {
                foreach (var neighbor in loaded.Search(Galleries.Queries(1), 5))
                    Assert.IsTrue(float.IsFinite(neighbor.Score), what);
                loaded.Add(9999, Galleries.Queries(1), "Image");
                loaded.Remove(1, 2);
                using var again = ApproximateIndex.Load(new MemoryStream(Store(loaded)));
            }
        }

        Assert.IsGreaterThan(200, refused);
        Assert.IsGreaterThan(50, used);
    }

    [TestMethod]
    public void Load_AnotherFile_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Galleries.Create(5).Save(folder.File("exact"));
        Assert.Contains("exact", Assert.ThrowsExactly<InvalidDataException>(() => ApproximateIndex.Load(folder.File("exact"))).Message);
        Assert.ThrowsExactly<FileNotFoundException>(() => ApproximateIndex.Load(folder.File("missing")));
    }

    private static byte[] Store(ApproximateIndex approximate)
    {
        using var stream = new MemoryStream();
        approximate.Save(stream);
        return stream.ToArray();
    }
}
