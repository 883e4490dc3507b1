using static Microsoft.ML.ModalityGap.Tests.StoredGolden;

namespace Microsoft.ML.ModalityGap.Tests.Golden;

/// <summary>What jobs leave for each other (docs/scale.md) as 0.1.0 wrote it: files of statistics and of hits.</summary>
[TestClass]
public class ShardGoldenTests
{
    private const int First = 5, Second = 4, Count = 40;

    [TestMethod]
    [DataRow("shard-pairs", true)]
    [DataRow("shard-modalities", false)]
    public void Statistics_OfTwoShards(string name, bool arePairs) => Check(
        name,
        path =>
        {
            using var folder = new TemporaryFolder();
            string[][] groups = arePairs ? [["image", "text"]] : [["image"], ["text"]];
            var work = (from shard in new[] { 0, 1 } from names in groups select (Names: names, Files: names.Select(modality => Write(folder, modality, shard)).ToArray())).ToArray();
            var described = groups.Select(names => ShardGroup.Of(Open(names, work.First(entry => entry.Names == names).Files), names)).ToArray();
            var options = new ShardOptions { Folds = arePairs ? 2 : 1, SampleRows = 7 };
            StatisticsFile.Write(path, described, options, work.Length, samples => work.Select(entry =>
            {
                var group = Array.IndexOf(groups, entry.Names);
                return ShardReader.Measure(described[group], [.. entry.Files.Select(file => (Path.GetFileName(file), file))], Open(entry.Names, entry.Files), options, samples[group], progress: null, CancellationToken.None);
            }));
        },
        path =>
        {
            var statistics = MergedStatistics.Merge([path]);
            var model = statistics.Fit(new MLContext().Transforms.WhitenModalities(ModalityColumns.PerColumn(statistics.Names)));
            return [.. statistics.Names, .. statistics.Dimensions, statistics.CountRows(0), .. statistics.Shards.SelectMany(shard => shard.Files.Select(file => $"{file.Name} {file.Checksum}")),
                .. statistics.Names.Zip(statistics.Dimensions, (modality, dimension) => model.GetModality(modality).Map.Apply(Rows(1, dimension, 9)))];
        });

    [TestMethod]
    [DataRow("hits-numbers", true)]
    [DataRow("hits-texts", false)]
    public void Hits_OfAShard(string name, bool hasNumbers) => Check(
        name,
        path =>
        {
            var index = new EmbeddingIndex(First, fingerprint: "0123456789abcdef");
            for (var i = 0; i < Count; i++)
                index.Add(hasNumbers ? i : $"é{i}", Rows(1, First, i), i % 2 == 0 ? "image" : "text");
            var queries = Rows(3, First, 50);
            HitsPartFormat.Save(path, new HitsPart
            {
                K = 4,
                Ranges = [new RowRange(100, Count)],
                Terms = HitsPart.Describe(index, queries, SearchOptions.Default),
                Items = hasNumbers ? null : ["one", "two", "three"],
                Queries = [.. index.SearchBatch(queries.AsSpan(), 4).Select(found => found.Select(neighbor => ShardHit.Of(neighbor, 100)).ToArray())],
            });
        },
        path =>
        {
            var part = HitsPart.Merge([(path, HitsPartFormat.Load(path))]);
            return [part.K, part.RowCount, $"{part.Ranges[0]}", .. part.Terms.Select(term => $"{term.Key}: {term.Value}"), .. part.Items ?? [],
                .. part.Queries.SelectMany(hits => hits).SelectMany(hit => new object[] { hit.Row, hit.Id.ToString(), hit.Score, hit.Modality ?? "", hit.Probability ?? -1 })];
        });

    private static string Write(TemporaryFolder folder, string modality, int shard)
    {
        var (path, dimension) = (folder.File($"{modality}_{shard}.npy"), modality == "image" ? First : Second);
        File.WriteAllBytes(path, NumberFiles.Npy([.. Rows(Count, dimension, shard + dimension).Select(value => (double)value)], [Count, dimension]));
        return path;
    }

    private static IDataView Open(string[] names, string[] files) => new MLContext().ModalityGap().LoadFromFiles([.. names.Zip(files)]);
}
