namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary><c>compare</c>, <c>select</c> and <c>evaluate --mixed</c> with several texts an image.</summary>
[TestClass]
public class CompareCommandTests
{
    [TestMethod]
    public void Compare_Pairs_ReportsMethodsWithCorrectionsAndShares()
    {
        using var folder = new WorkFolder();
        folder.WritePair(rows: 80);
        var json = ToolRun.Execute(["compare", .. folder.PairOptions, "--splits", "2", "--json"]).Json;
        var methods = json.GetProperty("methods").EnumerateArray().ToDictionary(method => method.GetProperty("name").GetString()!);
        foreach (var name in new[] { "raw", "center", "whiten 0.95", "whiten 0.95 + align 0.9", "whiten 0.95 + align 0.9 + standardize", "whiten 0.95 + align 0.9 + inverted-softmax 10 + standardize", "select", "select retrieval" })
        {
            Assert.IsInRange(0, 1, methods[name].GetProperty("otherShare").GetProperty("mean").GetDouble(), name);
            Assert.IsFalse(methods[name].TryGetProperty("twoSided", out _), name);
        }

        var chosen = methods["select"].GetProperty("chosen").EnumerateObject().ToArray();
        Assert.AreEqual(2, chosen.Sum(entry => entry.Value.GetInt32()));
        Assert.IsTrue(chosen.All(entry => methods.ContainsKey(entry.Name)));
    }

    [TestMethod]
    public void CompareSelectAndEvaluate_Ids_ReportTwoSidedGalleries()
    {
        using var folder = new WorkFolder();
        var options = WriteItems(folder, items: 50, textsPerItem: 3);
        var compared = ToolRun.Execute(["compare", .. options, "--splits", "2", "--json"]).Json;
        foreach (var method in compared.GetProperty("methods").EnumerateArray())
        {
            foreach (var measure in new[] { "ndcg@10", "recall@1", "imageShare" })
                Assert.IsInRange(0, 1, method.GetProperty("twoSided").GetProperty(measure).GetProperty("mean").GetDouble());
        }

        var map = folder.GetPath("map.zip");
        var selected = ToolRun.Execute(["select", .. options, "--repeats", "1", "--out", map, "--json"]);
        Assert.AreEqual(0, selected.ExitCode, selected.Error);
        Assert.AreEqual(50, selected.Json.GetProperty("count").GetInt32());
        Assert.IsInRange(0, 1, selected.Json.GetProperty("confidence").GetDouble());
        Assert.IsTrue(File.Exists(map));

        var (raw, mapped) = (ToolRun.Execute(["evaluate", "--mixed", .. options, "--json"]).Json, ToolRun.Execute(["evaluate", "--mixed", .. options, "--map", map, "--json"]).Json);
        double Share(System.Text.Json.JsonElement json) => json.GetProperty("modalities").GetProperty("image").GetProperty("topShare").GetDouble();
        Assert.IsLessThan(Share(mapped), Share(raw));
        Assert.IsGreaterThan(raw.GetProperty("ndcg").GetDouble(), mapped.GetProperty("ndcg").GetDouble());
    }

    private static string[] WriteItems(WorkFolder folder, int items, int textsPerItem)
    {
        var (image, text) = folder.WritePair(items);
        var random = new Random(5);
        float[][] texts = [.. text.SelectMany(row => Enumerable.Range(0, textsPerItem).Select(_ => row.Select(x => (float)(x + 0.1 * random.NextDouble())).ToArray()))];
        folder.WriteNpy("text.npy", texts);
        File.WriteAllLines(folder.GetPath("image.txt"), Enumerable.Range(0, items).Select(item => $"photo {item}"));
        File.WriteAllLines(folder.GetPath("text.txt"), Enumerable.Range(0, texts.Length).Select(row => $"photo {row / textsPerItem}"));
        return [.. folder.PairOptions, "--ids", $"image={folder.GetPath("image.txt")}", "--ids", $"text={folder.GetPath("text.txt")}"];
    }
}
