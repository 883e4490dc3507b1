using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML;
using Microsoft.ML.ModalityGap;
using Spectre.Console;

namespace Cluster;

/// <summary>Fits, transforms and searches on three silos, shows what runs where, and loses one of them on the way.</summary>
internal static class Tour
{
    private const int Silos = 3;
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);

    internal static async Task RunAsync(string? redis)
    {
        var (ml, folder) = (new MLContext(seed: 1), Directory.CreateTempSubdirectory("modality-gap-cluster-").FullName);
        using var silos = new SiloGroup(Path.Combine(folder, "work"), redis);
        try
        {
            var (images, texts) = Shards.Write(ml, folder);
            await silos.StartAllAsync(Silos);
            using var host = await silos.ConnectAsync();
            var gap = host.Services.GetRequiredService<IClusterClient>().GetModalityGap();

            var model = Path.Combine(folder, "map.zip");
            await gap.StartFitAsync("fit", new ClusterFit { Modalities = [new ClusterModality("Image", images), new ClusterModality("Text", texts)], ArePairs = true, Estimator = "corrected", Output = model });
            Show("fit", await gap.WaitForJobAsync("fit", _limit));
            await gap.StartTransformAsync("images", new ClusterTransform { Model = model, Modality = new ClusterModality("Image", images), OutputFolder = Path.Combine(folder, "closed") });
            Show("transform", await gap.WaitForJobAsync("images", _limit));

            var maps = (EmbeddingMapTransformer)ml.Model.Load(model, out _);
            await gap.OpenIndexAsync("gallery", new ClusterIndex(WriteIndexes(ml, folder, maps)) { Replicas = 2 }, _limit);
            await ShowAsync(gap, "index: two replicas of each shard");
            var queries = new float[5 * Shards.Dimension];
            for (var i = 0; i < 5; i++)
                maps.GetModality("Text").Map.Apply(Shards.Read(ml, texts[0])[i], queries.AsSpan(i * Shards.Dimension, Shards.Dimension));
            var before = await SearchAsync(gap, maps, queries);

            AnsiConsole.MarkupLine("[bold]Silo 2 is killed.[/]");
            silos[2].Kill();
            var after = await SearchAsync(gap, maps, queries);
            var isSame = before.Neighbors.Zip(after.Neighbors).All(pair => pair.First.SequenceEqual(pair.Second));
            AnsiConsole.MarkupLine(CultureInfo.InvariantCulture, $"The answer behind it is {(isSame ? "the same, bit for bit" : "another")}; coverage {after.Coverage:P0}.");
            await ShowAsync(gap, "index: the shards of the silo that is gone are loaded on those that are left");
            await host.StopAsync();
        }
        finally
        {
            silos.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] WriteIndexes(MLContext ml, string folder, EmbeddingMapTransformer maps) => [.. Enumerable.Range(0, Shards.Count).Select(shard =>
    {
        var index = new EmbeddingIndex(Shards.Dimension, new EmbeddingIndexOptions { Correction = maps.Correction }, maps.Fingerprint);
        var rows = Shards.Read(ml, Path.Combine(folder, "closed", $"img_{shard}.npy"));
        index.AddRange([.. rows.Select((_, row) => EmbeddingId.FromInt64((long)shard * Shards.Rows + row))], rows, "Image");
        var path = Path.Combine(folder, $"{shard}.index");
        index.Save(path);
        return path;
    })];

    private static async Task<ClusterSearchResult> SearchAsync(ModalityGapCluster gap, EmbeddingMapTransformer maps, float[] queries)
    {
        var found = await gap.SearchAsync("gallery", queries, k: 3, new() { QueryModality = "Text", Fingerprint = maps.Fingerprint, Deadline = TimeSpan.FromSeconds(30) });
        var table = new Table().Title("five texts ask").AddColumns("text", "nearest images", "probability that the first is its own");
        for (var i = 0; i < found.Neighbors.Count; i++)
            table.AddRow(Text(i), string.Join(", ", found.Neighbors[i].Select(neighbor => neighbor.Id)), found.Neighbors[i][0].Probability?.ToString("F2", CultureInfo.InvariantCulture) ?? "");
        AnsiConsole.Write(table);
        return found;
    }

    private static void Show(string title, ClusterJobStatus status)
    {
        var table = new Table().Title($"{title}: {status.State}").AddColumns("shard", "silo", "state", "rows", "retries");
        foreach (var shard in status.Shards)
            table.AddRow(Path.GetFileName(shard.File), shard.Silo ?? "", $"{shard.State}", Text(shard.Rows), Text(shard.Retries));
        AnsiConsole.Write(table);
    }

    private static async Task ShowAsync(ModalityGapCluster gap, string title)
    {
        var table = new Table().Title(title).AddColumns("silo", "shards", "rows", "searches");
        foreach (var silo in (await gap.GetReplicasAsync("gallery")).GroupBy(replica => replica.Silo).OrderBy(silo => silo.Key, StringComparer.Ordinal))
        {
            table.AddRow(
                silo.Key ?? "none yet",
                string.Join(", ", silo.Select(replica => $"{Path.GetFileNameWithoutExtension(replica.File)}{(replica.IsLoaded ? "" : " (loading)")}")),
                Text(silo.Sum(replica => replica.Rows)),
                Text(silo.Sum(replica => replica.Searches)));
        }

        AnsiConsole.Write(table);
    }

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
