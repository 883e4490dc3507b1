namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>Vectors that are mapped are not mapped again, nor compared with others, unless one insists.</summary>
[TestClass]
public class MappedTwiceTests
{
    [TestMethod]
    public void Transform_OfMappedVectors_IsRefusedAndNamesBothFingerprints()
    {
        using var folder = new WorkFolder();
        var fingerprint = Prepare(folder);
        var before = folder.ListFiles();
        var run = Transform(folder, "closed-text.npy", "twice.npy");
        Assert.AreEqual(2, run.ExitCode);
        Assert.AreEqual("", run.Out);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains("mapped already", run.Error);
        Assert.Contains($"came through the maps {fingerprint}", run.Error);
        Assert.Contains("--remap", run.Error);
        CollectionAssert.AreEqual(before, folder.ListFiles());

        // The maps of another fit are other maps, which were fitted on raw vectors, too.
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--method", "whiten", "--out", folder.GetPath("other.zip")]).ExitCode);
        var other = Fingerprint(folder, "other.zip");
        run = ToolRun.Execute("transform", "--map", folder.GetPath("other.zip"), "--modality", "text", "--in", folder.GetPath("closed-text.npy"), "--out", folder.GetPath("twice.npy"));
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains(fingerprint, run.Error);
        Assert.Contains(other, run.Error);
    }

    [TestMethod]
    public void Transform_WithRemap_MapsAgain()
    {
        using var folder = new WorkFolder();
        Prepare(folder);
        var run = Transform(folder, "closed-text.npy", "twice.npy", "--remap");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var map = ((EmbeddingMapTransformer)new MLContext().Model.Load(folder.GetPath("map.zip"), out _)).GetModality("text").Map;
        var once = WorkFolder.ReadNpy(folder.GetPath("closed-text.npy"));
        CollectionAssert.AreEqual(map.Apply(once[5]), WorkFolder.ReadNpy(folder.GetPath("twice.npy"))[5]);
    }

    [TestMethod]
    public void Map_FittedOnMappedVectors_TakesThose()
    {
        using var folder = new WorkFolder();
        Prepare(folder);
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. Closed(folder), "--method", "truncate", "--keep", "4", "--out", folder.GetPath("second.zip")]).ExitCode);
        var run = ToolRun.Execute("transform", "--map", folder.GetPath("second.zip"), "--modality", "text", "--in", folder.GetPath("closed-text.npy"), "--out", folder.GetPath("short.npy"));
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
    }

    [TestMethod]
    [DataRow("evaluate")]
    [DataRow("report")]
    [DataRow("score")]
    [DataRow("drift")]
    [DataRow("search")]
    public void MapOption_OnMappedVectors_IsRefused(string command)
    {
        using var folder = new WorkFolder();
        Prepare(folder);
        string[] more = command switch
        {
            "report" => ["--out", folder.GetPath("report.html")],
            "search" => ["--queries", folder.GetPath("closed-text.npy"), "--query-modality", "text"],
            _ => [],
        };
        var before = folder.ListFiles();
        var run = ToolRun.Execute([command, .. Closed(folder), "--map", folder.GetPath("map.zip"), .. more]);
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains("mapped already", run.Error);
        CollectionAssert.AreEqual(before, folder.ListFiles());
    }

    [TestMethod]
    [DataRow("evaluate")]
    [DataRow("select")]
    [DataRow("sweep")]
    [DataRow("fit")]
    [DataRow("compare")]
    [DataRow("drift")]
    [DataRow("search")]
    public void OneMappedAndOneRawModality_AreRefused(string command)
    {
        using var folder = new WorkFolder();
        var fingerprint = Prepare(folder);
        var run = Run(folder, command, folder.GetPath("closed-image.npy"), folder.GetPath("text.npy"));
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains($"closed-image.npy' came through the maps {fingerprint}, but nothing tells that those of '{folder.GetPath("text.npy")}' did", run.Error);
    }

    [TestMethod]
    [DataRow("evaluate")]
    [DataRow("select")]
    [DataRow("sweep")]
    [DataRow("fit")]
    [DataRow("compare")]
    [DataRow("search")]
    public void MapsOfTwoModels_AreRefused(string command)
    {
        using var folder = new WorkFolder();
        var fingerprint = Prepare(folder);
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--method", "whiten", "--out", folder.GetPath("other.zip")]).ExitCode);
        Assert.AreEqual(
            0, ToolRun.Execute("transform", "--map", folder.GetPath("other.zip"), "--modality", "text", "--in", folder.GetPath("text.npy"), "--out", folder.GetPath("other-text.npy")).ExitCode);
        var run = Run(folder, command, folder.GetPath("closed-image.npy"), folder.GetPath("other-text.npy"));
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains(fingerprint, run.Error);
        Assert.Contains(Fingerprint(folder, "other.zip"), run.Error);
    }

    [TestMethod]
    public void TransformInfoAndErrors_PrintOneFingerprint()
    {
        using var folder = new WorkFolder();
        var fingerprint = Prepare(folder);
        Assert.AreEqual(0, TransformModality(folder, "image.npy", "again.npy", "image", []).ExitCode);
        Assert.Contains(fingerprint, Transform(folder, "text.npy", "more.npy").Out);
        Assert.Contains(fingerprint, ToolRun.Execute("info", folder.GetPath("map.zip")).Out);
        Assert.Contains(fingerprint, ToolRun.Execute("info", folder.GetPath("closed-text.npy")).Out);
        Assert.Contains(fingerprint, ToolRun.Execute("info", folder.GetPath("closed-image.npy")).Out);
        Assert.Contains(fingerprint, Transform(folder, "closed-text.npy", "twice.npy").Error);
        Assert.AreEqual(1, System.Text.RegularExpressions.Regex.Matches(ToolRun.Execute("info", folder.GetPath("map.zip")).Out, "[0-9a-f]{16}").Select(match => match.Value).Distinct().Count());
    }

    private static string Prepare(WorkFolder folder)
    {
        folder.WritePair();
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        Assert.AreEqual(0, TransformModality(folder, "image.npy", "closed-image.npy", "image", []).ExitCode);
        Assert.AreEqual(0, Transform(folder, "text.npy", "closed-text.npy").ExitCode);
        return Fingerprint(folder, "map.zip");
    }

    private static string Fingerprint(WorkFolder folder, string map) => ((EmbeddingMapTransformer)new MLContext().Model.Load(folder.GetPath(map), out _)).Fingerprint;

    private static string[] Closed(WorkFolder folder) => ["--modality", $"image={folder.GetPath("closed-image.npy")}", "--modality", $"text={folder.GetPath("closed-text.npy")}"];

    private static ToolRun Transform(WorkFolder folder, string source, string target, params string[] more) => TransformModality(folder, source, target, "text", more);

    private static ToolRun TransformModality(WorkFolder folder, string source, string target, string modality, string[] more) => ToolRun.Execute(
        ["transform", "--map", folder.GetPath("map.zip"), "--modality", modality, "--in", folder.GetPath(source), "--out", folder.GetPath(target), .. more]);

    private static ToolRun Run(WorkFolder folder, string command, string image, string text)
    {
        string[] more = command switch
        {
            "fit" => ["--out", folder.GetPath("made.zip")],
            "drift" => ["--map", folder.GetPath("map.zip")],
            "search" => ["--queries", text],
            _ => [],
        };
        return ToolRun.Execute([command, "--modality", $"image={image}", "--modality", $"text={text}", .. more]);
    }
}
