using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.RobustnessTests;

/// <summary>200 runs of all commands that write are killed, half of them at a random moment and half just when something new lies in the folder.</summary>
[TestClass]
public class KillTests
{
    private const int Kills = 200, Seed = 20;

    private const string Old = "what was here before";

    public static IEnumerable<object[]> Commands => WritingCommand.All.Select((command, i) =>
        new object[] { command.Name, (Kills / WritingCommand.All.Count) + (i < Kills % WritingCommand.All.Count ? 1 : 0) });

    [TestMethod]
    public void Kills_AreTwoHundredOverAllCommands() => Assert.AreEqual(Kills, Commands.Sum(entry => (int)entry[1]));

    [TestMethod]
    [DynamicData(nameof(Commands))]
    public void Killed_LeavesWholeFiles_AndTheNextRunMakesTheSame(string name, int kills)
    {
        var command = WritingCommand.Find(name);
        using var reference = new ToolFolder();
        var watch = Stopwatch.StartNew();
        reference.Run(command.Arguments);
        var duration = watch.Elapsed;
        var expected = reference.List().ToDictionary(file => file, reference.Read, StringComparer.Ordinal);
        CollectionAssert.IsSubsetOf(command.Outputs.Where(output => !output.Contains('*', StringComparison.Ordinal)).ToArray(), expected.Keys);
        Assert.AreEqual(expected.Count, expected.Keys.Count(file => command.Outputs.Any(output => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(output, file))), string.Join(", ", expected.Keys));

        using var folder = new ToolFolder();
        var random = new Random(Seed + name.Length + name[0]);
        var killed = 0;
        for (var i = 0; i < kills; i++)
        {
            // Every third time files of that name are there already; what a run resumes from is its own affair.
            var isOld = i % 3 == 2 && !command.Resumes;
            if (isOld)
            {
                foreach (var file in expected.Keys)
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder.Out, file))!);
                    File.WriteAllText(Path.Combine(folder.Out, file), Old);
                }
            }

            var fraction = random.NextDouble();
            using var process = folder.Start(command.Arguments);
            if (i % 2 == 0)
                Thread.Sleep(fraction * duration);
            else
                WaitForSomethingNew(folder, process, fraction);
            if (!process.HasExited)
                killed++;
            process.Kill(entireProcessTree: true);
            process.WaitForExit();

            foreach (var (file, content) in expected)
                CheckWhole(command, folder, file, content, isOld);
        }

        Console.WriteLine($"{name}: {killed} of {kills} were killed before their end; a run takes {duration.TotalSeconds:0.00} s.");
        Assert.IsGreaterThan(0, killed, "Every run was over before its kill.");
        folder.Run(command.Arguments);
        CollectionAssert.AreEqual(expected.Keys.ToArray(), folder.List(), "What the next run leaves");
        foreach (var (file, content) in expected)
            CollectionAssert.AreEqual(content, folder.Read(file), $"'{file}' of the run after the kills");
    }

    private static void CheckWhole(WritingCommand command, ToolFolder folder, string file, byte[] content, bool isOld)
    {
        var path = Path.Combine(folder.Out, file);
        if (!File.Exists(path))
        {
            Assert.IsFalse(isOld, $"'{file}' was there before, and is gone.");
            return;
        }

        // A state is another after each epoch; that it is whole is what the run after the kills finds.
        if (command.Resumes && file == "state")
            return;
        var found = folder.Read(file);
        Assert.IsTrue(found.AsSpan().SequenceEqual(content) || found.AsSpan().SequenceEqual(System.Text.Encoding.UTF8.GetBytes(Old)), $"'{file}' is neither the old nor the new one: {found.Length} bytes where {content.Length} are expected.");
    }

    /// <summary>Until the folder changes, which is when the run begins to write, and a moment longer.</summary>
    private static void WaitForSomethingNew(ToolFolder folder, Process process, double fraction)
    {
        var before = Look(folder);
        while (!process.HasExited && Look(folder) == before)
            Thread.Sleep(1);
        Thread.Sleep((int)(4 * fraction));
    }

    private static string Look(ToolFolder folder)
    {
        try
        {
            return string.Join('\n', new DirectoryInfo(folder.Out).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(entry => $"{entry.FullName} {(entry is FileInfo file ? file.Length : 0)}"));
        }
        catch (IOException)
        {
            // It changed under our hands.
            return "";
        }
    }
}
