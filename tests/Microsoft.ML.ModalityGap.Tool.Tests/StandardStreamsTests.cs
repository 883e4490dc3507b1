using System.Text;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary><c>-</c> as a file: exit code, what goes out, stderr, and no file left.</summary>
[TestClass]
public class StandardStreamsTests
{
    [TestMethod]
    public void Transform_FromPipeToPipe_EqualsFiles()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]);
        string[] options = ["transform", "--map", folder.GetPath("map.zip"), "--modality", "image"];
        ToolRun.Execute([.. options, "--in", folder.GetPath("image.npy"), "--out", folder.GetPath("closed.npy")]);
        foreach (var pipe in new[] { ["--in", "-", "--out", "-"], new[] { "--in=-", "--out=-" } })
        {
            var run = ToolRun.ExecutePiped(null, File.ReadAllBytes(folder.GetPath("image.npy")), out var piped, [.. options, .. pipe]);
            Assert.AreEqual(0, run.ExitCode, run.Error);
            Assert.AreEqual("", run.Out);
            Assert.AreEqual("", run.Error);
            CollectionAssert.AreEqual(File.ReadAllBytes(folder.GetPath("closed.npy")), piped);
        }

        CollectionAssert.AreEqual(new[] { "closed.npy", "closed.npy.fingerprint", "image.npy", "map.zip", "text.npy" }, folder.ListFiles());
        Assert.IsFalse(File.Exists("-"));
    }

    [TestMethod]
    public void Transform_OfAPipeThatCannotBeUsed_PipesNothingAndSaysWhere()
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair();
        ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]);
        image[3][2] = float.NaN;
        var broken = File.ReadAllBytes(folder.WriteNpy("broken.npy", image));
        var run = ToolRun.ExecutePiped(null, broken, out var piped, "transform", "--map", folder.GetPath("map.zip"), "--modality", "image", "--in", "-", "--out", "-");
        Assert.AreEqual(2, run.ExitCode);
        Assert.IsEmpty(piped);
        StringAssert.StartsWith(run.Error, "modality-gap: '-', row 3 cannot be mapped");
        Assert.HasCount(1, run.ErrorLines);
    }

    [TestMethod]
    public void Search_QueriesFromAPipe_HitsToAPipe()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        string[] options = ["search", "--modality", $"image={folder.GetPath("image.npy")}", "--k", "2"];
        ToolRun.Execute([.. options, "--queries", folder.GetPath("text.npy"), "--out", folder.GetPath("hits.tsv")]);
        ToolRun.Execute([.. options, "--queries", folder.GetPath("text.npy"), "--out", folder.GetPath("hits.jsonl")]);
        var queries = File.ReadAllBytes(folder.GetPath("text.npy"));
        var tabs = ToolRun.ExecutePiped(null, queries, out var piped, [.. options, "--queries", "-", "--out", "-"]);
        Assert.AreEqual(0, tabs.ExitCode, tabs.Error);
        Assert.AreEqual(File.ReadAllText(folder.GetPath("hits.tsv")), Encoding.UTF8.GetString(piped));
        ToolRun.ExecutePiped(null, queries, out piped, [.. options, "--queries", "-", "--out", "-", "--json"]);
        Assert.AreEqual(File.ReadAllText(folder.GetPath("hits.jsonl")), Encoding.UTF8.GetString(piped));
    }

    [TestMethod]
    public void Evaluate_OneModalityFromAPipe_EqualsItsFile()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var expected = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--json"]);
        var run = ToolRun.ExecutePiped(
            null, File.ReadAllBytes(folder.GetPath("text.npy")), out _, "evaluate", "--modality", $"image={folder.GetPath("image.npy")}", "--modality", "text=-", "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual(expected.Out, run.Out);
    }

    [TestMethod]
    public void Embed_TextsAndPathsFromAPipe_EqualFiles()
    {
        using var folder = new WorkFolder();
        var model = TinyClip.TinyClipModel.FindFolder();
        File.WriteAllText(folder.GetPath("texts.txt"), "a red star\na blue circle\n");
        ToolRun.Execute("embed", "--model", model, "--texts", folder.GetPath("texts.txt"), "--out", folder.GetPath("texts.npy"));
        var run = ToolRun.ExecutePiped(null, Encoding.UTF8.GetBytes("a red star\na blue circle\n"), out var piped, "embed", "--model", model, "--texts", "-", "--out", "-");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("", run.Out + run.Error);
        CollectionAssert.AreEqual(File.ReadAllBytes(folder.GetPath("texts.npy")), piped);

        var scene = TinyClip.SceneDataset.Create(TinyClip.SceneSplit.Test, 1, seed: 1)[0];
        File.WriteAllBytes(folder.GetPath("a.png"), scene.RenderPng(64));
        File.WriteAllText(folder.GetPath("list.txt"), "a.png\n");
        ToolRun.Execute("embed", "--model", model, "--images", folder.GetPath("list.txt"), "--out", folder.GetPath("list.npy"));
        run = ToolRun.ExecutePiped(folder.GetPath(""), "a.png\n"u8.ToArray(), out piped, "embed", "--model", model, "--images", "-", "--out", "-");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        CollectionAssert.AreEqual(File.ReadAllBytes(folder.GetPath("list.npy")), piped);
    }

    [TestMethod]
    [DataRow("one stream", "search", "--modality", "image=-", "--queries", "-")]
    [DataRow("fit cannot write to standard output", "fit", "--pair", "x.npy", "--out", "-")]
    [DataRow("--json prints", "transform", "--map", "m.zip", "--modality", "a", "--in", "x.npy", "--out", "-", "--json")]
    [DataRow("'-' holds no .npy", "evaluate", "--pair", "-")]
    public void Dash_WhereItMakesNoSense_IsRefused(string part, params string[] arguments)
    {
        var run = ToolRun.ExecutePiped(null, "no numbers"u8.ToArray(), out var piped, arguments);
        Assert.AreEqual(2, run.ExitCode, run.Error);
        Assert.HasCount(1, run.ErrorLines, run.Error);
        if (part != "one stream")
            StringAssert.Contains(run.Error, part == "'-' holds no .npy" ? "'-'" : part);
        else
            StringAssert.Contains(run.Error, "given for two");
        Assert.IsEmpty(piped);
    }

    [TestMethod]
    public void Dash_AsAText_IsAText()
    {
        using var folder = new WorkFolder();
        var run = ToolRun.Execute("embed", "--model", TinyClip.TinyClipModel.FindFolder(), "--text", "-", "--out", folder.GetPath("x.npy"), "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("-\n", File.ReadAllText(folder.GetPath("x.items.txt")));
    }
}
