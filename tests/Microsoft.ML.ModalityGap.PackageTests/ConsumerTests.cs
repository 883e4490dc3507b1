namespace Microsoft.ML.ModalityGap.PackageTests;

/// <summary>Proves the package from outside: a project that references only the packed .nupkg.</summary>
[TestClass]
public class ConsumerTests
{
    [TestMethod]
    public void Package_ModelSavedInOneProcess_LoadsAndPredictsInAnother()
    {
        var folder = Directory.CreateTempSubdirectory("modality-gap-consumer-").FullName;
        try
        {
            var feed = Path.Combine(folder, "feed");
            DotNet.Run(
                DotNet.RepositoryRoot, "pack", "src/Microsoft.ML.ModalityGap", "--no-build", "-c", DotNet.Configuration, "-o", feed, "-p:IncludeSymbols=false");
            Assert.HasCount(1, Directory.GetFiles(feed, "*.nupkg"));

            var project = Path.Combine(folder, "consumer");
            Directory.CreateDirectory(project);
            var source = Path.Combine(AppContext.BaseDirectory, "Consumer");
            foreach (var file in Directory.GetFiles(source))
                File.Copy(file, Path.Combine(project, Path.GetFileNameWithoutExtension(file)));

            // Packages of its own, so that no other build of ours is taken from the machine's; what both need is found in the machine's.
            DotNet.Run(
                project,
                "build",
                "--nologo",
                $"-p:RestorePackagesPath={Path.Combine(folder, "packages")}",
                $"-p:RestoreFallbackFolders={GetGlobalPackages()}",
                $"-p:RestoreAdditionalProjectSources={feed}",
                "-o",
                Path.Combine(folder, "bin"));
            Assert.IsFalse(File.ReadAllText(Path.Combine(project, "obj", "project.assets.json")).Contains("mlnet-internals", StringComparison.Ordinal), "The publicised copies must not be packed.");

            var program = Path.Combine(folder, "bin", "Consumer.dll");
            var model = Path.Combine(folder, "model.zip");
            var saved = DotNet.Run(folder, program, "save", model);
            var loaded = DotNet.Run(folder, program, "load", model);
            Assert.HasCount(8, saved.Output.Split(' '));
            Assert.AreEqual(saved.Output, loaded.Output);
            StringAssert.Contains(loaded.Error, "Image: 4 → 4: L2Normalize, Translate(4), L2Normalize");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string GetGlobalPackages() =>
        DotNet.Run(DotNet.RepositoryRoot, "nuget", "locals", "global-packages", "--list").Output.Split(": ", 2)[1].Trim();
}
