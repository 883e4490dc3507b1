using System.Text.Json;

namespace Microsoft.ML.ModalityGap.PackageTests;

/// <summary>What comes along with each package, restored alone. What others made is found in the machine's folder of packages, rather than fetched and unpacked for each of ours.</summary>
[TestClass]
public class ClosureTests
{
    public static IEnumerable<object[]> Libraries => LocalFeed.Libraries.Select(package => new object[] { package });

    [TestMethod]
    [DynamicData(nameof(Libraries))]
    public void Library_RestoredAlone_BringsWhatIsListed(string package)
    {
        using var folder = new WorkFolder();
        var closure = Restore(folder.Path, package);
        var listed = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Closures", package + ".txt")).Where(line => line.Length > 0 && line[0] != '#');
        Assert.AreEqual(string.Join("\n", listed), string.Join("\n", closure.Packages), $"What a project with {package} alone restores; Closures/{package}.txt says what it may be");
    }

    [TestMethod]
    public void Core_RestoredAlone_HasNoNativeFileButThoseOfMLNet()
    {
        using var folder = new WorkFolder();
        var ours = Restore(Path.Combine(folder.Path, "ours"), "Microsoft.ML.ModalityGap");
        var theirs = Restore(Path.Combine(folder.Path, "theirs"), "Microsoft.ML", "[6.0.0,7.0.0)");
        Assert.AreNotEqual(0, theirs.NativeFiles.Count, "ML.NET has native files of its own.");
        Assert.AreEqual("", string.Join(", ", ours.NativeFiles.Except(theirs.NativeFiles)));
    }

    private static Closure Restore(string folder, string package, string version = "*-*")
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "Alone.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><TreatWarningsAsErrors>true</TreatWarningsAsErrors></PropertyGroup>
              <ItemGroup><PackageReference Include="{package}" Version="{version}" /></ItemGroup>
            </Project>
            """);
        DotNet.Run(folder, "restore", $"-p:RestorePackagesPath={Path.Combine(folder, "packages")}", $"-p:RestoreFallbackFolders={LocalFeed.GlobalPackages}", $"-p:RestoreAdditionalProjectSources={LocalFeed.Folder}");
        using var assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "obj", "project.assets.json")));
        var packages = assets.RootElement.GetProperty("targets").GetProperty("net10.0").EnumerateObject().ToArray();
        return new Closure(
            [.. packages.Select(entry => entry.Name.Split('/')[0]).Order(StringComparer.OrdinalIgnoreCase)],
            [.. packages.Where(entry => entry.Value.TryGetProperty("runtimeTargets", out _)).SelectMany(entry => entry.Value.GetProperty("runtimeTargets").EnumerateObject())
                .Where(file => file.Value.GetProperty("assetType").GetString() == "native").Select(file => Path.GetFileName(file.Name)).Distinct().Order(StringComparer.Ordinal)]);
    }

    private sealed record Closure(IReadOnlyList<string> Packages, IReadOnlyList<string> NativeFiles);
}
