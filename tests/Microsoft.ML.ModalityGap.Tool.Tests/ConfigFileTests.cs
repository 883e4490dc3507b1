namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary><c>modality-gap.json</c> in the folder of a run: exit code, stderr, and the same result as with the options typed.</summary>
[TestClass]
public class ConfigFileTests
{
    [TestMethod]
    public void Modalities_AndMap_NeedNoRepetition()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        Write(folder, """{ "modalities": { "image": "image.npy", "text": "text.npy" }, "map": "map.zip" } // mine""");

        var typed = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip"), "--json"]);
        var configured = Run(folder, "evaluate", "--json");
        Assert.AreEqual(0, configured.ExitCode, configured.Error);
        Assert.AreEqual(typed.Out, configured.Out);
        StringAssert.Contains(configured.ErrorLines[0], $"from {folder.GetPath(ConfigFile.Name)}: --modality image={folder.GetPath("image.npy")}");
        StringAssert.Contains(configured.ErrorLines[0], "--map");
        Assert.AreEqual("", Run(folder, "evaluate", "--json", "--quiet").Error);
    }

    [TestMethod]
    public void CommandLine_Wins()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Write(folder, """{ "modalities": { "image": "image.npy", "text": "text.npy" }, "map": "map.zip" }""");

        // A map is fitted here, so that of the file, which does not even exist, is left out.
        var heldOut = Run(folder, "evaluate", "--holdout", "0.5", "--json");
        Assert.AreEqual(0, heldOut.ExitCode, heldOut.Error);
        Assert.DoesNotContain("--map", heldOut.Error);

        var other = Run(folder, "fit", "--modality", $"image={folder.GetPath("image.npy")}", "--out", folder.GetPath("one.zip"), "--json");
        Assert.AreEqual(0, other.ExitCode, other.Error);
        Assert.AreEqual("", other.Error);

        var ignored = Run(folder, "evaluate", "--no-config");
        Assert.AreEqual(2, ignored.ExitCode);
        StringAssert.Contains(ignored.Error, "Name the modalities");
        Assert.AreEqual(0, Run(folder, "evaluate", "--help").ExitCode);
    }

    [TestMethod]
    public void Transform_NamesAModality_ThatIsNotAFile()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]);
        Write(folder, """{ "modalities": { "image": "image.npy", "text": "text.npy" }, "map": "map.zip" }""");
        var run = Run(folder, "transform", "--modality", "image", "--in", folder.GetPath("image.npy"), "--out", folder.GetPath("closed.npy"));
        Assert.AreEqual(0, run.ExitCode, run.Error);
        CollectionAssert.AreEqual(new[] { "closed.npy", "closed.npy.fingerprint", "image.npy", "map.zip", ConfigFile.Name, "text.npy" }, folder.ListFiles());
    }

    [TestMethod]
    [DataRow("""{ "map": "gone.zip" }""", "key \"map\": '", "gone.zip' does not exist")]
    [DataRow("""{ "modalities": { "image": "gone.npy" } }""", "key \"modalities.image\"", "gone.npy")]
    [DataRow("""{ "modle": "folder" }""", "key \"modle\"", "Did you mean 'model'?")]
    [DataRow("""{ "map": 3 }""", "key \"map\"", "a text is expected, but it is a number")]
    [DataRow("""{ "modalities": ["image.npy"] }""", "key \"modalities\"", "but it is a list")]
    [DataRow("""{ "pair": "image.npy", "modalities": { "image": "image.npy" } }""", "key \"pair\"", "beside \"modalities\"")]
    [DataRow("[]", "holds a list", "an object is expected")]
    [DataRow("{\n \"map\": }", "is no JSON", "line 2")]
    [DataRow("{ \"map\": \"\\udc00\" }", "holds what is no valid text", "UTF-16")]
    [DataRow("{ \"modalities\": { \"\\ud800\": \"image.npy\" } }", "holds what is no valid text", "UTF-16")]
    public void Mistake_NamesFileAndKey(string json, string first, string second)
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Write(folder, json);
        var run = Run(folder, "evaluate", "--quiet");
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines, run.Error);
        StringAssert.Contains(run.Error, ConfigFile.Name);
        StringAssert.Contains(run.Error, first);
        StringAssert.Contains(run.Error, second);
        Assert.AreEqual("", run.Out);
    }

    [TestMethod]
    public void Process_ReadsTheFileOfItsFolder_WithPathsRelativeToIt()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Write(folder, """{ "modalities": { "image": "image.npy", "text": "text.npy" } }""");
        var run = ToolRun.ExecuteProcessIn(folder.GetPath(""), "evaluate", "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual($"modality-gap: from {ConfigFile.Name}: --modality image=image.npy --modality text=text.npy", run.Error.Trim());
        Assert.AreEqual(60, run.Json.GetProperty("count").GetInt32());
    }

    private static void Write(WorkFolder folder, string json) => File.WriteAllText(folder.GetPath(ConfigFile.Name), json);

    private static ToolRun Run(WorkFolder folder, params string[] arguments) => ToolRun.ExecutePiped(Path.TrimEndingDirectorySeparator(folder.GetPath("")), [], out _, arguments);
}
