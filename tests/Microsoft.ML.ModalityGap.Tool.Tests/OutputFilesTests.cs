namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>No file that is there is lost unasked, and none that is read is lost at all.</summary>
[TestClass]
public class OutputFilesTests
{
    [TestMethod]
    public void Transform_OntoItsInput_IsRefusedEvenByForce()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        var raw = File.ReadAllBytes(folder.GetPath("text.npy"));
        foreach (var target in new[] { "text.npy", Path.Combine("sub", "..", "text.npy"), Link(folder, "link.npy", "text.npy"), Path.Combine(LinkFolder(folder, "here"), "text.npy") })
        {
            foreach (string[] more in new string[][] { [], ["--force"] })
            {
                var run = ToolRun.Execute(
                    ["transform", "--map", folder.GetPath("map.zip"), "--modality", "text", "--in", folder.GetPath("text.npy"), "--out", folder.GetPath(target), .. more]);
                Assert.AreEqual(2, run.ExitCode, target);
                Assert.HasCount(1, run.ErrorLines);
                Assert.Contains("--out would replace", run.Error);
                CollectionAssert.AreEqual(raw, File.ReadAllBytes(folder.GetPath("text.npy")));
            }
        }
    }

    [TestMethod]
    public void Transform_OntoAHardLinkOfItsInput_IsRefusedEvenByForce()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        var (input, link) = (folder.GetPath("text.npy"), folder.GetPath("hard.npy"));
        HardLink(input, link);
        var raw = File.ReadAllBytes(input);
        var before = folder.ListFiles();
        var run = ToolRun.Execute(["transform", "--map", folder.GetPath("map.zip"), "--modality", "text", "--in", input, "--out", link, "--force"]);
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains("--out would replace", run.Error);
        Assert.AreEqual("", run.Out);
        CollectionAssert.AreEqual(before, folder.ListFiles());
        CollectionAssert.AreEqual(raw, File.ReadAllBytes(link));

        // A copy is another file.
        File.Copy(input, folder.GetPath("copy.npy"));
        Assert.AreEqual(0, ToolRun.Execute(["transform", "--map", folder.GetPath("map.zip"), "--modality", "text", "--in", input, "--out", folder.GetPath("copy.npy"), "--force"]).ExitCode);
    }

    private static void HardLink(string target, string link)
    {
        var start = OperatingSystem.IsWindows()
            ? new System.Diagnostics.ProcessStartInfo("cmd", ["/c", "mklink", "/H", link, target])
            : new System.Diagnostics.ProcessStartInfo("ln", [target, link]);
        using var process = System.Diagnostics.Process.Start(start)!;
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode);
    }

    [TestMethod]
    [DataRow("fit", "--out")]
    [DataRow("select", "--out")]
    [DataRow("report", "--out")]
    [DataRow("score", "--out")]
    [DataRow("search", "--save-index")]
    [DataRow("transform", "--out")]
    [DataRow("export", "--out")]
    public void Output_ThatExists_NeedsForce(string command, string option)
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        var target = folder.GetPath("precious");
        File.WriteAllText(target, "mine");
        var before = folder.ListFiles();
        string[] arguments = command switch
        {
            "transform" => [command, "--map", folder.GetPath("map.zip"), "--modality", "text", "--in", folder.GetPath("text.npy"), option, target],
            "export" => [command, "--map", folder.GetPath("map.zip"), option, target],
            _ => [command, .. folder.PairOptions, option, target],
        };
        var run = ToolRun.Execute(arguments);
        Assert.AreEqual(2, run.ExitCode);
        Assert.AreEqual("", run.Out);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains($"'{target}' exists already. --force replaces it", run.Error);
        Assert.AreEqual("mine", File.ReadAllText(target));
        CollectionAssert.AreEqual(before, folder.ListFiles());

        run = ToolRun.Execute([.. arguments, "--force"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreNotEqual("mine", File.ReadAllText(target));
    }

    [TestMethod]
    public void Figures_IntoAFolderWithSome_NeedForce()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        string[] arguments = ["report", .. folder.PairOptions, "--out", folder.GetPath("report.html"), "--figures", folder.GetPath("figures")];
        Assert.AreEqual(0, ToolRun.Execute(arguments).ExitCode);
        File.Delete(folder.GetPath("report.html"));
        var run = ToolRun.Execute(arguments);
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("holds .svg files already", run.Error);
        Assert.IsFalse(File.Exists(folder.GetPath("report.html")));
        Assert.AreEqual(0, ToolRun.Execute([.. arguments, "--force"]).ExitCode);
    }

    [TestMethod]
    public void Help_StatesForceOnce()
    {
        var help = ToolRun.Execute("--help").Out;
        Assert.AreEqual(2, help.Split("--force").Length, help);
    }

    private static string Link(WorkFolder folder, string name, string target)
    {
        File.CreateSymbolicLink(folder.GetPath(name), folder.GetPath(target));
        return name;
    }

    private static string LinkFolder(WorkFolder folder, string name)
    {
        Directory.CreateSymbolicLink(folder.GetPath(name), folder.GetPath("."));
        return name;
    }
}
