using System.Diagnostics;
using System.Globalization;

namespace Stores;

/// <summary>Parquet, PostgreSQL with pgvector, ranks, and what its approximate indexes lose.</summary>
internal static class PostgreSqlDemo
{
    private const int ExactQueries = 100;
    private const int K = 10;
    private const string Schema = "modality_gap_sample";

    /// <returns>Whether all places of exact searches were the same, but for ties.</returns>
    public static bool Run(PreparedGallery gallery, string connectionString)
    {
        using var store = new PostgreSqlStore(connectionString, Schema);
        Console.WriteLine(store.Version);
        var (folded, mapped) = (RankComparison.ReadVectors(gallery.Gallery, "Folded"), RankComparison.ReadVectors(gallery.Gallery, "Mapped"));
        var (asked, askedByCosine) = (RankComparison.ReadVectors(gallery.Queries, "Folded"), RankComparison.ReadVectors(gallery.Queries, "Mapped"));
        var (ours, oursByCosine) = (gallery.Search(K), gallery.SearchByCosine(K));

        var watch = Stopwatch.StartNew();
        Write($"{store.Write(gallery.Gallery, gallery.Fingerprint):N0} rows copied twice, mapped and folded, in {watch.Elapsed.TotalSeconds:F1} s");
        var exact = Compare("<#> of folded vectors", StoreRanking.InnerProduct, ours, folded, asked) & Compare("<=> of mapped vectors", StoreRanking.Cosine, oursByCosine, mapped, askedByCosine);

        watch.Restart();
        store.CreateIndexes();
        Write($"two HNSW indexes built in {watch.Elapsed.TotalSeconds:F1} s");
        Measure("<#>", StoreRanking.InnerProduct, ours, asked);
        Measure("<=>", StoreRanking.Cosine, oursByCosine, askedByCosine);
        return exact;

        bool Compare(string name, StoreRanking ranking, int[][] wanted, float[][] vectors, float[][] queries)
        {
            Write($"exact, {name}: {store.Explain(ranking, queries[0], gallery.Fingerprint, K, candidates: null)}");
            watch.Restart();
            var found = store.Search(ranking, queries[..ExactQueries], gallery.Fingerprint, K);
            var time = watch.Elapsed.TotalMilliseconds / ExactQueries;
            var comparison = RankComparison.Compare(wanted[..ExactQueries], found, vectors, queries);
            Write($"  {comparison}; {time:F1} ms a query");
            return comparison.Others == 0;
        }

        void Measure(string name, StoreRanking ranking, int[][] wanted, float[][] queries)
        {
            Write($"HNSW, {name}: {store.Explain(ranking, queries[0], gallery.Fingerprint, K, candidates: 40)}");
            foreach (var candidates in (int[])[40, 100, 200, 400])
            {
                watch.Restart();
                var found = store.Search(ranking, queries, gallery.Fingerprint, K, candidates: candidates);
                var time = watch.Elapsed.TotalMilliseconds / queries.Length;
                Write($"  ef_search {candidates,3}: {RankComparison.GetRecall(wanted, found):F4} of our first {K} found, {time:F2} ms a query");
            }
        }
    }

    private static void Write(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
