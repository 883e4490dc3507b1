namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class CorrectionCommandTests
{
    [TestMethod]
    public void FitCorrection_SearchMap_IsTheLibrarys()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        var map = Fit(folder, "--correction-beta", "7", "--standardize", "all");
        var ml = new MLContext();
        var model = (EmbeddingMapTransformer)ml.Model.Load(map, out _);
        Assert.AreEqual(HubnessCorrection.InvertedSoftmax(7), model.Correction!.Hubness);
        var queries = folder.WriteNpy("queries.npy", [.. text.Take(6)]);
        var run = ToolRun.Execute(["search", .. folder.PairOptions, "--map", map, "--query-modality", "text", "--queries", queries, "--k", "4", "--save-index", folder.GetPath("index.mgix"), "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        foreach (var (found, i) in run.Json.GetProperty("queries").EnumerateArray().Select((found, i) => (found, i)))
        {
            var query = model.GetModality("text").Map.Apply(text[i]);
            var expected = image.Select((row, j) => (Id: $"image:{j}", Score: model.Correction.Score("text", query, "image", model.GetModality("image").Map.Apply(row))))
                .Concat(text.Select((row, j) => (Id: $"text:{j}", Score: model.Correction.Score("text", query, "text", model.GetModality("text").Map.Apply(row)))))
                .OrderByDescending(entry => entry.Score).Take(4).ToArray();
            foreach (var (neighbor, j) in found.GetProperty("neighbors").EnumerateArray().Select((neighbor, j) => (neighbor, j)))
            {
                Assert.AreEqual(expected[j].Score, neighbor.GetProperty("score").GetDouble(), 1e-4);
                Assert.AreEqual(model.Correction.FindCalibration("text")!.GetProbability(neighbor.GetProperty("score").GetDouble()), neighbor.GetProperty("probability").GetDouble(), 1e-4);
            }
        }

        // The saved index has the correction; it wants to know who asks.
        var saved = ToolRun.Execute("search", "--index", folder.GetPath("index.mgix"), "--map", map, "--query-modality", "text", "--queries", queries, "--k", "4", "--json");
        Assert.AreEqual(run.Json.GetProperty("queries").GetRawText(), saved.Json.GetProperty("queries").GetRawText());
        var unknown = ToolRun.Execute("search", "--index", folder.GetPath("index.mgix"), "--queries", queries);
        Assert.AreEqual(2, unknown.ExitCode);
        Assert.Contains("--query-modality", unknown.Error);
        Assert.Contains("correction of similarities", ToolRun.Execute("info", map).Out);
        Assert.AreEqual("InvertedSoftmax(7)", ToolRun.Execute("info", map, "--json").Json.GetProperty("correction").GetProperty("hubness").GetString());
    }

    [TestMethod]
    public void Search_Limits_FindLessOrNothing()
    {
        using var folder = new WorkFolder();
        var (_, text) = folder.WritePair();
        var map = Fit(folder);
        var queries = folder.WriteNpy("queries.npy", [.. text.Take(3)]);
        string[] search = ["search", .. folder.PairOptions, "--map", map, "--query-modality", "text", "--queries", queries, "--filter", "image"];
        var all = ToolRun.Execute([.. search, "--json"]).Json.GetProperty("queries").EnumerateArray().SelectMany(query => query.GetProperty("neighbors").EnumerateArray()).ToArray();
        var some = ToolRun.Execute([.. search, "--min-probability", "0.5", "--json"]).Json.GetProperty("queries").EnumerateArray().SelectMany(query => query.GetProperty("neighbors").EnumerateArray()).ToArray();
        Assert.HasCount(all.Count(neighbor => neighbor.GetProperty("probability").GetDouble() >= 0.5), some);
        var nothing = ToolRun.Execute([.. search, "--min-score", "1000"]);
        Assert.AreEqual(0, nothing.ExitCode, nothing.Error);
        Assert.Contains("nothing matches", nothing.Out);
        foreach (var bad in new[] { new[] { "--min-probability", "1.5" }, ["--no-correction", "--min-probability", "0.5"], ["--metric", "dot"], ["--hubness", "is", "--query-bank", queries] })
        {
            var run = ToolRun.Execute([.. search, .. bad]);
            Assert.AreEqual(2, run.ExitCode, string.Join(' ', bad));
            Assert.HasCount(1, run.ErrorLines);
        }
    }

    [TestMethod]
    public void TransformForStore_GalleryAndQueries_RankAsTheSearch()
    {
        using var folder = new WorkFolder();
        var (_, text) = folder.WritePair();
        var map = Fit(folder);
        Assert.AreEqual(0, ToolRun.Execute("transform", "--map", map, "--modality", "image", "--in", folder.GetPath("image.npy"), "--out", folder.GetPath("store.npy"), "--for-store", "gallery", "--asking", "text").ExitCode);
        Assert.AreEqual(0, ToolRun.Execute("transform", "--map", map, "--modality", "text", "--in", folder.GetPath("text.npy"), "--out", folder.GetPath("asked.npy"), "--for-store", "query", "--asking", "text").ExitCode);
        var (store, asked) = (WorkFolder.ReadNpy(folder.GetPath("store.npy")), WorkFolder.ReadNpy(folder.GetPath("asked.npy")));
        Assert.HasCount(9, store[0]);
        var found = ToolRun.Execute("search", "--modality", $"image={folder.GetPath("image.npy")}", "--map", map, "--query-modality", "text", "--queries", folder.GetPath("text.npy"), "--k", "60", "--json").Json.GetProperty("queries");
        for (var i = 0; i < text.Length; i++)
        {
            var scores = store.Select(row => row.Zip(asked[i], (x, y) => (double)x * y).Sum()).ToArray();
            foreach (var neighbor in found[i].GetProperty("neighbors").EnumerateArray())
            {
                var row = int.Parse(neighbor.GetProperty("id").GetString()!["image:".Length..], System.Globalization.CultureInfo.InvariantCulture);
                Assert.AreEqual(scores[row], neighbor.GetProperty("score").GetDouble(), 1e-4);
            }
        }

        // Gallery and queries belong together, and to nothing else.
        Assert.AreEqual(
            ToolRun.Execute("info", folder.GetPath("store.npy"), "--json").Json.GetProperty("modelFingerprints")[0].GetString(),
            ToolRun.Execute("info", folder.GetPath("asked.npy"), "--json").Json.GetProperty("modelFingerprints")[0].GetString());
        var onnx = ToolRun.Execute("export", "--map", map, "--modality", "image", "--out", folder.GetPath("store.onnx"), "--for-store", "gallery", "--asking", "text");
        Assert.AreEqual(0, onnx.ExitCode, onnx.Error);
        var shared = ToolRun.Execute("transform", "--map", map, "--modality", "image", "--in", folder.GetPath("image.npy"), "--out", folder.GetPath("both.npy"), "--for-store", "gallery");
        Assert.AreEqual(0, shared.ExitCode);
        Assert.Contains("share a scale", shared.Error);
    }

    [TestMethod]
    public void Correction_BadOptions_AreRefused()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        foreach (var bad in new[]
        {
            new[] { "--standardize", "all" }, ["--correction", "dis"], ["--correction", "csls", "--correction-beta", "3"], ["--correction", "is", "--correction-beta", "-1"],
            ["--correction", "is", "--standardize", "most"], ["--correction", "none", "--correction-strength", "2"], ["--correction", "is", "--bank-rows", "0"],
        })
        {
            var run = ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("bad.zip"), .. bad]);
            Assert.AreEqual(2, run.ExitCode, string.Join(' ', bad));
            Assert.HasCount(1, run.ErrorLines, string.Join(' ', bad));
        }

        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("maps.zip")]).ExitCode);
        var alone = ToolRun.Execute("transform", "--map", folder.GetPath("maps.zip"), "--modality", "image", "--in", folder.GetPath("image.npy"), "--out", folder.GetPath("x.npy"), "--for-store", "gallery");
        Assert.AreEqual(2, alone.ExitCode);
        Assert.Contains("--correction", alone.Error);
    }

    private static string Fit(WorkFolder folder, params string[] options)
    {
        var run = ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip"), "--correction", "is", .. options]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        return folder.GetPath("map.zip");
    }
}
