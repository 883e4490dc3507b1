using Microsoft.ML.ModalityGap.Tests;

namespace Stores.Tests;

[TestClass]
public class DuckDbStoreTests
{
    private const int K = 50;

    [TestMethod]
    [DataRow(null)]
    [DataRow("Image")]
    [DataRow("Text")]
    public void Search_FoldedVectors_RanksAsEmbeddingIndex(string? modality)
    {
        using var store = Open();
        var comparison = RankComparison.Compare(SampleGallery.Prepared.Search(K, modality), store.Search(K, modality), SampleGallery.Folded, SampleGallery.FoldedQueries);
        Assert.AreEqual(SampleGallery.QueryCount, comparison.Queries);
        Assert.AreEqual(0, comparison.Others, comparison.ToString());
        Assert.IsLessThan(SampleGallery.QueryCount * K / 100, comparison.Ties, "So many ties in float say that something else differs.");
    }

    [TestMethod]
    public void Search_EqualRows_FindsTheFirstFirst()
    {
        using var store = Open();
        var pairs = 0;
        foreach (var found in store.Search(K))
        {
            foreach (var (later, place) in found.Select((position, place) => (position, place)).Where(entry => entry.position % StoreFiles.RepeatedEvery == StoreFiles.RepeatedEvery - 1))
            {
                pairs++;
                Assert.AreEqual(later - 2, found[place - 1]);
            }
        }

        Assert.IsGreaterThan(100, pairs, "Rows that repeat others are found, too.");
    }

    [TestMethod]
    public void Search_WithoutFolding_RanksOtherwise()
    {
        var cosines = RankComparison.Compare(SampleGallery.Prepared.Search(K), SampleGallery.Prepared.SearchByCosine(K), SampleGallery.Folded, SampleGallery.FoldedQueries);
        Assert.IsGreaterThan(SampleGallery.QueryCount * K / 10, cosines.Others, "The correction is not what decides here, so that the comparison would show nothing.");
    }

    [TestMethod]
    public void Load_QueriesOfOtherMaps_Throws()
    {
        using var folder = new TemporaryFolder();
        using var store = new DuckDbStore(":memory:");
        var gallery = SampleGallery.Files.Gallery;
        var ml = new Microsoft.ML.MLContext(seed: 1);
        var other = PreparedGallery.Create(ml, StoreFiles.Draw(ml, folder.Path, rows: 200, queries: 10, dimension: 64));
        var (_, queries) = other.Save(ml, folder.Path);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => store.Load(gallery, queries, SampleGallery.Folded[0].Length));
        StringAssert.Contains(exception.Message, other.Fingerprint);
        StringAssert.Contains(exception.Message, SampleGallery.Prepared.Fingerprint);
    }

    private static DuckDbStore Open()
    {
        var store = new DuckDbStore(":memory:");
        var (gallery, queries) = SampleGallery.Files;
        store.Load(gallery, queries, SampleGallery.Folded[0].Length);
        return store;
    }
}
