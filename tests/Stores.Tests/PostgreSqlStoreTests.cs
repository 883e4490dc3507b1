using Npgsql;

namespace Stores.Tests;

[TestClass]
public class PostgreSqlStoreTests
{
    private const int K = 20;

    [TestMethod]
    public async Task Open_ManyAtOnceInANewDatabase_EachHasTheExtension()
    {
        using var store = PostgreSqlServer.Open();
        var database = $"{store.Schema}_new";
        store.Do($"CREATE DATABASE {database}");
        try
        {
            // Without a pool no connection is left, which would keep the database.
            var connectionString = new NpgsqlConnectionStringBuilder(PostgreSqlServer.GetConnectionString()) { Database = database, Pooling = false }.ConnectionString;
            using var start = new Barrier(8);
            await Task.WhenAll(Enumerable.Range(0, start.ParticipantCount).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    using var one = new PostgreSqlStore(connectionString, "shared");
                    StringAssert.Contains(one.Version, "pgvector");
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        }
        finally
        {
            store.Do($"DROP DATABASE {database} WITH (FORCE)");
            store.Drop();
        }
    }

    [TestMethod]
    public void Search_WithoutIndex_RanksAsEmbeddingIndex()
    {
        using var store = PostgreSqlServer.Open();
        try
        {
            var gallery = SampleGallery.Prepared;
            Assert.AreEqual((ulong)SampleGallery.Rows, store.Write(gallery.Gallery, gallery.Fingerprint));
            var folded = RankComparison.Compare(
                gallery.Search(K), store.Search(StoreRanking.InnerProduct, SampleGallery.FoldedQueries, gallery.Fingerprint, K), SampleGallery.Folded, SampleGallery.FoldedQueries);
            Assert.AreEqual((SampleGallery.QueryCount, 0), (folded.Queries, folded.Others), folded.ToString());
            var images = RankComparison.Compare(
                gallery.Search(K, "Image"), store.Search(StoreRanking.InnerProduct, SampleGallery.FoldedQueries, gallery.Fingerprint, K, "Image"), SampleGallery.Folded, SampleGallery.FoldedQueries);
            Assert.AreEqual(0, images.Others, images.ToString());
            var cosines = RankComparison.Compare(
                gallery.SearchByCosine(K), store.Search(StoreRanking.Cosine, SampleGallery.MappedQueries, gallery.Fingerprint, K), SampleGallery.Mapped, SampleGallery.MappedQueries);
            Assert.AreEqual(0, cosines.Others, cosines.ToString());
            Assert.IsTrue(store.Search(StoreRanking.Cosine, SampleGallery.MappedQueries[..1], "of other maps", K)[0] is [], "Rows of other maps are not found.");
        }
        finally
        {
            store.Drop();
        }
    }

    [TestMethod]
    public void Search_WithIndex_FindsNearlyAll()
    {
        using var store = PostgreSqlServer.Open();
        try
        {
            var gallery = SampleGallery.Prepared;
            store.Write(gallery.Gallery, gallery.Fingerprint);
            store.CreateIndexes();
            StringAssert.StartsWith(store.Explain(StoreRanking.InnerProduct, SampleGallery.FoldedQueries[0], gallery.Fingerprint, 10, candidates: 100), "Index Scan using folded_hnsw");
            StringAssert.StartsWith(store.Explain(StoreRanking.Cosine, SampleGallery.MappedQueries[0], gallery.Fingerprint, 10, candidates: 100), "Index Scan using mapped_hnsw");
            StringAssert.StartsWith(store.Explain(StoreRanking.Cosine, SampleGallery.MappedQueries[0], gallery.Fingerprint, 10, candidates: null), "Seq Scan");
            Assert.IsGreaterThan(0.95, RankComparison.GetRecall(gallery.Search(10), store.Search(StoreRanking.InnerProduct, SampleGallery.FoldedQueries, gallery.Fingerprint, 10, candidates: 200)));
            Assert.IsGreaterThan(0.95, RankComparison.GetRecall(gallery.SearchByCosine(10), store.Search(StoreRanking.Cosine, SampleGallery.MappedQueries, gallery.Fingerprint, 10, candidates: 200)));
        }
        finally
        {
            store.Drop();
        }
    }
}
