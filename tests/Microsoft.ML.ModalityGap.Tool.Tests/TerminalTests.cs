using Spectre.Console;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>What people see: help and tables at the width of a terminal, nothing broken within a word.</summary>
[TestClass]
public class TerminalTests
{
    [TestMethod]
    public void Help_OfEveryCommand_FitsAndBreaksNoName()
    {
        var commands = ToolRun.Execute("[complete]", "0", "").Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(word => char.IsAsciiLetter(word[0])).ToArray();
        Assert.Contains("evaluate", commands);
        foreach (var command in commands)
        {
            var run = ToolRun.Execute([command, "--help"], onTerminal: true); // of no real terminal: 80 columns
            Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
            var lines = run.Out.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
            Assert.IsTrue(lines.All(line => line.Length <= 80 || line.StartsWith("  modality-gap", StringComparison.Ordinal)), run.Out);
            Assert.Contains("Example:", run.Out, command);
            foreach (var option in ToolRun.Execute("[complete]", $"{command.Length + 3}", $"{command} --").Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(name => name.StartsWith("--", StringComparison.Ordinal) && name != "--help"))
                Assert.IsTrue(lines.Any(line => line.StartsWith($"  {option} ", StringComparison.Ordinal) || line == $"  {option}"), $"{command}: {option}");
        }
    }

    [TestMethod]
    public void Help_OfFit_GroupsTheMethodsOptions()
    {
        var help = ToolRun.Execute("fit", "--help").Out;
        var common = help.IndexOf("--modality", StringComparison.Ordinal);
        var own = help.IndexOf("Options of --method center:", StringComparison.Ordinal);
        Assert.IsTrue(common > 0 && own > common && help.IndexOf("--strength", StringComparison.Ordinal) > own, help);
    }

    [TestMethod]
    [DataRow(40)]
    [DataRow(80)]
    [DataRow(120)]
    public void Table_BreaksNoWord(int width)
    {
        var table = new TextTable("title", [.. Enumerable.Range(0, 9).Select(i => $"header{i} of-it")])
        {
            Rows = [.. Enumerable.Range(0, 4).Select(row => (IReadOnlyList<string>)[.. Enumerable.Range(0, 9).Select(i => $"0.{row}{i}00 [0.{row}{i}11, 0.{row}{i}22]")])],
        };
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = width;
        TerminalTables.Write(console, table);
        var text = writer.ToString();
        Assert.IsTrue(text.Split('\n').All(line => line.TrimEnd('\r').Length <= width), text);
        foreach (var word in table.Rows.SelectMany(row => row).Concat(table.Headers).SelectMany(cell => cell.Split(' ')))
            Assert.Contains(word, text);
    }

    [TestMethod]
    public void Select_CountsItsSharesForTheBar_AndIsSilentElsewhere()
    {
        using var folder = new WorkFolder();
        folder.WritePair();

        // How often a bar is drawn depends on the machine; what it is told does not. Rows are read by sixties.
        var told = new System.Collections.Concurrent.ConcurrentBag<long>();
        var run = ToolRun.Execute(["select", .. folder.PairOptions], observeRows: told.Add);
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(ShareProgress.Total, told);
        Assert.IsGreaterThan(50, told.Count(value => value % 60 != 0));
        Assert.AreEqual("", ToolRun.Execute(["select", .. folder.PairOptions, "--quiet"], onTerminal: true).Error);
    }

    [TestMethod]
    public void ShareProgress_GoesForwardOnly()
    {
        var counter = new RowCounter(observe: null, CancellationToken.None);
        var progress = new ShareProgress(counter);
        foreach (var (share, count) in new[] { (0.25, 250), (0.1, 250), (0.5, 500), (1.0, 1000) })
        {
            progress.Report(share);
            Assert.AreEqual(count, counter.Count);
        }
    }

    [TestMethod]
    public void NegativeZero_LosesItsSign()
    {
        var table = new TextTable("", ["a", "b", "c", "d"]) { Rows = [["-0.0000", "-0.0001", "-0", "0.0000"]] };
        CollectionAssert.AreEqual(new[] { "0.0000", "-0.0001", "0", "0.0000" }, table.Rows[0].ToArray());
    }

    [TestMethod]
    public void Select_PrintsTheBestAndTheYardsticks_AndAllOnDemand()
    {
        using var folder = new WorkFolder();
        folder.WritePair(rows: 80);
        var few = ToolRun.Execute(["select", .. folder.PairOptions, "--repeats", "1"]);
        Assert.AreEqual(0, few.ExitCode, few.Error);
        var all = ToolRun.Execute(["select", .. folder.PairOptions, "--repeats", "1", "--all"]);
        Assert.Contains("more methods were compared; --all prints them.", few.Out);
        Assert.DoesNotContain("--all prints them", all.Out);
        Assert.IsLessThan(all.Out.Split('\n').Length, few.Out.Split('\n').Length);
        Assert.Contains("raw ", few.Out);
        Assert.Contains("center ", few.Out);
        Assert.AreEqual(1, few.Out.Split('\n').Count(line => line.StartsWith("* ", StringComparison.Ordinal) && !line.Contains(": ", StringComparison.Ordinal)), few.Out);
    }

    [TestMethod]
    public void Quiet_LeavesWarningsAway()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        string[] line = ["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip")];
        var loud = ToolRun.Execute(line);
        var quiet = ToolRun.Execute([.. line, "--quiet"]);
        Assert.AreNotEqual("", loud.Error);
        Assert.AreEqual((0, "", loud.Out), (quiet.ExitCode, quiet.Error, quiet.Out));
    }
}
