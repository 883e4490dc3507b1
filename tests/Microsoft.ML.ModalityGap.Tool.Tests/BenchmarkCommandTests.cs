using TinyClip;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public sealed class BenchmarkCommandTests
{
    [TestMethod]
    public void Benchmark_WritesThreeFiles_AndASecondTimeTheSame()
    {
        using var folder = new WorkFolder();
        var data = DrawnDataSets.Write(folder.GetPath("data"), count: 24).ToDictionary(entry => entry.Format, entry => entry.Folder);
        string[] line =
        [
            "benchmark", "--model", $"tiny={TinyClipModel.FindFolder()}", "--data", $"flickr8k={data["karpathy"]}", "--data", $"shapes:image-folder={data["image-folder"]}", "--methods", "raw,center",
            "--out", folder.GetPath("results"),
        ];
        var run = ToolRun.Execute([.. line, "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var measurements = run.Json.GetProperty("measurements").EnumerateArray().ToList();
        CollectionAssert.AreEquivalent(new[] { "flickr8k", "shapes" }, measurements.Select(entry => entry.GetProperty("data").GetString()).Distinct().ToArray());
        Assert.IsTrue(measurements.All(entry => entry.GetProperty("model").GetString() == "tiny"));

        var files = new[] { "results.csv", "results.json", "report.html" }.ToDictionary(name => name, name => File.ReadAllText(Path.Combine(folder.GetPath("results"), name)));
        Assert.AreEqual(measurements.Count + 1, files["results.csv"].TrimEnd('\n').Split('\n').Length);
        StringAssert.Contains(files["report.html"], "zero-shot");

        // The cache is beside the results: going on needs no --force.
        var again = ToolRun.Execute(line);
        Assert.AreEqual(0, again.ExitCode, again.Error);
        StringAssert.Contains(again.Out, "shapes: zero-shot");
        foreach (var (name, content) in files)
            Assert.AreEqual(content, File.ReadAllText(Path.Combine(folder.GetPath("results"), name)));

        // Other results do not take their place unasked.
        line[Array.IndexOf(line, "--methods") + 1] = "raw";
        var other = ToolRun.Execute(line);
        Assert.AreEqual(2, other.ExitCode);
        Assert.HasCount(1, other.ErrorLines, other.Error);
        StringAssert.Contains(other.Error, "--force");
        Assert.AreEqual(files["results.csv"], File.ReadAllText(Path.Combine(folder.GetPath("results"), "results.csv")));
        Assert.AreEqual(0, ToolRun.Execute([.. line, "--force"]).ExitCode);
        Assert.AreNotEqual(files["results.csv"], File.ReadAllText(Path.Combine(folder.GetPath("results"), "results.csv")));
    }

    [TestMethod]
    [DataRow("--data|flikr8k=.", "Did you mean 'flickr8k'?")]
    [DataRow("--data|karpathy", "name=file")]
    [DataRow("--data|karpathy=.|--data|karpathy=.", "named twice")]
    [DataRow("--data|karpathy=no-such-folder", "no-such-folder")]
    [DataRow("--data|karpathy=.|--methods|centre", "There is no method 'centre'")]
    [DataRow("--data|karpathy=.|--tasks|recall", "There is no task 'recall'")]
    [DataRow("--data|karpathy=.|--limit|0", "--limit")]
    public void Benchmark_OfAMistake_SaysItInOneLineAndWritesNothing(string options, string expected)
    {
        using var folder = new WorkFolder();
        var run = ToolRun.Execute(["benchmark", "--model", TinyClipModel.FindFolder(), .. options.Split('|'), "--out", folder.GetPath("results")]);
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines, run.Error);
        StringAssert.Contains(run.Error, expected);
        Assert.IsFalse(File.Exists(Path.Combine(folder.GetPath("results"), "results.csv")));
    }
}
