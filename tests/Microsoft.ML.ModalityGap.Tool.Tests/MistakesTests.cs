namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>Errors are worded for who reads them: one message for one mistake, with what was probably meant.</summary>
[TestClass]
public class MistakesTests
{
    [TestMethod]
    [DataRow("evalate", "There is no command 'evalate'. Did you mean 'evaluate'? See modality-gap --help.")]
    [DataRow("ebmed", "There is no command 'ebmed'. Did you mean 'embed'? See modality-gap --help.")]
    [DataRow("frobnicate", "There is no command 'frobnicate'. See modality-gap --help.")]
    [DataRow("evaluate --modalty image=a.npy", "evaluate has no option '--modalty'. Did you mean '--modality'? See modality-gap evaluate --help.")]
    [DataRow("evaluate --pair a.npy --forse", "evaluate has no option '--forse'. Did you mean '--force'? See modality-gap evaluate --help.")]
    [DataRow("evaluate --pair a.npy b.npy", "evaluate does not know what to do with 'b.npy': values go behind an option. See modality-gap evaluate --help.")]
    [DataRow("fit --pair a.npy --out m.zip --strength -1", "--strength takes a number from 0, but -1 was given. See modality-gap fit --help.")]
    [DataRow("fit --pair a.npy --out m.zip --method shift --first-share 1.5", "--first-share takes a number from 0 to 1, but 1.5 was given. See modality-gap fit --help.")]
    [DataRow("search --pair a.npy --queries q.npy --k ten", "Cannot parse argument 'ten' for option '--k' as a whole number. See modality-gap search --help.")]
    [DataRow("drift --pair a.npy --map", "'--map' needs a value. See modality-gap drift --help.")]
    [DataRow("evaluate --pair a.npy --remap", "--remap goes with --map.")]
    public void Mistake_IsOneLine(string commandLine, string message)
    {
        var run = ToolRun.Execute(commandLine.Split(' '));
        Assert.AreEqual((2, "", $"modality-gap: {message}"), (run.ExitCode, run.Out, run.Error.TrimEnd()));
    }

    [TestMethod]
    public void Method_ThatDoesNotExist_IsAnsweredWithThoseThatDo()
    {
        var run = ToolRun.Execute("fit", "--pair", "a.npy", "--method", "centre", "--out", "m.zip");
        Assert.AreEqual(
            (2, "", $"modality-gap: There is no method 'centre'. There is {string.Join(", ", FitMethods.All.Select(method => method.Name))}. Did you mean 'center'?"), (run.ExitCode, run.Out, run.Error.TrimEnd()));
    }

    [TestMethod]
    public void BareName_PrintsHelp()
    {
        var run = ToolRun.Execute();
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("evaluate", run.Out);
    }

    [TestMethod]
    public void Drift_ExitsWith3WhereThereIsSome()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair(rows: 200);
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        folder.WritePair(rows: 200, seed: 2);
        var same = ToolRun.Execute(["drift", .. folder.PairOptions, "--map", folder.GetPath("map.zip"), "--json"]);
        Assert.AreEqual((0, ""), (same.ExitCode, same.Error));
        Assert.IsFalse(same.Json.GetProperty("hasDrifted").GetBoolean());

        folder.WriteNpy("image.npy", text);
        folder.WriteNpy("text.npy", image);
        var swapped = ToolRun.Execute(["drift", .. folder.PairOptions, "--map", folder.GetPath("map.zip"), "--json"]);
        Assert.AreEqual((3, ""), (swapped.ExitCode, swapped.Error));
        Assert.IsTrue(swapped.Json.GetProperty("hasDrifted").GetBoolean());
    }

    [TestMethod]
    public void NpyWithoutAxes_IsRefusedByItsName()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var scalar = folder.WriteNpy("scalar.npy", [[1f]], "");
        foreach (string[] arguments in new string[][]
        {
            ["fit", "--modality", $"image={scalar}", "--modality", $"text={folder.GetPath("text.npy")}", "--out", folder.GetPath("map.zip")],
            ["evaluate", "--pair", scalar],
            ["search", .. folder.PairOptions, "--queries", scalar],
        })
        {
            var run = ToolRun.Execute(arguments);
            Assert.AreEqual(2, run.ExitCode, run.Error);
            Assert.HasCount(1, run.ErrorLines);
            Assert.Contains($"'{scalar}' has the shape ()", run.Error);
        }
    }

    [TestMethod]
    public void VectorsWhoseProductsAreInfinite_AreRefused()
    {
        using var folder = new WorkFolder();
        float[][] rows = [[3e38f, 3e38f], [1f, 0f]];
        folder.WriteNpy("image.npy", rows);
        var run = ToolRun.Execute("search", "--modality", $"image={folder.GetPath("image.npy")}", "--queries", folder.GetPath("image.npy"), "--metric", "dot", "--json");
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("Row 0 of", run.Error);
        Assert.Contains("up to 1E+19 can be compared", run.Error);
    }

    [TestMethod]
    public void Output_ThatCannotBeWritten_IsNamedWithTheReason()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Permissions of folders are set as Unix has them.");
            return;
        }

        using var folder = new WorkFolder();
        folder.WritePair();
        var closed = Directory.CreateDirectory(folder.GetPath("closed")).FullName;
        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            var target = Path.Combine(closed, "map.zip");
            var run = ToolRun.Execute(["fit", .. folder.PairOptions, "--out", target]);
            if (run.ExitCode == 0)
                Assert.Inconclusive("Whoever runs this may write anywhere.");
            Assert.AreEqual((2, $"modality-gap: Cannot write '{target}': no permission to make files in '{closed}'."), (run.ExitCode, run.Error.TrimEnd()));
        }
        finally
        {
            File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>What an error advises, the command has.</summary>
    [TestMethod]
    [DataRow("evaluate")]
    [DataRow("evaluate --mixed")]
    [DataRow("evaluate --holdout 0.5")]
    [DataRow("fit --out {out}")]
    [DataRow("select")]
    [DataRow("compare --splits 1")]
    [DataRow("sweep")]
    [DataRow("learning-curve")]
    [DataRow("report --out {out}")]
    [DataRow("score")]
    [DataRow("search --queries {text} --out {out}")]
    public void UnusableRow_Advice_IsOfOptionsThatTheCommandHas(string line)
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair();
        image[17][3] = float.NaN;
        folder.WriteNpy("image.npy", image);
        var words = line.Replace("{out}", folder.GetPath("out.tsv"), StringComparison.Ordinal).Replace("{text}", folder.GetPath("text.npy"), StringComparison.Ordinal).Split(' ');
        var run = ToolRun.Execute([.. words, .. folder.PairOptions]);
        Assert.AreEqual(2, run.ExitCode, run.Error);
        Assert.Contains("ow 17", run.Error);
        var help = ToolRun.Execute(words[0], "--help").Out;
        foreach (var option in System.Text.RegularExpressions.Regex.Matches(run.Error, "--[a-z-]+").Select(match => match.Value))
            Assert.Contains(option, help, $"{words[0]} advises {option}: {run.Error}");
    }
}
