using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NotebookRunner;

namespace Notebooks.Tests;

/// <summary>The notebooks' twins, file-based apps written from the same source. That one runs from the clone with the SDK alone is tested with the packages.</summary>
[TestClass]
public class NotebookAppTests
{
    // What the SDK gives every program.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    public static IEnumerable<object[]> All => NotebookTests.All;

    [TestMethod]
    [DynamicData(nameof(All))]
    public void Twin_AsStored_IsWhatTheNotebookSays(string name)
    {
        var notebook = Read(name);
        Assert.AreEqual(
            NotebookApp.Create(notebook),
            File.ReadAllText(NotebookApp.GetPath(notebook)),
            $"The twin of {name} is stale; run: dotnet run -c Release --project samples/Notebooks/Runner -- apps");
    }

    [TestMethod]
    public void Twins_StandBesideTheirNotebooks_AndNoOthers() => CollectionAssert.AreEquivalent(
        All.Select(name => Path.ChangeExtension((string)name[0], ".cs")).ToArray(), Directory.GetFiles(NotebookFolder.Find(), "*.cs").Select(Path.GetFileName).ToArray());

    /// <summary>Cells share no variable names by accident: a script may declare one again, a program may not.</summary>
    [TestMethod]
    [DynamicData(nameof(All))]
    public void Twin_Compiled_HasNoErrors(string name)
    {
        var notebook = Read(name);
        var packages = new PackageReferences();
        var references = notebook.Cells.Where(cell => cell.IsCode).SelectMany(cell => packages.Resolve(NotebookReferences.Parse(cell.Source))).Distinct();
        var options = new CSharpParseOptions(LanguageVersion.Latest).WithFeatures([KeyValuePair.Create("FileBasedProgram", "true")]);
        var compilation = CSharpCompilation.Create(
            "Twin",
            [CSharpSyntaxTree.ParseText(ImplicitUsings, options), CSharpSyntaxTree.ParseText(File.ReadAllText(NotebookApp.GetPath(notebook)), options)],
            [.. PackageReferences.Framework, .. references.Select(path => MetadataReference.CreateFromFile(path))],
            new CSharpCompilationOptions(OutputKind.ConsoleApplication));
        Assert.IsEmpty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToArray());
    }

    [TestMethod]
    public void Create_OfCells_PutsEverythingWhereAProgramWantsIt()
    {
        var folder = Directory.CreateTempSubdirectory("notebook-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "Drawings"));
        File.WriteAllText(Path.Combine(folder, "Drawings", "Drawings.csproj"), "<Project />");
        var notebook = Write(folder, "# A title", """
            #r "nuget: Some.Package, 1.2.3"
            #r "Drawings/bin/Release/net10.0/Drawings.dll"

            using System.Text;
            public class Thing { public int Size { get; set; } }

            // A comment stays.
            int Double(int x) => 2 * x;
            var thing = new Thing { Size = Double(4) };
            thing.Size
            """);
        var lines = NotebookApp.Create(notebook).Split('\n');
        string[] expected =
        [
            "#:package Some.Package@1.2.3",
            "#:project Drawings/Drawings.csproj",
            "using System.Text;",
            "// # A title",
            "// A comment stays.",
            "int Double(int x) => 2 * x;",
            "var thing = new Thing { Size = Double(4) };",
            "display(thing.Size);",
            "public class Thing { public int Size { get; set; } }",
            "static class Notebook",
        ];
        CollectionAssert.AreEqual(expected, lines.Where(expected.Contains).ToArray());
        Assert.DoesNotContain("#r", string.Concat(lines));
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    public void Create_OfWhatCannotBeAProgram_SaysWhy()
    {
        var folder = Directory.CreateTempSubdirectory("notebook-").FullName;
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => NotebookApp.Create(Write(folder, "# t", "#r \"x/bin/No.dll\""))).Message, "x/No.csproj");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => NotebookApp.Create(Write(folder, "# t", "int y = ;"))).Message, "CS1525");
        Directory.Delete(folder, recursive: true);
    }

    private static Notebook Read(string name) => Notebook.Read(Path.Combine(NotebookFolder.Find(), name));

    private static Notebook Write(string folder, string text, string code)
    {
        var path = Path.Combine(folder, "n.ipynb");
        var cells = new[] { ("markdown", text), ("code", code) }.Select(cell => new { cell_type = cell.Item1, metadata = new { }, source = cell.Item2 });
        File.WriteAllText(path, System.Text.Json.JsonSerializer.Serialize(new { cells, nbformat = 4 }));
        return Notebook.Read(path);
    }
}
