namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class ClusterCommandTests
{
    [TestMethod]
    public void Cluster_AcrossAnOpenGap_FollowsTheModality_BehindMapsTheLabels()
    {
        using var folder = new WorkFolder();
        var labels = WriteGroups(folder);
        var raw = ToolRun.Execute(["cluster", .. folder.PairOptions, "--labels", labels, "--json"]);
        Assert.AreEqual(0, raw.ExitCode, raw.Error);
        Assert.AreEqual(1, raw.Json.GetProperty("modalities").GetProperty("homogeneity").GetDouble(), 1e-9);
        Assert.AreEqual(0, raw.Json.GetProperty("rowAgreement").GetDouble());
        Assert.AreEqual(80, raw.Json.GetProperty("vectors").GetInt32());

        ToolRun.Execute(["fit", .. folder.PairOptions, "--method", "center", "--out", folder.GetPath("map.zip")]);
        var closed = ToolRun.Execute(["cluster", .. folder.PairOptions, "--labels", labels, "--map", folder.GetPath("map.zip"), "--out", folder.GetPath("found.tsv"), "--json"]);
        Assert.AreEqual(0, closed.ExitCode, closed.Error);
        StringAssert.Contains(closed.Error, "the rows it was fitted on");
        Assert.AreEqual(1, closed.Json.GetProperty("labels").GetProperty("adjustedRandIndex").GetDouble(), 1e-9);
        Assert.AreEqual(0, closed.Json.GetProperty("modalities").GetProperty("homogeneity").GetDouble(), 1e-9);
        Assert.AreEqual(1, closed.Json.GetProperty("rowAgreement").GetDouble());

        // The file: every row of the first modality, then of the second; two groups, told apart.
        var lines = File.ReadAllLines(folder.GetPath("found.tsv")).Select(line => line.Split('\t')).ToArray();
        Assert.HasCount(80, lines);
        Assert.AreEqual("image", lines[39][0]);
        Assert.AreEqual("text", lines[40][0]);
        Assert.AreEqual("0", lines[40][1]);
        Assert.AreEqual("39.png", lines[39][2]);
        Assert.AreEqual("", lines[40][2], "nobody said what the texts are");
        Assert.AreEqual(lines[0][3], lines[42][3]);
        Assert.AreNotEqual(lines[0][3], lines[1][3]);
    }

    [TestMethod]
    public void Cluster_Table_AndWithoutLabels()
    {
        using var folder = new WorkFolder();
        WriteGroups(folder);
        var run = ToolRun.Execute(["cluster", .. folder.PairOptions, "--clusters", "3"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.Contains(run.Out, "3 clusters of 80 rows");
        StringAssert.Contains(run.Out, "V-measure");
        Assert.AreEqual("", run.Error);
    }

    [TestMethod]
    public void Cluster_Mistakes_AreOneLine()
    {
        using var folder = new WorkFolder();
        WriteGroups(folder);
        File.WriteAllText(folder.GetPath("few.txt"), "a\nb\n");
        foreach (var (arguments, part) in new (string[], string)[]
        {
            ([], "--clusters"),
            (["--clusters", "0"], "from 1"),
            (["--clusters", "500"], "500"),
            (["--labels", folder.GetPath("few.txt")], "2 lines"),
            (["--clusters", "2", "--out", folder.GetPath("image.npy")], "reads or writes"),
        })
        {
            var before = folder.ListFiles();
            var run = ToolRun.Execute(["cluster", .. folder.PairOptions, .. arguments]);
            Assert.AreEqual(2, run.ExitCode, run.Error);
            Assert.HasCount(1, run.ErrorLines, run.Error);
            StringAssert.Contains(run.Error, part);
            CollectionAssert.AreEqual(before, folder.ListFiles());
        }
    }

    /// <summary>Two groups, which lie further apart between the modalities than within.</summary>
    private static string WriteGroups(WorkFolder folder)
    {
        var random = new Random(5);
        float[] Row(int i, float gap) => [gap, i % 2 == 0 ? 1 : -1, 0.1f * random.NextSingle(), 0.1f * random.NextSingle()];
        folder.WriteNpy("image.npy", [.. Enumerable.Range(0, 40).Select(i => Row(i, 4))]);
        folder.WriteNpy("text.npy", [.. Enumerable.Range(0, 40).Select(i => Row(i, -4))]);
        File.WriteAllLines(folder.GetPath("image.items.txt"), Enumerable.Range(0, 40).Select(i => $"{i}.png"));
        var labels = folder.GetPath("labels.txt");
        File.WriteAllLines(labels, Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? "up" : "down"));
        return labels;
    }
}
