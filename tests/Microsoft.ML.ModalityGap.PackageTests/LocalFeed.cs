namespace Microsoft.ML.ModalityGap.PackageTests;

/// <summary>A folder with the packages as they are packed from this build, once for all tests.</summary>
internal static class LocalFeed
{
    private static readonly Lazy<string> _folder = new(Pack);

    public static IReadOnlyList<string> Packages { get; } = [.. Libraries, Tool, .. ToolParts];

    /// <summary>The package that people name to install the tool. It says which of its parts is for which machine.</summary>
    public const string Tool = "Microsoft.ML.ModalityGap.Tool";

    /// <summary>What is installed: compiled ahead of time for one kind of machine, or for none.</summary>
    public static IReadOnlyList<string> ToolParts => [Tool + ".linux-x64", Tool + ".any"];

    /// <summary>The packages that are referenced.</summary>
    public static IReadOnlyList<string> Libraries => ["Microsoft.ML.ModalityGap", "Microsoft.ML.ModalityGap.Clip", "Microsoft.ML.ModalityGap.Extensions.AI", "Microsoft.ML.ModalityGap.Formats", "Microsoft.ML.ModalityGap.Orleans", "Microsoft.ML.ModalityGap.USearch", "Microsoft.ML.ModalityGap.VectorData"];

    public static string Folder => _folder.Value;

    /// <summary>The machine's folder of packages.</summary>
    public static string GlobalPackages { get; } = DotNet.Run(DotNet.RepositoryRoot, "nuget", "locals", "global-packages", "--list").Output.Split(": ", 2)[1].Trim();

    /// <summary>The path of a package, or of its symbols.</summary>
    public static string Find(string package, string extension = ".nupkg") =>
        Directory.GetFiles(Folder, $"{package}.*{extension}").Single(path => char.IsAsciiDigit(Path.GetFileName(path)[package.Length + 1]));

    /// <summary>Builds a consumer that gets our packages from here alone, and returns the path of its program.</summary>
    public static string BuildConsumer(string name, string folder)
    {
        var project = Path.Combine(folder, "consumer");
        Directory.CreateDirectory(project);
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Consumers", name)))
            File.Copy(file, Path.Combine(project, Path.GetFileNameWithoutExtension(file)));

        // Packages of its own, so that no other build of ours is taken from the machine's; what both need is found in the machine's.
        DotNet.Run(
            project,
            "build",
            "--nologo",
            $"-p:RestorePackagesPath={Path.Combine(folder, "packages")}",
            $"-p:RestoreFallbackFolders={GlobalPackages}",
            $"-p:RestoreAdditionalProjectSources={Folder}",
            "-o",
            Path.Combine(folder, "bin"));
        Assert.IsFalse(File.ReadAllText(Path.Combine(project, "obj", "project.assets.json")).Contains("mlnet-internals", StringComparison.Ordinal), "The publicised copies must not be packed.");
        return Path.Combine(folder, "bin", "Consumer.dll");
    }

    /// <summary>Deletes the packages again.</summary>
    public static void Delete()
    {
        if (_folder.IsValueCreated)
            Directory.Delete(_folder.Value, recursive: true);
    }

    private static string Pack()
    {
        var feed = Directory.CreateTempSubdirectory("modality-gap-feed-").FullName;
        var properties = $"NoBuild=true;_IsPacking=true;Configuration={DotNet.Configuration};PackageOutputPath={feed}/";
        var all = Path.Combine(feed, "all.proj");

        // As dotnet pack --no-build does, but of all in one process: starting it anew takes longer than to pack.
        File.WriteAllText(all, $"""
            <Project>
              <ItemGroup>
                {string.Concat(Libraries.Append(Tool).Select(package => $"<Package Include=\"{Path.Combine(DotNet.RepositoryRoot, "src", package, package + ".csproj")}\" />"))}
              </ItemGroup>
              <Target Name="Pack">
                <MSBuild Projects="@(Package)" Targets="Pack" Properties="{properties}" BuildInParallel="true" />
              </Target>
            </Project>
            """);
        DotNet.Run(DotNet.RepositoryRoot, "msbuild", all, "-t:Pack", "-m", "-nologo", "-nr:false");
        File.Delete(all);
        return feed;
    }
}
