namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>What is measured on the rows a map was fitted on is said to be.</summary>
[TestClass]
public class FittedRowsTests
{
    private const string Warning = "modality-gap: warning: measured on the rows it was fitted on: the maps of 'image' and 'text' were fitted on these very rows";

    [TestMethod]
    [DataRow("center")]
    [DataRow("whiten")]
    [DataRow("align")]
    public void Evaluate_OnTheRowsFittedOn_Warns(string method)
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder, "--method", method);
        var run = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip")]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.HasCount(1, run.ErrorLines);
        Assert.StartsWith(Warning, run.Error);
    }

    [TestMethod]
    public void Evaluate_OnTheSameRowsInAnotherOrder_Warns()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        Fit(folder);
        folder.WriteNpy("image.npy", [.. image.Reverse()]);
        folder.WriteNpy("text.npy", [.. text.Reverse()]);
        Assert.StartsWith(Warning, ToolRun.Execute(["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip")]).Error);
    }

    [TestMethod]
    public void Evaluate_OnOtherRows_DoesNotWarn()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder);
        folder.WritePair(seed: 2); // as many
        var run = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip")]);
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        folder.WritePair(rows: 61);
        run = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip")]);
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        run = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--holdout", "0.5"]);
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
    }

    [TestMethod]
    public void EvaluateMixedAndByIds_OnTheRowsFittedOn_Warn()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder);
        File.WriteAllLines(folder.GetPath("ids.txt"), Enumerable.Range(0, 60).Select(i => $"id{i}"));
        Assert.Contains("measured on the rows it was fitted on", ToolRun.Execute(["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip"), "--mixed"]).Error);
        var byIds = ToolRun.Execute(
            ["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip"), "--ids", $"image={folder.GetPath("ids.txt")}", "--ids", $"text={folder.GetPath("ids.txt")}"]);
        Assert.HasCount(2, byIds.ErrorLines);
        Assert.IsTrue(byIds.ErrorLines.All(line => line.Contains("measured on the rows it was fitted on", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Report_OnTheRowsFittedOn_WarnsAndSaysSoInItsSummary()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder);
        var run = ToolRun.Execute(["report", .. folder.PairOptions, "--map", folder.GetPath("map.zip"), "--out", folder.GetPath("report.html")]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.HasCount(1, run.ErrorLines);
        Assert.StartsWith(Warning, run.Error);
        Assert.Contains("Note: what follows is measured on the rows it was fitted on", File.ReadAllText(folder.GetPath("report.html")));

        run = ToolRun.Execute(["report", .. folder.PairOptions, "--holdout", "0.5", "--out", folder.GetPath("heldout.html")]);
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.DoesNotContain("fitted on, the map", File.ReadAllText(folder.GetPath("heldout.html")));
    }

    [TestMethod]
    public void ScoreAndSearch_OfTheRowsFittedOn_Warn()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder);
        var score = ToolRun.Execute(["score", .. folder.PairOptions, "--map", folder.GetPath("map.zip")]);
        Assert.AreEqual(0, score.ExitCode, score.Error);
        Assert.StartsWith(Warning, score.Error);
        var search = ToolRun.Execute(
            ["search", .. folder.PairOptions, "--map", folder.GetPath("map.zip"), "--queries", folder.GetPath("text.npy"), "--query-modality", "text", "--json"]);
        Assert.AreEqual(0, search.ExitCode, search.Error);
        Assert.StartsWith("modality-gap: warning: measured on the rows it was fitted on: the maps of 'text'", search.Error);
    }

    private static void Fit(WorkFolder folder, params string[] more) =>
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip"), .. more]).ExitCode);
}
