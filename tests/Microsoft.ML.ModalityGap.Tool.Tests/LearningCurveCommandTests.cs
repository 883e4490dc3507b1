namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class LearningCurveCommandTests
{
    /// <summary>Table 3 of the I0T paper, from the shell.</summary>
    [TestMethod]
    public void OnAll_OfRealClip_IsTable3()
    {
        var clip = SharedData.GetPath("mind-the-gap", "clip.npy");
        var run = ToolRun.Execute("learning-curve", "--pair", clip, "--on-all", "--pairs", "32,64,128,256", "--measure", "gap", "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var points = run.Json.GetProperty("points").EnumerateArray().ToArray();
        CollectionAssert.AreEqual(new[] { 32, 64, 128, 256, 500 }, points.Select(point => point.GetProperty("pairs").GetInt32()).ToArray());
        foreach (var (point, paper) in points.Zip([0.188, 0.139, 0.099, 0.071, 0.010]))
            Assert.AreEqual(paper, point.GetProperty("means").GetProperty("centroid distance").GetDouble(), 0.02);
        Assert.IsTrue(run.Json.GetProperty("measuresFittedPairs").GetBoolean());
    }

    [TestMethod]
    public void AnyMethodAndMeasure_PrintsATableAndDrawsAFigure()
    {
        using var folder = new WorkFolder();
        folder.WritePair(rows: 200);
        string[] arguments =
        [
            "learning-curve", .. folder.PairOptions, "--method", "whiten", "--shrinkage", "0.5", "--measure", "gap,recall,separability,effective-rank", "--draws", "2", "--figure", folder.GetPath("curve.svg"),
        ];
        var run = ToolRun.Execute(arguments);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("whiten: image and text, measured on 100 pairs", run.Out);
        Assert.Contains("linear separability", run.Out);
        Assert.Contains("±", run.Out);
        Assert.StartsWith("<svg", File.ReadAllText(folder.GetPath("curve.svg")));
        Assert.AreEqual(run.Out, ToolRun.Execute([.. arguments, "--force"]).Out, "The same seed gives the same curve.");
    }

    [TestMethod]
    public void Report_WithLearningCurve_HasTheFigure()
    {
        using var folder = new WorkFolder();
        folder.WritePair(rows: 150);
        var run = ToolRun.Execute(["report", .. folder.PairOptions, "--holdout", "0.2", "--learning-curve", "--out", folder.GetPath("report.html")]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("How many pairs it needs", File.ReadAllText(folder.GetPath("report.html")));
    }

    [TestMethod]
    [DataRow("--measure beauty", "There is no measure 'beauty'. There is gap, recall")]
    [DataRow("--pairs 1", "--pairs takes whole numbers from 2")]
    [DataRow("--draws 0", "--draws takes a number from 1")]
    [DataRow("--on-all --holdout 0.5", "give one of them")]
    [DataRow("--method center --shrinkage 0.5", "--shrinkage is an option of")]
    public void BadInput_IsOneLineAndExitCode2(string options, string expected)
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.Execute(["learning-curve", .. folder.PairOptions, .. options.Split(' ')]);
        Assert.AreEqual(2, run.ExitCode, run.Out);
        Assert.HasCount(1, run.ErrorLines, run.Error);
        Assert.Contains(expected, run.Error);
    }
}
