namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class OutputTests
{
    private const string BoxDrawing = "─│╭╮╰╯├┤┬┴┼━";

    [TestMethod]
    public void NarrowTerminal_BreaksBetweenWordsOnly()
    {
        string[] cells = ["L2Normalize, Translate(512), Project(64×512), L2Normalize", "e3b2e788257d036e", "+0.005 [-0.030, +0.035]", "0.014 [0.003, 0.027]"];
        using var writer = new StringWriter();
        var console = Spectre.Console.AnsiConsole.Create(new Spectre.Console.AnsiConsoleSettings { Out = new Spectre.Console.AnsiConsoleOutput(writer), Ansi = Spectre.Console.AnsiSupport.No });
        console.Profile.Width = 80;
        TerminalTables.Write(console, new TextTable("title", ["steps that were taken", "fingerprint", "against raw", "mixed NDCG"]) { Rows = [cells, cells] });
        var lines = writer.ToString().Split('\n').Where(line => line.Length > 0).ToArray();
        Assert.AreEqual(80, lines.Max(line => line.TrimEnd().Length));
        var words = lines.Where(line => line.Contains('│')).SelectMany(line => line.Split('│', ' ')).ToHashSet();
        foreach (var word in cells.SelectMany(cell => cell.Split(' ')))
            Assert.Contains(word, words);
    }

    [TestMethod]
    public void Process_Piped_PrintsPlainAlignedText()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.ExecuteProcess(["evaluate", .. folder.PairOptions]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("", run.Error);
        CheckPlain(run.Out);
        var lines = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var measures = lines.Where(line => line.StartsWith("centroid", StringComparison.Ordinal) || line.Contains("recall@", StringComparison.Ordinal)).ToArray();
        Assert.HasCount(7, measures);
        Assert.HasCount(1, measures.Select(line => line.Length).Distinct().ToArray());
    }

    [TestMethod]
    public void Process_RunsEveryCommand()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var map = folder.GetPath("map.zip");
        var runs = new[]
        {
            ToolRun.ExecuteProcess(["fit", .. folder.PairOptions, "--out", map, "--holdout", "0.5", "--json"]),
            ToolRun.ExecuteProcess(["evaluate", .. folder.PairOptions, "--map", map, "--json"]),
            ToolRun.ExecuteProcess("transform", "--map", map, "--modality", "image", "--in", folder.GetPath("image.npy"), "--out", folder.GetPath("out.npy"), "--json"),
            ToolRun.ExecuteProcess("info", map, "--json"),
        };
        foreach (var run in runs)
        {
            Assert.AreEqual(0, run.ExitCode, run.Error);
            Assert.AreEqual("", run.Error);
            Assert.AreEqual(System.Text.Json.JsonValueKind.Object, run.Json.ValueKind);
        }

        Assert.HasCount(60, WorkFolder.ReadNpy(folder.GetPath("out.npy")));
    }

    [TestMethod]
    public void EveryCommand_Piped_PrintsNothingButText()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var map = folder.GetPath("map.zip");
        foreach (var arguments in (string[][])
        [
            ["fit", .. folder.PairOptions, "--out", map, "--holdout", "0.5"],
            ["evaluate", .. folder.PairOptions, "--map", map],
            ["evaluate", .. folder.PairOptions, "--holdout", "0.5"],
            ["transform", "--map", map, "--modality", "image", "--in", folder.GetPath("image.npy"), "--out", folder.GetPath("out.npy")],
            ["info", map],
            ["info", folder.GetPath("image.npy")],
            ["--help"],
        ])
        {
            var run = ToolRun.Execute(arguments);
            Assert.AreEqual(0, run.ExitCode, run.Error);
            Assert.AreEqual("", run.Error);
            CheckPlain(run.Out);
        }
    }

    [TestMethod]
    public void OnTerminal_PrintsTables()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.Execute(["evaluate", .. folder.PairOptions], onTerminal: true);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.IsTrue(run.Out.Any(letter => BoxDrawing.Contains(letter)), run.Out);
        Assert.Contains("centroid distance", run.Out);
    }

    [TestMethod]
    public void Version_IsThePackages()
    {
        var run = ToolRun.ExecuteProcess("--version");
        Assert.AreEqual(0, run.ExitCode);
        Assert.IsTrue(Version.TryParse(run.Out.Trim(), out _), run.Out);
    }

    [TestMethod]
    public void Help_ListsTheMethods()
    {
        var run = ToolRun.Execute("fit", "--help");
        Assert.AreEqual(0, run.ExitCode);
        foreach (var method in FitMethods.All)
            Assert.Contains(method.Name, run.Out);
    }

    [TestMethod]
    public void FitMethods_HaveDistinctNamesAndDescriptions()
    {
        Assert.HasCount(FitMethods.All.Count, FitMethods.All.Select(method => method.Name).Distinct().ToArray());
        Assert.IsTrue(FitMethods.All.All(method => method.Description.Length > 0));
    }

    private static void CheckPlain(string text)
    {
        Assert.AreNotEqual("", text);
        Assert.DoesNotContain("\u001b", text);
        Assert.IsFalse(text.Any(letter => BoxDrawing.Contains(letter)), text);
        Assert.IsFalse(text.Split('\n').Any(line => line.EndsWith(' ')), "Trailing spaces.");
    }
}
