using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;

namespace Stores;

/// <summary>Parquet, DuckDB, and ranks.</summary>
internal static class DuckDbDemo
{
    private const int K = 100;

    /// <returns>Whether all places were the same, but for ties.</returns>
    public static bool Run(PreparedGallery gallery, MLContext ml, string folder)
    {
        var (stored, asked) = gallery.Save(ml, folder);
        using var store = new DuckDbStore(Path.Combine(folder, "gallery.duckdb"));
        var (vectors, queries) = (RankComparison.ReadVectors(gallery.Gallery, "Folded"), RankComparison.ReadVectors(gallery.Queries, "Folded"));
        store.Load(stored, asked, vectors[0].Length);

        var watch = Stopwatch.StartNew();
        var found = store.Search(K);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"DuckDB {store.Version}: array_inner_product over {vectors.Length:N0} rows, {watch.Elapsed.TotalMilliseconds / queries.Length:F1} ms a query"));
        var all = RankComparison.Compare(gallery.Search(K), found, vectors, queries);
        var images = RankComparison.Compare(gallery.Search(K, "Image"), store.Search(K, "Image"), vectors, queries);
        Console.WriteLine($"the first {K} of the gallery: {all}");
        Console.WriteLine($"the first {K} images:         {images}");
        return all.Others + images.Others == 0;
    }
}
