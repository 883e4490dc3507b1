using System.Globalization;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap.PackageTests;

/// <summary>Proves the packages from outside: projects that reference only the packed .nupkg, and the tool as it is installed.</summary>
[TestClass]
public class ConsumerTests
{
    [AssemblyCleanup]
    public static void DeleteFeed() => LocalFeed.Delete();

    [TestMethod]
    public void Library_ModelSavedInOneProcess_LoadsAndPredictsInAnother()
    {
        using var folder = new WorkFolder();
        var program = LocalFeed.BuildConsumer("Library", folder.Path);
        var saved = DotNet.Run(folder.Path, program, "save", folder.File("model.zip"));
        var loaded = DotNet.Run(folder.Path, program, "load", folder.File("model.zip"));
        Assert.HasCount(8, saved.Output.Split(' '));
        Assert.AreEqual(saved.Output, loaded.Output);
        StringAssert.Contains(loaded.Error, "Image: 4 → 4: L2Normalize, Translate(4), L2Normalize");
    }

    [TestMethod]
    public void ExtensionsAI_GeneratorOfTheConsumers_IsCorrected()
    {
        using var folder = new WorkFolder();
        var program = LocalFeed.BuildConsumer("Extensions", folder.Path);

        // (4, 4) less (1, 0) is (3, 4), of length 5.
        Assert.AreEqual("0.6 0.8 16", DotNet.Run(folder.Path, program).Output.Trim());
    }

    [TestMethod]
    public void Tool_InstalledFromTheFeed_FitsAMap()
    {
        using var folder = new WorkFolder();
        File.WriteAllText(folder.File("nuget.config"), $"""
            <configuration><packageSources><clear /><add key="local" value="{LocalFeed.Folder}" /></packageSources></configuration>
            """);
        var tools = folder.File("tools");
        DotNet.Run(folder.Path, "tool", "install", LocalFeed.Tool, "--prerelease", "--tool-path", tools, "--configfile", folder.File("nuget.config"));

        var tool = Path.Combine(tools, OperatingSystem.IsWindows() ? "modality-gap.exe" : "modality-gap");
        var version = Path.GetFileNameWithoutExtension(LocalFeed.Find(LocalFeed.Tool))[(LocalFeed.Tool.Length + 1)..];
        Assert.AreEqual(version, DotNet.RunProgram(tool, folder.Path, "--version").Output.Trim());

        File.WriteAllBytes(folder.File("pair.npy"), CreatePair());
        DotNet.RunProgram(tool, folder.Path, "fit", "--pair", "pair.npy", "--out", "map.zip");
        StringAssert.Contains(DotNet.RunProgram(tool, folder.Path, "info", "map.zip", "--json").Output, "L2Normalize");
        if (OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64)
        {
            Assert.IsLessThan(260, CountCompiledMethods(tool, folder, "fit", "--method", "center", "--pair", "pair.npy", "--out", "center.zip"), "There were 370 before generic code of .NET's own was compiled ahead of time, too, and then 170.");
            Assert.IsLessThan(65, CountCompiledMethods(tool, folder, "info", "center.zip"), "There were 89 before, and then 39.");
        }

        // The native ONNX Runtime has come along.
        File.WriteAllText(folder.File("captions.txt"), "a small red circle\ntwo blue squares\n");
        var model = Path.Combine(DotNet.RepositoryRoot, "samples", "TinyClip", "model");
        StringAssert.Contains(DotNet.RunProgram(tool, folder.Path, "embed", "--model", model, "--texts", "captions.txt", "--out", "captions.npy", "--json").Output, "\"rows\"");
    }

    /// <summary>How many methods a command compiles while it runs, whatever the machine's speed: none is compiled a second time.</summary>
    private static int CountCompiledMethods(string tool, WorkFolder folder, params string[] arguments)
    {
        var count = folder.File("compiled");
        DotNet.RunProgram(tool, folder.Path, [("DOTNET_STARTUP_HOOKS", typeof(StartupHook).Assembly.Location), (StartupHook.File, count), ("DOTNET_TieredCompilation", "0")], arguments);
        return int.Parse(File.ReadAllText(count), CultureInfo.InvariantCulture);
    }

    /// <summary>A .npy file of shape (2, 20, 4).</summary>
    private static byte[] CreatePair()
    {
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 20, 4), }".PadRight(117) + "\n";
        var random = new Random(1);
        var values = Enumerable.Range(0, 2 * 20 * 4).SelectMany(i => BitConverter.GetBytes(random.NextSingle() + (i < 80 ? 1 : -1)));
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header.Select(c => (byte)c), .. values];
    }
}
