using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class ClassifyMultiLabelTests
{
    private static readonly string[] _names = ["cat", "dog", "red"];
    private static readonly float[][] _classes = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
    private static readonly float[][] _rows = [[1, 0, 1], [0, 1, 0.1f], [1, 1, 0], [0.1f, 0.1f, -1]];
    private static readonly string[][] _labels = [["cat", "red"], ["dog"], ["cat", "dog"], []];

    [TestMethod]
    public void Json_ClassesOfEachRow_AreThoseOfTheirCosines()
    {
        using var folder = new WorkFolder();
        string[] arguments = Write(folder);
        var run = ToolRun.Execute([.. arguments, "--threshold", "0.5", "--labels", folder.GetPath("labels.txt"), "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var predictions = run.Json.GetProperty("predictions").EnumerateArray().ToArray();
        for (var i = 0; i < _rows.Length; i++)
        {
            var norm = Math.Sqrt(_rows[i].Sum(value => value * value));
            var expected = Enumerable.Range(0, 3).Where(c => _rows[i][c] / norm >= 0.5).OrderByDescending(c => _rows[i][c]).Select(c => _names[c]).ToArray();
            CollectionAssert.AreEqual(expected, predictions[i].GetProperty("classes").EnumerateArray().Select(entry => entry.GetProperty("class").GetString()).ToArray(), $"row {i}");
            CollectionAssert.AreEqual(_labels[i], predictions[i].GetProperty("trueClasses").EnumerateArray().Select(entry => entry.GetString()).ToArray());
        }

        Assert.AreEqual(1, run.Json.GetProperty("evaluation").GetProperty("exactMatchRatio").GetDouble());
        Assert.AreEqual(1, run.Json.GetProperty("evaluation").GetProperty("microF1").GetDouble());
        Assert.AreEqual(0.5, run.Json.GetProperty("classes")[0].GetProperty("threshold").GetDouble());
    }

    [TestMethod]
    public void OutAndSave_HoldWhatWasFound()
    {
        using var folder = new WorkFolder();
        File.WriteAllLines(folder.GetPath("image.items.txt"), ["a", "b", "c", "d"]);
        File.WriteAllLines(folder.GetPath("thresholds.txt"), ["0.5", "0.5", "0.9"]);
        var run = ToolRun.Execute([.. Write(folder), "--thresholds", folder.GetPath("thresholds.txt"), "--out", folder.GetPath("found.tsv"), "--save", folder.GetPath("model.zip")]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var lines = File.ReadAllLines(folder.GetPath("found.tsv")).Select(line => line.Split('\t')).ToArray();
        CollectionAssert.AreEqual(new[] { "0", "a", "cat" }, lines[0][..3]);
        Assert.HasCount(4, lines[0], "red has a threshold of 0.9");
        Assert.IsGreaterThan(0.5, double.Parse(lines[0][3], CultureInfo.InvariantCulture));
        CollectionAssert.AreEqual(new[] { "3", "d" }, lines[3]);
        StringAssert.Contains(run.Out, "any number a row");
        Assert.AreEqual(ZeroShotMode.MultiLabel, ((ClassifyZeroShotTransformer)new MLContext().Model.Load(folder.GetPath("model.zip"), out _)).Options.Mode);
    }

    [TestMethod]
    public void ChooseThresholds_TellsThemApart()
    {
        using var folder = new WorkFolder();
        var run = ToolRun.Execute([.. Write(folder), "--choose-thresholds", "--labels", folder.GetPath("labels.txt"), "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual(1, run.Json.GetProperty("evaluation").GetProperty("macroF1").GetDouble());
        Assert.AreNotEqual(run.Json.GetProperty("classes")[0].GetProperty("threshold").GetDouble(), run.Json.GetProperty("classes")[2].GetProperty("threshold").GetDouble());
    }

    [TestMethod]
    public void Mistakes_AreOneLine()
    {
        using var folder = new WorkFolder();
        var arguments = Write(folder);
        File.WriteAllLines(folder.GetPath("wrong.txt"), ["cat", "bird", "", ""]);
        File.WriteAllLines(folder.GetPath("two.txt"), ["0.1", "0.2"]);
        foreach (var (options, part) in new (string[], string)[]
        {
            ([], "--multi-label needs one of"),
            (["--threshold", "0.5", "--choose-thresholds"], "--multi-label needs one of"),
            (["--choose-thresholds"], "--labels"),
            (["--thresholds", folder.GetPath("two.txt")], "2 lines"),
            (["--threshold", "0.5", "--labels", folder.GetPath("wrong.txt")], "line 2: 'bird'"),
            (["--threshold", "0.5", "--labels", folder.GetPath("labels.txt"), "--calibrate"], "--calibrate"),
        })
        {
            var before = folder.ListFiles();
            var run = ToolRun.Execute([.. arguments, .. options, "--out", folder.GetPath("out.tsv")]);
            Assert.AreEqual(2, run.ExitCode, run.Error);
            Assert.HasCount(1, run.ErrorLines, run.Error);
            StringAssert.Contains(run.Error, part);
            CollectionAssert.AreEqual(before, folder.ListFiles());
        }

        StringAssert.Contains(ToolRun.Execute([.. arguments.Where(word => word != "--multi-label"), "--threshold", "0.5"]).Error, "go with --multi-label");
    }

    private static string[] Write(WorkFolder folder)
    {
        File.WriteAllLines(folder.GetPath("labels.txt"), _labels.Select(row => string.Join('\t', row)));
        File.WriteAllLines(folder.GetPath("names.txt"), _names);
        return
        [
            "classify", "--in", folder.WriteNpy("image.npy", _rows), "--classes", folder.GetPath("names.txt"), "--class-embeddings", folder.WriteNpy("classes.npy", _classes), "--multi-label",
        ];
    }
}
