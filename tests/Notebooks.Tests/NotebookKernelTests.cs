using NotebookRunner;

namespace Notebooks.Tests;

/// <summary>That the runner finds out what it is there to find out.</summary>
[TestClass]
[DoNotParallelize] // the kernel takes over the console and the current folder
public class NotebookKernelTests
{
    [TestMethod]
    public async Task Run_CellsInOrder_ShareVariablesAndShowWhatTheySay()
    {
        using var kernel = new NotebookKernel();
        Assert.IsNull((await kernel.RunAsync("var x = 20;", 1).ConfigureAwait(false)).Error);
        var result = await kernel.RunAsync("Console.WriteLine(x);\nConsole.Write(\"!\");\ndisplay(HTML(\"<b>bold</b>\"));\n$\"{x + 1}\"", 2).ConfigureAwait(false);
        Assert.IsNull(result.Error);
        CollectionAssert.AreEqual(
            new[] { "stream", "display_data: text/html", "execute_result: text/plain" }, result.Outputs.Select(NotebookCell.DescribeKind).ToArray());
        Assert.AreEqual("20\n!", NotebookCell.Join(result.Outputs[0]["text"]!));
        Assert.AreEqual("21", NotebookCell.Join(result.Outputs[2]["data"]!["text/plain"]!));
        Assert.AreEqual(2, result.Outputs[2]["execution_count"]!.GetValue<int>());
    }

    [TestMethod]
    public async Task Run_CellThatFails_SaysWhy()
    {
        (string Code, string Reason)[] cells =
        [
            ("throw new InvalidOperationException(\"broken\");", "broken"),
            ("int y = ;", "CS1525"),
            ("#r \"nuget: No.Such.Package\"", "No.Such.Package"),
            ("#r \"nuget: Microsoft.ML.ModalityGap, 99.0.0\"", "99.0.0"),
            ("#r \"../nowhere/no.dll\"", "no.dll"),
        ];
        using var kernel = new NotebookKernel();
        foreach (var (code, reason) in cells)
        {
            var result = await kernel.RunAsync(code, 1).ConfigureAwait(false);
            Assert.IsNotNull(result.Error, code);
            Assert.Contains(reason, result.Error);
        }
    }

    [TestMethod]
    public async Task Execute_CheckThatDoesNotHold_FailsAndLeavesTheFile()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("notebook-").FullName, "n.ipynb");
        const string Json = """
            {"cells":[{"cell_type":"code","execution_count":null,"metadata":{"tags":["check"]},"outputs":[],"source":["if (1 + 1 != 3) throw new Exception(\"two is not three\");"]}],"metadata":{},"nbformat":4,"nbformat_minor":5}
            """;
        File.WriteAllText(path, Json);
        var folder = Directory.GetCurrentDirectory();
        var exception = await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => NotebookRun.ExecuteAsync(Notebook.Read(path))).ConfigureAwait(false);
        Assert.Contains("two is not three", exception.Message);
        Assert.Contains("check 1", exception.Message);
        Assert.AreEqual(Json, File.ReadAllText(path));
        Assert.AreEqual(folder, Directory.GetCurrentDirectory());
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [TestMethod]
    public void Read_NoNotebook_SaysSo()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "{\"nbformat\":3}");
        Assert.ThrowsExactly<InvalidDataException>(() => Notebook.Read(path));
        File.WriteAllText(path, "no");
        Assert.ThrowsExactly<InvalidDataException>(() => Notebook.Read(path));
        File.Delete(path);
    }
}
