using System.Text.RegularExpressions;
using NotebookRunner;

namespace Notebooks.Tests;

/// <summary>Every notebook of <c>samples/Notebooks</c>, run from its first cell to its last.</summary>
[TestClass]
[DoNotParallelize] // the kernel takes over the console and the current folder
public partial class NotebookTests
{
    public static IEnumerable<object[]> All => Directory.GetFiles(NotebookFolder.Find(), "*.ipynb").Order(StringComparer.Ordinal).Select(path => new object[] { Path.GetFileName(path) });

    [TestMethod]
    [DynamicData(nameof(All))]
    public async Task Notebook_RunFromTheFirstCell_PassesItsChecksAndPutsOutWhatIsStored(string name)
    {
        var (stored, fresh) = (Read(name), Read(name));
        await NotebookRun.ExecuteAsync(fresh).ConfigureAwait(false);
        foreach (var (before, now) in stored.Cells.Zip(fresh.Cells).Where(pair => pair.First.IsCode))
        {
            // The numbers may move with the model's next training; what kind of thing is shown may not.
            var expected = string.Join("; ", before.Outputs.Select(NotebookCell.DescribeKind));
            var actual = string.Join("; ", now.Outputs.Select(NotebookCell.DescribeKind));
            Assert.AreEqual(expected, actual, $"{name}: the stored outputs are stale; run samples/Notebooks/Runner. The cell: {before.Source}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(All))]
    public void Notebook_AsStored_ReadsWellOnTheWeb(string name)
    {
        var notebook = Read(name);
        var text = File.ReadAllText(notebook.Path);
        Assert.IsLessThan(1_500_000, text.Length, "A page of the web should not be larger.");
        Assert.IsFalse(notebook.Cells[0].IsCode);
        Assert.StartsWith("# ", notebook.Cells[0].Source);
        Assert.Contains("#r \"nuget: Microsoft.ML.ModalityGap", notebook.Cells.First(cell => cell.IsCode).Source);
        Assert.IsTrue(notebook.Cells.Any(cell => cell.IsCheck), "A notebook checks what it tells.");
        foreach (var check in notebook.Cells.Where(cell => cell.IsCheck))
        {
            Assert.IsTrue(check.IsHidden);
            Assert.IsEmpty(check.Outputs);
        }

        Assert.IsTrue(notebook.Cells.SelectMany(cell => cell.Outputs).Any(output => NotebookCell.DescribeKind(output).Contains("image/svg+xml", StringComparison.Ordinal)), "It tells its story with a figure.");
        Assert.IsFalse(notebook.Cells.SelectMany(cell => cell.Outputs).Any(output => NotebookCell.DescribeKind(output) == "error"));
        Assert.DoesNotMatchRegex(MachinePath(), text);
        Assert.DoesNotContain(Path.GetDirectoryName(Path.GetDirectoryName(NotebookFolder.Find()))! + Path.DirectorySeparatorChar, text, "It names the folder it was run in.");
    }

    [TestMethod]
    public void Pictures_OfTheDocumentation_AreThoseOfTheNotebooks()
    {
        var pictures = All.SelectMany(name => Pictures.Find(Read((string)name[0]))).ToDictionary(picture => picture.Path, picture => picture.Svg);
        CollectionAssert.AreEquivalent(pictures.Keys.ToArray(), Directory.GetFiles(Pictures.Folder, "*.svg"));
        foreach (var (path, svg) in pictures)
            Assert.AreEqual(svg, File.ReadAllText(path), $"'{path}' is not what its notebook shows; run samples/Notebooks/Runner.");
    }

    private static Notebook Read(string name) => Notebook.Read(Path.Combine(NotebookFolder.Find(), name));

    [GeneratedRegex("""(/home/|/root/|/tmp/|C:\\\\)""")]
    private static partial Regex MachinePath();
}
