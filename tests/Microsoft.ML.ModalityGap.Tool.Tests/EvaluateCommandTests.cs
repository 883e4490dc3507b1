using System.Text.Json;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class EvaluateCommandTests
{
    private static readonly string[] _keys =
    [
        "count", "dimension", "centroidDistance", "severity", "minimumCosineDistance", "meanPairDistance", "meanPairCosine", "relativeModalityGap", "alignment", "uniformity", "linearSeparability", "regressionSeparability", "retrieval",
    ];

    [TestMethod]
    public void Json_HasTheDocumentedKeysAndNoOthers()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--json"]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("", run.Error);
        CheckKeys(run.Json, "image", "text");
    }

    [TestMethod]
    public void Json_OfSyntheticPairs_EqualsDirectComputation()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        var json = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--json"]).Json;

        // Straight from the definitions, in double.
        var (x, y) = (image.Select(Normalize).ToArray(), text.Select(Normalize).ToArray());
        var (meanX, meanY) = (Mean(x), Mean(y));
        Assert.AreEqual(60, json.GetProperty("count").GetInt32());
        Assert.AreEqual(8, json.GetProperty("dimension").GetInt32());
        Assert.AreEqual(Distance(meanX, meanY), json.GetProperty("centroidDistance").GetDouble(), 1e-6);
        Assert.AreEqual(x.Zip(y, Distance).Average(), json.GetProperty("meanPairDistance").GetDouble(), 1e-6);
        Assert.AreEqual(x.Zip(y, Dot).Average(), json.GetProperty("meanPairCosine").GetDouble(), 1e-6);
        Assert.AreEqual(x.Zip(y, (a, b) => Distance(a, b) * Distance(a, b)).Average(), json.GetProperty("alignment").GetDouble(), 1e-6);
        foreach (var k in new[] { 1, 5, 10 })
        {
            Assert.AreEqual(Recall(x, y, k), json.GetProperty("retrieval").GetProperty("image->text").GetProperty($"recall@{k}").GetDouble());
            Assert.AreEqual(Recall(y, x, k), json.GetProperty("retrieval").GetProperty("text->image").GetProperty($"recall@{k}").GetDouble());
        }
    }

    [TestMethod]
    public void Names_AreThoseGiven()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        var pair = folder.WriteNpy("pair.npy", [.. image, .. text], "2, 60, 8");

        CheckKeys(ToolRun.Execute("evaluate", "--pair", pair, "--json").Json, "image", "text");
        CheckKeys(ToolRun.Execute("evaluate", "--pair", pair, "--names", "video, text", "--json").Json, "video", "text");
        CheckKeys(ToolRun.Execute("evaluate", "--modality", $"a={folder.GetPath("image.npy")}", "--modality", $"b={folder.GetPath("text.npy")}", "--json").Json, "a", "b");
    }

    [TestMethod]
    public void Pair_EqualsTwoFiles()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        var pair = folder.WriteNpy("pair.npy", [.. image, .. text], "2, 60, 8");
        Assert.AreEqual(ToolRun.Execute(["evaluate", .. folder.PairOptions, "--json"]).Out, ToolRun.Execute("evaluate", "--pair", pair, "--json").Out);
    }

    [TestMethod]
    public void Map_ClosesTheGap()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        var before = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--json"]).Json.GetProperty("centroidDistance").GetDouble();
        var run = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--map", folder.GetPath("map.zip"), "--json"]);

        CheckKeys(run.Json, "image", "text");
        Assert.IsGreaterThan(0.5, before);
        Assert.IsLessThan(before / 5, run.Json.GetProperty("centroidDistance").GetDouble());
    }

    [TestMethod]
    public void Holdout_ReportsBeforeAndAfterOnTheRowsHeldOut()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        string[] arguments = ["evaluate", .. folder.PairOptions, "--holdout", "0.25", "--seed", "1", "--json"];
        var run = ToolRun.Execute(arguments);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        CollectionAssert.AreEqual(new[] { "before", "after" }, run.Json.EnumerateObject().Select(property => property.Name).ToArray());
        foreach (var part in run.Json.EnumerateObject())
        {
            CheckKeys(part.Value, "image", "text");
            Assert.AreEqual(15, part.Value.GetProperty("count").GetInt32());
        }

        Assert.IsLessThan(
            run.Json.GetProperty("before").GetProperty("centroidDistance").GetDouble(), run.Json.GetProperty("after").GetProperty("centroidDistance").GetDouble());
        Assert.AreEqual(run.Out, ToolRun.Execute(arguments).Out, "The same seed gives the same rows.");
        Assert.AreNotEqual(run.Out, ToolRun.Execute(["evaluate", .. folder.PairOptions, "--holdout", "0.25", "--seed", "2", "--json"]).Out);
    }

    [TestMethod]
    public void Holdout_KeepsPairsTogether()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var file = folder.GetPath("image.npy");
        var json = ToolRun.Execute("evaluate", "--modality", $"a={file}", "--modality", $"b={file}", "--holdout", "0.5", "--json").Json;
        Assert.AreEqual(0, json.GetProperty("before").GetProperty("meanPairDistance").GetDouble(), 1e-6);
        Assert.AreEqual(1, json.GetProperty("after").GetProperty("retrieval").GetProperty("a->b").GetProperty("recall@1").GetDouble());
    }

    [TestMethod]
    public void SkipUnusable_LeavesThePairOutAndWarns()
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair();
        image[17][3] = float.NaN;
        folder.WriteNpy("image.npy", image);
        var run = ToolRun.Execute(["evaluate", .. folder.PairOptions, "--skip-unusable", "--json"]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual(59, run.Json.GetProperty("count").GetInt32());
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains("1 of 60", run.Error);
    }

    [TestMethod]
    public void FewerThanFourPairs_HaveNoSeparability()
    {
        using var folder = new WorkFolder();
        folder.WritePair(rows: 3);
        Assert.AreEqual(JsonValueKind.Null, ToolRun.Execute(["evaluate", .. folder.PairOptions, "--json"]).Json.GetProperty("linearSeparability").ValueKind);
        Assert.AreEqual(0, ToolRun.Execute(["evaluate", .. folder.PairOptions]).ExitCode);
    }

    [TestMethod]
    public void Clip_HasThePublishedGap()
    {
        var clip = SharedData.GetPath("mind-the-gap", "clip.npy");
        using var folder = new WorkFolder();
        var before = ToolRun.Execute("evaluate", "--pair", clip, "--json").Json;
        Assert.AreEqual(0.8514, before.GetProperty("centroidDistance").GetDouble(), 5e-5);
        Assert.AreEqual(0.552, before.GetProperty("retrieval").GetProperty("image->text").GetProperty("recall@1").GetDouble(), 1e-9);

        Assert.AreEqual(0, ToolRun.Execute("fit", "--method", "center", "--pair", clip, "--out", folder.GetPath("map.zip")).ExitCode);
        var after = ToolRun.Execute("evaluate", "--pair", clip, "--map", folder.GetPath("map.zip"), "--json").Json;
        Assert.AreEqual(0.0279, after.GetProperty("centroidDistance").GetDouble(), 5e-5);
        Assert.AreEqual(0.542, after.GetProperty("retrieval").GetProperty("image->text").GetProperty("recall@1").GetDouble(), 1e-9);
    }

    private static void CheckKeys(JsonElement json, string first, string second)
    {
        CollectionAssert.AreEqual(_keys, json.EnumerateObject().Select(property => property.Name).ToArray());
        var retrieval = json.GetProperty("retrieval").EnumerateObject().ToArray();
        CollectionAssert.AreEqual(new[] { $"{first}->{second}", $"{second}->{first}" }, retrieval.Select(property => property.Name).ToArray());
        foreach (var direction in retrieval)
            CollectionAssert.AreEqual(new[] { "recall@1", "recall@5", "recall@10" }, direction.Value.EnumerateObject().Select(property => property.Name).ToArray());
    }

    private static double[] Normalize(float[] row)
    {
        var norm = Math.Sqrt(row.Sum(value => (double)value * value));
        return [.. row.Select(value => value / norm)];
    }

    private static double[] Mean(double[][] rows) => [.. Enumerable.Range(0, rows[0].Length).Select(d => rows.Average(row => row[d]))];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (p, q) => (p - q) * (p - q)).Sum());

    private static double Recall(double[][] queries, double[][] gallery, int k) =>
        (double)queries.Where((query, i) => gallery.Count(candidate => Dot(query, candidate) > Dot(query, gallery[i])) < k).Count() / queries.Length;
}
