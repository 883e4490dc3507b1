using System.Text.RegularExpressions;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>The scripts of docs/scale.md, run: as a loop of a shell, and as arrays of jobs of a Slurm that runs here.</summary>
[TestClass]
public partial class SchedulerTests
{
    [TestMethod]
    public void ShellLoop_OfTheGuide_IsTheFitAndTheSearchOfOneMachine()
    {
        using var job = new ShardJob();
        var bin = WriteTool(job);
        var script = ReadScript("loop.sh");
        File.WriteAllText(job.GetPath("loop.sh"), script);
        var (exitCode, output) = ShardJob.RunProcess("bash", ["-euc", $"PATH={bin}:$PATH; cd {job.GetPath("")}; . ./loop.sh"]);
        Assert.AreEqual(0, exitCode, output);
        CheckAgainstOneMachine(job);
    }

    [TestMethod]
    public void SlurmArray_OfTheGuide_IsTheFitAndTheSearchOfOneMachine()
    {
        // `.ci/run` starts a Slurm of its own and says where its configuration is.
        if (Environment.GetEnvironmentVariable("SLURM_CONF") is not { Length: > 0 } || ShardJob.RunProcess("sh", ["-c", "command -v sbatch && sinfo -h -o %T"]) is not (0, var state) || !state.Contains("idle", StringComparison.Ordinal))
        {
            const string Reason = "No Slurm answers: SLURM_CONF names none with an idle node. build/slurm starts one.";
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail(Reason);
            Assert.Inconclusive(Reason);
        }

        using var job = new ShardJob();
        var bin = WriteTool(job);
        foreach (var name in new[] { "statistics.sbatch", "search.sbatch", "submit.sh" })
            File.WriteAllText(job.GetPath(name), ReadScript(name));
        var (exitCode, output) = ShardJob.RunProcess("bash", ["-euc", $"export PATH={bin}:$PATH; cd {job.GetPath("")}; . ./submit.sh"], limit: TimeSpan.FromMinutes(4));
        Assert.AreEqual(0, exitCode, output);
        CheckAgainstOneMachine(job);
    }

    /// <summary>The files the scripts leave are those of one machine over all rows.</summary>
    private static void CheckAgainstOneMachine(ShardJob job)
    {
        var statistics = job.WriteStatistics("one", [2, 1, 0], "--pairs");
        var expected = job.Fit("one.zip", [statistics], "--correction", "is");
        var found = (EmbeddingMapTransformer)new MLContext().Model.Load(job.GetPath("map.zip"), out _);
        Assert.AreEqual(expected.Fingerprint, found.Fingerprint);
        ShardJob.Run("search", "--modality", $"image={job.GetPath("img_*.npy")}", "--map", job.GetPath("one.zip"), "--queries", job.GetPath("q.npy"), "--query-modality", "text", "--out", job.GetPath("one.tsv"));
        Assert.AreEqual(File.ReadAllText(job.GetPath("one.tsv")), File.ReadAllText(job.GetPath("hits.tsv")));
        ShardJob.Run("transform", "--map", job.GetPath("one.zip"), "--modality", "image", "--in", job.GetPath("img_*.npy"), "--out", job.GetPath("expected"));
        for (var i = 0; i < ShardJob.Shards; i++)
            CollectionAssert.AreEqual(File.ReadAllBytes(job.GetPath($"expected/img_{i}.npy")), File.ReadAllBytes(job.GetPath($"closed/img_{i}.npy")));
    }

    /// <summary>The tool under its name, and queries.</summary>
    private static string WriteTool(ShardJob job)
    {
        File.Copy(job.GetPath("text.npy"), job.GetPath("q.npy"));
        Directory.CreateDirectory(job.GetPath("bin"));
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        File.WriteAllText(job.GetPath("tool"), $"#!/bin/sh\nexec {host} {Path.Combine(AppContext.BaseDirectory, "modality-gap.dll")} \"$@\"\n");

        // Copied by a process of its own: what this one writes, a process that another test starts just then has open for a moment, too, and a file that is open for writing cannot be run.
        Assert.AreEqual((0, ""), ShardJob.RunProcess("install", ["-m", "755", job.GetPath("tool"), job.GetPath("bin/modality-gap")]));
        return job.GetPath("bin");
    }

    /// <summary>A script of the guide: the block that begins with a comment of its name.</summary>
    private static string ReadScript(string name)
    {
        var guide = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "scale.md"));
        return Blocks().Matches(guide).Select(match => match.Groups[1].Value).Single(block => block.Contains($"# {name}\n", StringComparison.Ordinal));
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
