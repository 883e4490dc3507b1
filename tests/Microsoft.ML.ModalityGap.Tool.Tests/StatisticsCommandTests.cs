namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary><c>statistics</c> and <c>fit --statistics</c>: the same maps to the bit, however shards are named, ordered and divided among jobs.</summary>
[TestClass]
public class StatisticsCommandTests
{
    public static IEnumerable<object[]> Methods =>
    [
        [new[] { "--pairs" }, new[] { "--method", "align" }],
        [new[] { "--pairs", "--folds", "5" }, new[] { "--method", "align", "--shrinkage", "auto" }],
        [new[] { "--pairs" }, new[] { "--method", "align", "--correction", "is" }],
        [Array.Empty<string>(), new[] { "--method", "whiten" }],
        [Array.Empty<string>(), new[] { "--method", "whiten", "--correction", "csls", "--bank-rows", "15" }],
        [new[] { "--moments", "mean" }, new[] { "--method", "center" }],
        [new[] { "--no-normalize" }, new[] { "--method", "standardize", "--no-normalize" }],
    ];

    [TestMethod]
    [DynamicData(nameof(Methods))]
    public void Fit_AnyOrderAndDivision_IsTheSameToTheBit(string[] statistics, string[] fit)
    {
        using var job = new ShardJob();
        var whole = job.WriteStatistics("all", [0, 1, 2], statistics);
        var turned = job.WriteStatistics("turned", [2, 0, 1], statistics);
        string[] apart = [job.WriteStatistics("a", [1], statistics), job.WriteStatistics("b", [2, 0], statistics)];
        job.Fit("whole.zip", [whole], fit);
        var expected = ReadModel(job, "whole.zip");
        foreach (var (name, files) in new[] { ("turned.zip", new[] { turned }), ("apart.zip", apart), ("backwards.zip", [.. apart.Reverse()]) })
        {
            job.Fit(name, files, fit);
            Assert.IsTrue(expected.SequenceEqual(ReadModel(job, name)), $"{name} differs from the model of one file.");
        }
    }

    [TestMethod]
    public void Fit_Statistics_IsTheFitOfTheRows()
    {
        using var job = new ShardJob();
        foreach (var (pairs, fit) in new[] { (true, new[] { "--method", "align" }), (false, ["--method", "whiten"]), (true, ["--method", "align", "--correction", "is"]) })
        {
            var model = job.Fit("statistics.zip", [job.WriteStatistics($"all{fit.Length}{pairs}", [0, 1, 2], pairs ? ["--pairs"] : [])], [.. fit, "--force"]);
            ShardJob.Run(["fit", .. job.Folder.PairOptions, .. fit, "--out", job.GetPath("rows.zip"), "--force"]);
            var rows = (EmbeddingMapTransformer)new MLContext().Model.Load(job.GetPath("rows.zip"), out _);
            foreach (var name in new[] { "image", "text" })
            {
                var (x, expected, found) = (WorkFolder.ReadNpy(job.GetPath($"{name}.npy"))[7], new float[8], new float[8]);
                rows.GetModality(name).Map.Apply(x, expected);
                model.GetModality(name).Map.Apply(x, found);

                // Sums are taken in another order, which shows in the last bits of a float.
                for (var d = 0; d < 8; d++)
                    Assert.AreEqual(expected[d], found[d], 2e-6);
            }

            Assert.AreEqual(rows.Correction is null, model.Correction is null);
        }
    }

