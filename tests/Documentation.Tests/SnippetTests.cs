namespace Documentation.Tests;

/// <summary>
/// The C# in README, docs/ and the packages' pages compiles and runs: each document's blocks one after the other behind its prelude, which makes what they take as given (Preludes/, of
/// drawn scenes and the small encoder of this repository). A block that cannot be run says in its fence why, and is compiled.
/// </summary>
[TestClass]
[DoNotParallelize]
public class SnippetTests
{
    private static readonly string _root = FindRoot();

    public static IEnumerable<object[]> Documents => Directory.GetFiles(Path.Combine(_root, "docs"), "*.md").Concat(Directory.GetFiles(Path.Combine(_root, "src"), "README.md", SearchOption.AllDirectories))
        .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && !path.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Append(Path.Combine(_root, "README.md"))
        .Where(path => Snippet.Read(File.ReadAllLines(path), path).Count > 0)
        .Select(path => new object[] { Path.GetRelativePath(_root, path).Replace('\\', '/') })
        .OrderBy(row => (string)row[0], StringComparer.Ordinal);

    [TestMethod]
    [DynamicData(nameof(Documents))]
    public async Task Snippets_CompileAndRun(string document)
    {
        var snippets = Snippet.Read(await File.ReadAllLinesAsync(Path.Combine(_root, document)), document);
        var prelude = Path.Combine(AppContext.BaseDirectory, "Preludes", $"{document.Replace('/', '.')[..^3]}.csx");
        Assert.IsTrue(File.Exists(prelude), $"{document} shows C#, so Preludes/{Path.GetFileName(prelude)} has to make what it takes as given.");

        var before = Directory.GetCurrentDirectory();
        using var folder = new Microsoft.ML.ModalityGap.Tests.TemporaryFolder();
        World.WriteModel(folder.File("clip-vit-base-patch32"));
        Directory.SetCurrentDirectory(folder.Path);
        try
        {
            using var script = new SnippetScript("Microsoft.ML", "Microsoft.ML.Data", "Microsoft.ML.ModalityGap", "Documentation.Tests");
            for (var i = 0; i < snippets.Count; i++)
            {
                if (i == 0 || snippets[i].StartsAfresh)
                    AssertNone(await script.RunAsync(await File.ReadAllTextAsync(prelude)), $"the prelude of {document}");
                AssertNone(snippets[i].OnlyCompiled is null ? await script.RunAsync(snippets[i].Code) : script.Compile(snippets[i].Code), $"{document}({snippets[i].Line})");
            }
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    [TestMethod]
    public void Preludes_AllHaveTheirDocument()
    {
        var expected = Documents.Select(row => $"{((string)row[0]).Replace('/', '.')[..^3]}.csx");
        CollectionAssert.AreEquivalent(expected.ToArray(), Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Preludes")).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    [DataRow("var x = 1;\nvar y = x + 1;", "")]
    [DataRow("int x = \"text\";", "line 1")]
    [DataRow("throw new InvalidOperationException(\"boom\");", "boom")]
    [DataRow("using var stream = new MemoryStream();\nstream.WriteByte(1);", "")]
    public async Task Script_OfBrokenCode_SaysSo(string code, string part)
    {
        using var script = new SnippetScript();
        var found = await script.RunAsync(code);
        if (part.Length == 0)
            Assert.AreEqual("", found);
        else
            StringAssert.Contains(found, part);
    }

    [TestMethod]
    public void Read_FenceOfNoFormKnown_IsAnError()
    {
        Assert.HasCount(2, Snippet.Read(["```csharp", "a", "```", "- x", "  ```csharp compiled (asks a service)", "  b", "  ```", "```sh", "c", "```"], "x.md"));
        Assert.IsTrue(Snippet.Read(["", "<!-- afresh -->", "```csharp", "a", "```"], "x.md").Single().StartsAfresh);
        Assert.AreEqual("b", Snippet.Read(["  ```csharp compiled (asks a service)", "  b", "  ```"], "x.md").Single().Code);
        foreach (var info in new[] { "csharp skip", "cs", "C#", "csharp compiled", "csharp compiled ()" })
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => Snippet.Read([$"```{info}", "a", "```"], "x.md")).Message, info);
        Assert.ThrowsExactly<InvalidDataException>(() => Snippet.Read(["```csharp", "a"], "x.md"));
    }

    private static void AssertNone(string failure, string where)
    {
        if (failure.Length > 0)
            Assert.Fail($"{where}: {failure}");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ModalityGap.ML.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("The repository's root was not found above the tests.");
    }
}
