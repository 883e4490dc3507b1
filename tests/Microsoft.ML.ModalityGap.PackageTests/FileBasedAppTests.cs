namespace Microsoft.ML.ModalityGap.PackageTests;

/// <summary>File-based apps, programs of one file that need only the SDK: a first try with a package, and a notebook's twin in the clone.</summary>
[TestClass]
public class FileBasedAppTests
{
    /// <summary>
    /// Such apps are published ahead of time unless they say otherwise, and then code cannot be made at run time, which ML.NET does; the package, named or behind another one,
    /// switches that off.
    /// </summary>
    [TestMethod]
    [DataRow("Microsoft.ML.ModalityGap")]
    [DataRow("Microsoft.ML.ModalityGap.Extensions.AI")]
    public void App_ThatNamesThePackageAndNothingElse_Runs(string package)
    {
        using var folder = new WorkFolder();
        File.WriteAllText(folder.File("app.cs"), $"""
            #:package {package}@*-*
            #:property RestorePackagesPath={folder.File("packages")}
            #:property RestoreFallbackFolders={LocalFeed.GlobalPackages}
            #:property RestoreAdditionalProjectSources={LocalFeed.Folder}
            {File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Consumers", "FileBased", "app.cs.txt"))}
            """);

        // Images (3, ±1) and texts (±1, 3), normalised: of the first pair, less the means (3, 0)/√10 and (0, 3)/√10, (0, 1) and (1, 0) remain.
        Assert.AreEqual("0.000 1.000 1.000 0.000", Run(folder, "app.cs"));
    }

    [TestMethod]
    public void Twin_OfANotebookInTheClone_PrintsItsTextAndWritesItsPictures()
    {
        using var folder = new WorkFolder();
        var twin = Path.Combine(DotNet.RepositoryRoot, "samples", "Notebooks", "01-what-the-gap-is.cs");
        var pictures = Path.ChangeExtension(twin, null);
        if (Directory.Exists(pictures))
            Directory.Delete(pictures, recursive: true);

        var output = Run(folder, twin);
        StringAssert.Contains(output, "centroid distance");
        StringAssert.Contains(output, "Of the first ten documents, ");
        CollectionAssert.AreEqual(
            new[] { "01-page.html", "02-space.svg", "03-similarities.svg", "04-means.svg" },
            Directory.GetFiles(pictures).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToArray());
        StringAssert.StartsWith(File.ReadAllText(Path.Combine(pictures, "02-space.svg")), "<svg ");
        Directory.Delete(pictures, recursive: true);
    }

    // What is built for files lies in the user's local data; here, in the folder that is deleted.
    private static string Run(WorkFolder folder, string file)
    {
        var data = Directory.CreateDirectory(folder.File("data")).FullName;
        return DotNet.RunProgram("dotnet", folder.Path, [("XDG_DATA_HOME", data)], "run", file).Output.Trim();
    }
}