    [TestMethod]
    public void Fit_Json_SaysWhatWasMerged()
    {
        using var job = new ShardJob();
        var files = new[] { job.WriteStatistics("a", [1], "--pairs"), job.WriteStatistics("b", [0, 2], "--pairs") };
        var shards = ShardJob.Run(["fit", "--statistics", .. files, "--out", job.GetPath("map.zip"), "--json"]).Json.GetProperty("shards").EnumerateArray().ToArray();
        Assert.HasCount(3, shards);
        var expected = Enumerable.Range(0, 3).Select(i => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(job.GetPath($"img_{i}.npy"))))).Order(StringComparer.Ordinal);
        CollectionAssert.AreEqual(expected.ToArray(), shards.Select(shard => shard.GetProperty("files")[0].GetProperty("sha256").GetString()).ToArray());
        Assert.IsTrue(shards.All(shard => shard.GetProperty("rows").GetInt32() == ShardJob.RowsPerShard && shard.GetProperty("files")[1].GetProperty("modality").GetString() == "text"));
    }

    [TestMethod]
    public void Fit_TheSameShardTwice_IsRefusedByItsBytes()
    {
        using var job = new ShardJob();
        var (first, second) = (job.WriteStatistics("a", [0, 1]), job.WriteStatistics("b", [1, 2]));
        var run = ToolRun.Execute("fit", "--statistics", first, second, "--out", job.GetPath("map.zip"));
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("hold the same bytes", run.Error);
        Assert.Contains("a.stats", run.Error);
        Assert.Contains("b.stats", run.Error);
        Assert.IsFalse(File.Exists(job.GetPath("map.zip")));
    }

    [TestMethod]
    public void Fit_StatisticsThatDoNotGoTogether_AreRefused()
    {
        using var job = new ShardJob();
        var plain = job.WriteStatistics("plain", [0]);
        foreach (var (name, options, words) in new[] { ("pairs", new[] { "--pairs" }, "as pairs"), ("means", ["--moments", "mean"], "of one kind only"), ("raw", ["--no-normalize"], "of one kind only"), ("seeded", ["--seed", "3"], "of one kind only") })
            Refuse(words, ["--statistics", plain, job.WriteStatistics(name, [1], options)]);
        Refuse("with --pairs", ["--statistics", plain, "--method", "align"]);
        Refuse("hold Mean", ["--statistics", job.GetPath("means.stats"), "--method", "whiten"]);
        Refuse("not both", ["--statistics", plain, .. job.Folder.PairOptions]);
        Refuse("--holdout is about rows", ["--statistics", plain, "--holdout", "0.5"]);
        Refuse("trained on the rows themselves", ["--statistics", job.GetPath("pairs.stats"), "--method", "i0t-async"]);
        Refuse("There is no file", ["--statistics", job.GetPath("nothing.stats")]);
        Refuse("sample of at least", ["--statistics", job.WriteStatistics("few", [0, 1, 2], "--sample", "30"), "--method", "whiten", "--correction", "is"]);

        void Refuse(string words, string[] arguments)
        {
            var run = ToolRun.Execute(["fit", .. arguments, "--out", job.GetPath("map.zip")]);
            Assert.AreEqual(2, run.ExitCode, run.Error);
            Assert.Contains(words, run.Error);
            Assert.IsFalse(File.Exists(job.GetPath("map.zip")));
        }
    }

    [TestMethod]
    public void Fit_DamagedStatistics_AreRefusedAtEveryByte()
    {
        using var job = new ShardJob();
        var bytes = File.ReadAllBytes(job.WriteStatistics("a", [0], "--moments", "mean", "--sample", "4"));
        for (var at = 0; at < bytes.Length; at += 61)
        {
            var damaged = bytes.ToArray();
            damaged[at] ^= 0x10;
            File.WriteAllBytes(job.GetPath("damaged.stats"), damaged);
            Assert.ThrowsExactly<InvalidDataException>(() => StatisticsFile.Open(job.GetPath("damaged.stats")), $"byte {at}");
            File.WriteAllBytes(job.GetPath("damaged.stats"), bytes[..at]);
            Assert.ThrowsExactly<InvalidDataException>(() => StatisticsFile.Open(job.GetPath("damaged.stats")), $"cut at {at}");
        }
    }

    [TestMethod]
    public void Statistics_BadRow_NamesShardAndRowAndLeavesNoFile()
    {
        using var job = new ShardJob();
        var rows = WorkFolder.ReadNpy(job.GetPath("img_1.npy"));
        rows[5][3] = float.NaN;
        job.Folder.WriteNpy("img_1.npy", rows);
        string[] line = ["statistics", "--modality", $"image={job.GetPath("img_*.npy")}", "--out", job.GetPath("a.stats")];
        var run = ToolRun.Execute(line);
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("row 5", run.Error);
        Assert.Contains("img_1.npy", run.Error);
        Assert.IsFalse(File.Exists(job.GetPath("a.stats")));
        var skipped = ShardJob.Run([.. line, "--skip-unusable", "--json"]).Json.GetProperty("shards");
        CollectionAssert.AreEqual(new[] { 0, 1, 0 }, skipped.EnumerateArray().Select(shard => shard.GetProperty("skippedRows").GetInt32()).ToArray());
    }

    [TestMethod]
    public void Sample_IsThatOfAllRows_HoweverTheyAreDivided()
    {
        using var job = new ShardJob();
        var expected = Take(StatisticsFile.Open(job.WriteStatistics("all", [0, 1, 2], "--pairs", "--sample", "12")).Samples[0]);
        var joined = new BankSample(12);
        foreach (var file in new[] { job.WriteStatistics("b", [2, 1], "--pairs", "--sample", "12"), job.WriteStatistics("a", [0], "--pairs", "--sample", "12") })
        {
            foreach (var entry in StatisticsFile.Open(file).Samples[0].Entries)
                joined.Add(entry);
        }

        CollectionAssert.AreEqual(expected, Take(joined));
        Assert.HasCount(12, expected);

        static (ulong, string, long)[] Take(BankSample sample) => [.. sample.Entries.Select(entry => (entry.Key, entry.Shard, entry.Row))];
    }

    /// <summary>What is in a saved model: archives of the same content differ in their times.</summary>
    private static byte[] ReadModel(ShardJob job, string name)
    {
        using var archive = System.IO.Compression.ZipFile.OpenRead(job.GetPath(name));
        using var content = new MemoryStream();
        foreach (var entry in archive.Entries.OrderBy(entry => entry.FullName, StringComparer.Ordinal))
        {
            content.Write(System.Text.Encoding.UTF8.GetBytes(entry.FullName));
            using var stream = entry.Open();
            stream.CopyTo(content);
        }

        return content.ToArray();
    }
}
