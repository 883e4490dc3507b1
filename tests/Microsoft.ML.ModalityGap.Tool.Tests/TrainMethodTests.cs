namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class TrainMethodTests
{
    [TestMethod]
    public void Fit_I0tAsync_WritesTheMapsTheLibraryTrains()
    {
        using var folder = new WorkFolder();
        folder.WritePair(rows: 200);
        string[] training =
        [
            "--method", "i0t-async", "--head", "batch-norm-linear", "--loss", "infonce(50, 0.1) + 0.25*cross-consistency + .5 * uniformity", "--epochs", "2",
            "--batch-size", "40", "--learning-rate", "0.01", "--validation", "0.1", "--patience", "1", "--seed", "3", "--shuffle-size", "70", "--exact-statistics",
        ];
        var run = ToolRun.Execute(["fit", .. folder.PairOptions, .. training, "--out", folder.GetPath("map.zip"), "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var epochs = run.Json.GetProperty("epochs").EnumerateArray().ToArray();
        Assert.HasCount(2, epochs);
        Assert.IsGreaterThan(0, epochs[1].GetProperty("validationLoss").GetDouble());

        var ml = new MLContext();
        var data = ml.ModalityGap().LoadFromNpy(("image", folder.GetPath("image.npy")), ("text", folder.GetPath("text.npy")));
        var expected = ml.Transforms.TrainModalityNormalization("image", "text", new()
        {
            Head = TrainingHead.BatchNormThenLinear,
            Loss = Loss.InfoNCE(LogitScale.Fixed(50), 0.1) + 0.25 * Loss.CrossModalConsistency() + 0.5 * Loss.Uniformity(),
            Epochs = 2,
            BatchSize = 40,
            LearningRate = 0.01,
            ValidationFraction = 0.1,
            Patience = 1,
            Seed = 3,
            ShuffleSize = 70,
            Statistics = NormalizationStatistics.Exact,
        }).Fit(data);
        CollectionAssert.AreEqual(
            expected.Modalities.Select(entry => entry.Map.Fingerprint).ToArray(),
            run.Json.GetProperty("modalities").EnumerateArray().Select(entry => entry.GetProperty("mapFingerprint").GetString()).ToArray());
    }

    [TestMethod]
    public void Fit_WithAState_GoesOnFromIt()
    {
        using var folder = new WorkFolder();
        folder.WritePair(rows: 100);
        string[] line = ["fit", .. folder.PairOptions, "--method", "i0t-async", "--epochs", "2", "--state", folder.GetPath("state"), "--out", folder.GetPath("map.zip"), "--json"];
        var first = ToolRun.Execute(line);
        Assert.AreEqual(0, first.ExitCode, first.Error);
        var second = ToolRun.Execute([.. line, "--force"]);
        Assert.AreEqual(0, second.ExitCode, second.Error);
        Assert.IsFalse(second.Json.TryGetProperty("epochs", out _), "A finished training trained on.");
        Assert.AreEqual(first.Json.GetProperty("modalities").ToString(), second.Json.GetProperty("modalities").ToString());
    }

    [TestMethod]
    public void Fit_WithoutJson_ShowsTheEpochs()
    {
        using var folder = new WorkFolder();
        folder.WritePair(rows: 100);
        var run = ToolRun.Execute(["fit", .. folder.PairOptions, "--method", "i0t-async", "--holdout", "0.2", "--out", folder.GetPath("map.zip")]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Contains(run.Out, "held-out loss");
        StringAssert.Contains(run.Out, "i0t-async, fitted on 80 rows");
    }

    [TestMethod]
    [DataRow("--head oval", "There is no head 'oval'")]
    [DataRow("--loss sqrt", "There is no loss 'sqrt'")]
    [DataRow("--loss infonce(1,2,3)", "infonce takes scale, smoothing, but 3 numbers")]
    [DataRow("--loss infonce(x)", "'x' in the loss is no number")]
    [DataRow("--loss 2infonce*", "is no term of a loss")]
    [DataRow("--loss infonce(-1)", "must be positive")]
    [DataRow("--patience 2", "give --validation")]
    [DataRow("--dimensions 4", "give --head linear")]
    [DataRow("--batch-size 1", "--batch-size takes a number from 2 to 16384")]
    [DataRow("--modality sound=image.npy", "takes two modalities, but 3 are given")]
    public void Fit_WrongOptions_AreRefusedInOneLine(string options, string expected)
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.Execute(["fit", .. folder.PairOptions, "--method", "i0t-async", .. options.Replace("=image", $"={folder.GetPath("image")}", StringComparison.Ordinal).Split(' '), "--out", folder.GetPath("map.zip")]);
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines);
        StringAssert.Contains(run.Error, expected);
        Assert.IsFalse(File.Exists(folder.GetPath("map.zip")));
    }

    [TestMethod]
    public void Select_Trained_ComparesI0tAsync()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        string[] line = ["select", .. folder.PairOptions, "--repeats", "1"];
        Assert.DoesNotContain("i0t-async", ToolRun.Execute(line).Out);
        var run = ToolRun.Execute([.. line, "--trained"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("i0t-async", run.Out);
    }

    [TestMethod]
    public void Fit_OptionOfAnotherMethod_IsRefused()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.Execute(["fit", "--method", "center", .. folder.PairOptions, "--epochs", "2", "--out", folder.GetPath("map.zip")]);
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Error, "--epochs is an option of --method i0t-async, not of center");
        run = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--epochs", "2"]);
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Error, "--epochs");
    }

    [TestMethod]
    public void Fit_ModalitiesOfDifferentLength_AreNoPairs()
    {
        using var folder = new WorkFolder();
        var (_, text) = folder.WritePair();
        folder.WriteNpy("text.npy", text[..25]);
        var run = ToolRun.Execute(["fit", .. folder.PairOptions, "--method", "i0t-async", "--out", folder.GetPath("map.zip")]);
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Error, "has 60 and 'text'");
    }
}
