namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class MethodsTests
{
    [TestMethod]
    [DataRow("center --strength 0.5", "L2Normalize, Translate(8), L2Normalize")]
    [DataRow("standardize --shrinkage 0.5", "L2Normalize, Translate(8), Scale(8), L2Normalize")]
    [DataRow("whiten --shrinkage oas", "L2Normalize, Translate(8), Project(8×8), L2Normalize")]
    [DataRow("whiten --pca --keep 3", "L2Normalize, Translate(8), Project(3×8), L2Normalize")]
    [DataRow("whiten --groups 2 --shared-covariance", "L2Normalize, Translate(8), Project(8×8), L2Normalize")]
    [DataRow("shift --lambda 0.5 --first-share 1", "L2Normalize, Translate(8), L2Normalize")]
    [DataRow("realign --towards text --no-centroid-step", "L2Normalize, Translate(8), Scale(8), Translate(8), L2Normalize")]
    [DataRow("align --shrinkage 0.9 --whitening 0.9", "L2Normalize, Translate(8), Project(8×8), L2Normalize")]
    [DataRow("align --by cca --shrinkage 0.5 --components 4", "L2Normalize, Translate(8), Project(4×8), L2Normalize")]
    [DataRow("align --towards text --keep-target --shrinkage 0.1", "L2Normalize, Translate(8), Project(8×8), Translate(8), L2Normalize")]
    [DataRow("anchors --anchors 5 --kmeans --center", "L2Normalize, Translate(8), Project(5×8), L2Normalize")]
    [DataRow("truncate --keep 4", "Truncate(4), L2Normalize")]
    [DataRow("neutralize --dimensions-to-clear 2", "L2Normalize, Scale(8), L2Normalize")]
    [DataRow("transport --transport-rows 20 --epsilon 0.1 --shrinkage 0.5", "L2Normalize, Translate(8), Project(8×8), L2Normalize")]
    [DataRow("match --keep 3 --towards text --take-mean", "L2Normalize, Translate(8), Project(8×8), Translate(8), L2Normalize")]
    public void Fit_Method_WritesItsMap(string method, string steps)
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.Execute(["fit", "--method", .. method.Split(' '), .. folder.PairOptions, "--out", folder.GetPath("map.zip"), "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual(steps, string.Join(", ", run.Json.GetProperty("modalities")[0].GetProperty("steps").EnumerateArray().Select(step => step.GetString())));
        Assert.AreEqual(0, ToolRun.Execute(["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip")]).ExitCode);
    }

    [TestMethod]
    [DataRow("truncate", "--keep")]
    [DataRow("whiten --keep 3", "--pca")]
    [DataRow("whiten --shrinkage 1.5", "0 to 1")]
    [DataRow("center --lambda 1", "--method shift")]
    [DataRow("align --by magic", "procrustes")]
    [DataRow("align --keep-target", "--towards")]
    [DataRow("realign --towards sound", "'sound'")]
    [DataRow("transport --towards sound", "'sound'")]
    [DataRow("transport --epsilon 0", "0.001")]
    public void Fit_OptionsThatDoNotFit_AreRefusedInALine(string method, string message)
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.Execute(["fit", "--method", .. method.Split(' '), .. folder.PairOptions, "--out", folder.GetPath("map.zip")]);
        Assert.AreEqual(2, run.ExitCode, run.Error);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains(message, run.Error);
        Assert.IsFalse(File.Exists(folder.GetPath("map.zip")));
    }

    [TestMethod]
    public void Fit_PairedMethodOnFilesOfDifferentLength_IsRefused()
    {
        using var folder = new WorkFolder();
        var (_, text) = folder.WritePair();
        folder.WriteNpy("text.npy", text[..25]);
        var run = ToolRun.Execute(["fit", "--method", "align", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]);
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines);
    }

    [TestMethod]
    public void Select_Pairs_RecommendsAndWritesTheMap()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        string[] arguments = ["select", .. folder.PairOptions, "--repeats", "1", "--allow-loss", "0.5", "--objective", "mixed"];
        var run = ToolRun.Execute([.. arguments, "--out", folder.GetPath("map.zip"), "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var recommended = run.Json.GetProperty("recommended").GetString()!;
        Assert.IsFalse(run.Json.GetProperty("leavesAlone").GetBoolean());
        var candidates = run.Json.GetProperty("candidates").EnumerateArray().ToArray();
        Assert.IsTrue(candidates.Any(candidate => candidate.GetProperty("name").GetString() == recommended));
        Assert.IsGreaterThan(20, candidates.Length);
        Assert.IsNotNull(ModelFile.Load(new MLContext(), folder.GetPath("map.zip")).GetMap("text"));

        var table = ToolRun.Execute(arguments);
        Assert.Contains($"* {recommended}", table.Out);
        Assert.AreEqual(2, ToolRun.Execute([.. arguments[..^1], "all"]).ExitCode);
    }

    [TestMethod]
    public void Drift_OfTheFittedAndOfOtherRows_IsToldApart()
    {
        using var folder = new WorkFolder();
        var (_, text) = folder.WritePair();
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        var same = ToolRun.Execute(["drift", .. folder.PairOptions, "--map", folder.GetPath("map.zip"), "--json"]);
        Assert.AreEqual(0, same.ExitCode, same.Error);
        Assert.IsFalse(same.Json.GetProperty("hasDrifted").GetBoolean());
        Assert.AreEqual(2, same.Json.GetProperty("modalities").GetArrayLength());

        folder.WriteNpy("other.npy", [.. text.Take(40).Select(row => row.Select((x, d) => d == 3 ? x + 3 : x).ToArray())]);
        string[] other = ["drift", "--modality", $"text={folder.GetPath("other.npy")}", "--map", folder.GetPath("map.zip")];
        var moved = ToolRun.Execute([.. other, "--json"]);
        Assert.IsTrue(moved.Json.GetProperty("hasDrifted").GetBoolean());
        Assert.IsGreaterThan(0.1, moved.Json.GetProperty("modalities")[0].GetProperty("excess").GetDouble());
        Assert.Contains("yes", ToolRun.Execute(other).Out);
        Assert.AreEqual(2, ToolRun.Execute("drift", "--modality", $"sound={folder.GetPath("other.npy")}", "--map", folder.GetPath("map.zip")).ExitCode);
    }

    [TestMethod]
    public void Sweep_Lambdas_NarrowTheGap()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.Execute(["sweep", .. folder.PairOptions, "--lambdas", "0,0.5,1", "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var gaps = run.Json.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("gap").GetDouble()).ToArray();
        Assert.IsTrue(gaps[0] > gaps[1] && gaps[1] > gaps[2]);
        Assert.Contains("lambda", ToolRun.Execute(["sweep", .. folder.PairOptions]).Out);
        Assert.AreEqual(2, ToolRun.Execute(["sweep", .. folder.PairOptions, "--lambdas", "0,x"]).ExitCode);
    }

    [TestMethod]
    public void Compare_Pairs_MeasuresMethodsAndSelect()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.Execute(["compare", .. folder.PairOptions, "--splits", "2", "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var methods = run.Json.GetProperty("methods").EnumerateArray().ToDictionary(method => method.GetProperty("name").GetString()!);
        Assert.AreEqual(0, methods["raw"].GetProperty("recallGain").GetProperty("mean").GetDouble());
        Assert.IsLessThan(methods["raw"].GetProperty("gap").GetProperty("mean").GetDouble(), methods["center"].GetProperty("gap").GetProperty("mean").GetDouble());
        Assert.AreEqual(2, methods["select"].GetProperty("chosen").EnumerateObject().Sum(chosen => chosen.Value.GetInt32()));
        // What people read is short; all of it with --all.
        var brief = ToolRun.Execute(["compare", .. folder.PairOptions, "--splits", "2"]).Out;
        Assert.Contains("select took", brief);
        Assert.Contains("more methods were compared; --all prints them", brief);
        Assert.IsLessThan(25, brief.Split('\n').Length);
        var all = ToolRun.Execute(["compare", .. folder.PairOptions, "--splits", "2", "--all"]).Out;
        Assert.DoesNotContain("more methods", all);
        foreach (var name in methods.Keys)
            Assert.Contains(name, all);
    }
}
