using System.Diagnostics;

namespace Microsoft.ML.ModalityGap.RobustnessTests;

/// <summary>Whenever the power is cut while a command writes, the disk holds the old file or the new one; and when the command has said that it is done, the new one.</summary>
[TestClass]
public class PowerCutTests
{
    private static ReadOnlySpan<byte> Old => "what was here before"u8;

    public static IEnumerable<object[]> Commands => WritingCommand.All.SelectMany(command => new object[][] { [command.Name, false], [command.Name, true] }).Where(row => !(bool)row[1] || !WritingCommand.Find((string)row[0]).Resumes);

    public static IEnumerable<object[]> ResumingCommands => WritingCommand.All.Where(command => command.Resumes).Select(command => new object[] { command.Name });

    [TestMethod]
    [DynamicData(nameof(Commands))]
    public void Cut_AtEveryPoint_LeavesTheOldFileOrTheNew(string name, bool replaces)
    {
        var command = WritingCommand.Find(name);
        using var folder = new ToolFolder();
        var initial = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (replaces)
        {
            foreach (var output in command.Outputs.Where(output => !output.Contains('*', StringComparison.Ordinal)))
            {
                var path = Path.Combine(folder.Out, output);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, Old);
                initial[path] = Old.ToArray();
            }
        }

        var disk = Record(folder, command, initial);
        var outputs = folder.List().Select(file => Path.Combine(folder.Out, file)).ToArray();
        Assert.IsNotEmpty(outputs);
        var wrong = FindWrong(disk, outputs, initial);
        Assert.AreEqual("", string.Join('\n', wrong.Take(5)), $"{wrong.Count} states are neither old nor new.");
        Console.WriteLine($"{name}: {disk.Operations.Count} operations on {outputs.Length} files.");
    }

    [TestMethod]
    [DynamicData(nameof(ResumingCommands))]
    public void Cut_InALongRun_IsResumedToTheSame(string name)
    {
        const int Cuts = 4;
        var command = WritingCommand.Find(name);
        using var folder = new ToolFolder();
        var disk = Record(folder, command, new Dictionary<string, byte[]>(StringComparer.Ordinal));
        var expected = folder.List();
        for (var i = 1; i <= Cuts; i++)
        {
            var states = disk.GetStates(disk.Operations.Count * i / (Cuts + 1)).ToArray();
            var (description, read, paths) = states[(i * 7) % states.Length];
            using var after = new ToolFolder();
            foreach (var path in paths)
            {
                var place = Path.Combine(after.Out, Path.GetRelativePath(folder.Out, path));
                Directory.CreateDirectory(Path.GetDirectoryName(place)!);
                File.WriteAllBytes(place, read(path)!);
            }

            after.Run(command.Arguments);
            CollectionAssert.AreEqual(expected, after.List(), description);
            foreach (var file in expected)
                CollectionAssert.AreEqual(folder.Read(file), after.Read(file), $"'{file}', {description}");
        }
    }

    /// <summary>What writes without flushing is caught: the layer and the model see it.</summary>
    [TestMethod]
    [DataRow("printf new-content > out/file.tmp && mv out/file.tmp out/file", "unflushed writes lost")]
    [DataRow("printf new-content > out/file", "unflushed writes lost")]
    [DataRow("printf new-content > out/file.tmp && sync -d out/file.tmp && mv out/file.tmp out/file", "not there for good")]
    public void Carelessness_IsFound(string script, string found)
    {
        var library = PowerCutLayer.Get();
        using var folder = new ToolFolder();
        var path = Path.Combine(folder.Out, "file");
        File.WriteAllBytes(path, Old);
        var log = Path.Combine(folder.Path, "log");
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script])
        {
            WorkingDirectory = folder.Path,
            Environment = { ["LD_PRELOAD"] = library, ["POWERCUT_ROOT"] = folder.Out, ["POWERCUT_LOG"] = log },
        })!;
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode);
        Assert.AreEqual("new-content", File.ReadAllText(path));
        var initial = new Dictionary<string, byte[]>(StringComparer.Ordinal) { [path] = Old.ToArray() };
        var wrong = FindWrong(new Disk(DiskOperation.Read(log), initial), [path], initial);
        Assert.IsTrue(wrong.Any(line => line.Contains(found, StringComparison.Ordinal)), string.Join('\n', wrong));
    }

    private static Disk Record(ToolFolder folder, WritingCommand command, IReadOnlyDictionary<string, byte[]> initial)
    {
        var log = Path.Combine(folder.Path, "log");
        folder.Run(command.Arguments, ("LD_PRELOAD", PowerCutLayer.Get()), ("POWERCUT_ROOT", folder.Out), ("POWERCUT_LOG", log));
        var disk = new Disk(DiskOperation.Read(log), initial);

        // The record is complete: what it adds up to is what lies there.
        foreach (var file in folder.List())
        {
            var path = Path.Combine(folder.Out, file);
            CollectionAssert.AreEqual(File.ReadAllBytes(path), disk.Look(path, disk.Operations.Count), $"The record of '{file}'");
        }

        return disk;
    }

    private static List<string> FindWrong(Disk disk, IReadOnlyList<string> outputs, IReadOnlyDictionary<string, byte[]> initial)
    {
        var wrong = new List<string>();
        foreach (var path in outputs)
        {
            var before = initial.GetValueOrDefault(path);

            // A file that a run replaces again and again, such as a state, is whole whenever it got its name.
            var whole = new List<byte[]?> { before, disk.Look(path, disk.Operations.Count) };
            for (var i = 0; i < disk.Operations.Count; i++)
            {
                if (disk.Operations[i] is { Kind: 'r' } rename && rename.Target == path)
                    whole.Add(disk.Look(path, i + 1));
            }

            for (var cut = 0; cut <= disk.Operations.Count; cut++)
            {
                foreach (var (description, read, _) in disk.GetStates(cut))
                {
                    var found = read(path);
                    if (!whole.Any(content => content is null ? found is null : found is not null && content.AsSpan().SequenceEqual(found)))
                        wrong.Add($"'{path}' holds {found?.Length.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing, not even its name; bytes:"} bytes: {description}");
                    if (cut == disk.Operations.Count && !(found ?? []).AsSpan().SequenceEqual(whole[1]))
                        wrong.Add($"'{path}' is not there for good when the run is over: {description}");
                }
            }
        }

        return wrong;
    }
}
