namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class ReportCommandTests
{
    [TestMethod]
    public void Report_WithHoldout_WritesThePageAndSaysTheSameAsEvaluate()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        string[] options = [.. folder.PairOptions, "--holdout", "0.5", "--seed", "3", "--json"];
        var run = ToolRun.Execute(["report", .. options, "--out", folder.GetPath("r.html"), "--figures", folder.GetPath("figures"), "--title", "My gap"]);
        var expected = ToolRun.Execute(["evaluate", .. options]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        foreach (var state in new[] { "before", "after" })
            Assert.AreEqual(expected.Json.GetProperty(state).GetRawText(), run.Json.GetProperty(state).GetRawText());
        var html = File.ReadAllText(folder.GetPath("r.html"));
        Assert.Contains("<h1>My gap</h1>", html);
        Assert.Contains("image.npy, text.npy: 30 rows held out; the map was fitted on the other 30", html);
        foreach (var file in run.Json.GetProperty("figures").EnumerateArray())
            Assert.StartsWith("<svg", File.ReadAllText(file.GetString()!));
    }

    [TestMethod]
    public void Report_WithSelect_ShowsTheComparisonAndFitsTheRecommended()
    {
        using var folder = new WorkFolder();
        folder.WritePair(dimension: 12);
        var run = ToolRun.Execute(["report", .. folder.PairOptions, "--holdout", "0.5", "--select", "--out", folder.GetPath("r.html")]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("is recommended", run.Out);
        var html = File.ReadAllText(folder.GetPath("r.html"));
        Assert.Contains("id=\"methods\"", html);
        Assert.Contains("(recommended)", html);
        Assert.Contains("fitted on 30 rows", html);
    }

    [TestMethod]
    public void Report_WithMap_NamesItsFingerprint()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]);
        var run = ToolRun.Execute(["report", .. folder.PairOptions, "--map", folder.GetPath("map.zip"), "--out", folder.GetPath("r.html")]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("After the map", run.Out);
        var fingerprint = ToolRun.Execute("info", folder.GetPath("map.zip"), "--json").Out;
        var html = File.ReadAllText(folder.GetPath("r.html"));
        Assert.Contains("Joint fingerprint", html);
        Assert.IsTrue(System.Text.RegularExpressions.Regex.Matches(fingerprint, "[0-9a-f]{16}").Any(match => html.Contains(match.Value, StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow("--holdout and --map", "--holdout", "0.5", "--map", "map.zip")]
    [DataRow("fits with --holdout only", "--method", "center")]
    [DataRow("--select chooses how to fit", "--select")]
    [DataRow("--select chooses how to fit", "--select", "--holdout", "0.5", "--method", "center")]
    [DataRow("--points takes a number from 1", "--points", "0")]
    public void Report_BadUsage_IsOneLineAndLeavesNoFile(string reason, params string[] options)
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.Execute(["report", .. folder.PairOptions, .. options, "--out", folder.GetPath("r.html")]);

        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains(reason.Split(' ')[0], run.Error);
        CollectionAssert.AreEqual(new[] { "image.npy", "text.npy" }, folder.ListFiles());
    }

    [TestMethod]
    public void Report_OutputOverAnInput_IsRefused()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.Execute(["report", .. folder.PairOptions, "--out", folder.GetPath("image.npy")]);
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("would replace", run.Error);
    }
}
