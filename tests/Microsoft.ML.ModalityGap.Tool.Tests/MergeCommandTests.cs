namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary><c>search --out part.hits</c> of shards and <c>merge</c>: the hits of one index over all rows, byte by byte.</summary>
[TestClass]
public class MergeCommandTests
{
    public static IEnumerable<object[]> Searches =>
    [
        [Array.Empty<string>(), Array.Empty<string>()],
        [new[] { "--metric", "dot", "--storage", "float16" }, Array.Empty<string>()],
        [new[] { "--storage", "int8" }, new[] { "--min-score", "0.2" }],
        [Array.Empty<string>(), new[] { "--hubness", "is", "--query-bank", "text.npy" }],
    ];

    [TestMethod]
    [DynamicData(nameof(Searches))]
    public void Merge_Shards_IsTheSearchOfOneIndex(string[] gallery, string[] search)
    {
        using var job = new ShardJob();

        // Rows that are the same tie, within a shard and across them.
        var rows = WorkFolder.ReadNpy(job.GetPath("img_0.npy"));
        (rows[3], rows[9]) = (rows[1], rows[1]);
        job.Folder.WriteNpy("img_0.npy", rows);
        var last = WorkFolder.ReadNpy(job.GetPath("img_2.npy"));
        last[0] = rows[1];
        job.Folder.WriteNpy("img_2.npy", last);
        search = [.. search.Select(word => word == "text.npy" ? job.GetPath(word) : word)];

        foreach (var extension in new[] { ".tsv", ".jsonl" })
        {
            ShardJob.Run(["search", "--modality", $"image={job.GetPath("img_*.npy")}", .. gallery, "--queries", job.GetPath("text.npy"), .. search, "--out", job.GetPath("one" + extension)]);
            for (var i = 0; i < ShardJob.Shards; i++)
                Search(job, i, gallery, search);
            ShardJob.Run("merge", job.GetPath("2.hits"), job.GetPath("0.hits"), job.GetPath("1.hits"), "--rows", "60", "--out", job.GetPath("merged" + extension), "--force");
            Assert.AreEqual(File.ReadAllText(job.GetPath("one" + extension)), File.ReadAllText(job.GetPath("merged" + extension)));

            // In two steps, as a tree of jobs would.
            ShardJob.Run("merge", job.GetPath("2.hits"), job.GetPath("0.hits"), "--out", job.GetPath("some.hits"), "--force");
            ShardJob.Run("merge", job.GetPath("some.hits"), job.GetPath("1.hits"), "--out", job.GetPath("merged" + extension), "--force");
            Assert.AreEqual(File.ReadAllText(job.GetPath("one" + extension)), File.ReadAllText(job.GetPath("merged" + extension)));
        }
    }

    [TestMethod]
    public void Merge_CorrectedSearch_IsThatOfOneIndex()
    {
        using var job = new ShardJob();
        job.Fit("map.zip", [job.WriteStatistics("all", [0, 1, 2], "--pairs")], "--correction", "is");
        string[] model = ["--map", job.GetPath("map.zip"), "--query-modality", "text"];
        ShardJob.Run(["search", "--modality", $"image={job.GetPath("img_*.npy")}", "--queries", job.GetPath("text.npy"), .. model, "--out", job.GetPath("one.tsv")]);
        for (var i = 0; i < ShardJob.Shards; i++)
        {
            ShardJob.Run("search", "--modality", $"image={job.GetPath($"img_{i}.npy")}", "--map", job.GetPath("map.zip"), "--first-row", $"{20 * i}", "--save-index", job.GetPath($"{i}.index"));
            ShardJob.Run(["search", "--index", job.GetPath($"{i}.index"), "--queries", job.GetPath("text.npy"), .. model, "--first-row", $"{20 * i}", "--out", job.GetPath($"{i}.hits")]);
        }

        ShardJob.Run("merge", job.GetPath("*.hits"), "--out", job.GetPath("merged.tsv"));
        Assert.AreEqual(File.ReadAllText(job.GetPath("one.tsv")), File.ReadAllText(job.GetPath("merged.tsv")));
    }

    [TestMethod]
    public void Merge_WhatWouldBeWrong_IsRefused()
    {
        using var job = new ShardJob();
        for (var i = 0; i < ShardJob.Shards; i++)
            Search(job, i, [], []);
        Refuse("rows 20..39 were searched in none", "0.hits", "2.hits");
        Refuse("rows 40..59 were searched in none", "0.hits", "1.hits", "--rows", "60");
        Refuse("some of them twice", "0.hits", "1.hits", "1again.hits");
        Refuse("different searches: least score", "0.hits", "narrow.hits");
        Refuse("searched for 10 neighbours", "0.hits", "1.hits", "2.hits", "--k", "11");
        Refuse("damaged", "0.hits", "damaged.hits");
        var csls = ToolRun.Execute("search", "--modality", $"image={job.GetPath("img_0.npy")}", "--queries", job.GetPath("text.npy"), "--hubness", "csls", "--query-bank", job.GetPath("text.npy"), "--out", job.GetPath("csls.hits"));
        Assert.AreEqual(2, csls.ExitCode);
        Assert.Contains("of the gallery as a whole", csls.Error);

        var partial = ShardJob.Run("merge", job.GetPath("0.hits"), job.GetPath("2.hits"), "--partial", "--json");
        Assert.AreEqual(20, partial.Json.GetProperty("missing")[0].GetProperty("firstRow").GetInt32());
        Assert.Contains("rows 20..39 were not searched", partial.Error);

        void Refuse(string words, params string[] arguments)
        {
            File.Copy(job.GetPath("1.hits"), job.GetPath("1again.hits"), overwrite: true);
            Search(job, 1, [], ["--min-score", "0.5"], "narrow.hits");
            var bytes = File.ReadAllBytes(job.GetPath("1.hits"));
            bytes[^40] ^= 1;
            File.WriteAllBytes(job.GetPath("damaged.hits"), bytes);
            var run = ToolRun.Execute(["merge", .. arguments.Select(argument => argument.EndsWith(".hits", StringComparison.Ordinal) ? job.GetPath(argument) : argument), "--out", job.GetPath("hits.tsv")]);
            Assert.AreEqual(2, run.ExitCode, run.Error);
            Assert.Contains(words, run.Error);
            Assert.IsFalse(File.Exists(job.GetPath("hits.tsv")));
        }
    }

    private static void Search(ShardJob job, int shard, string[] gallery, string[] search, string? file = null) => ShardJob.Run(
        ["search", "--modality", $"image={job.GetPath($"img_{shard}.npy")}", .. gallery, "--queries", job.GetPath("text.npy"), .. search, "--first-row", $"{ShardJob.RowsPerShard * shard}", "--out", job.GetPath(file ?? $"{shard}.hits"), "--force"]);
}
