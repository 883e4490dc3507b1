using System.Globalization;
using System.Text.Json;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class ClassifyCommandTests
{
    private static readonly string[] _names = ["cat", "dog", "red car"];
    private static readonly float[][] _classes = [[1, 0, 0.1f, 0], [0, 1, 0.1f, 0], [0, 0.1f, 1, 0]];

    [TestMethod]
    public void Json_OfEveryRow_EqualsDirectComputation()
    {
        using var folder = new WorkFolder();
        var (rows, _) = WriteRows(folder);
        var run = ToolRun.Execute([.. Arguments(folder), "--logit-scale", "5", "--top", "2", "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("", run.Error);
        CollectionAssert.AreEqual(_names, run.Json.GetProperty("classes").EnumerateArray().Select(name => name.GetString()).ToArray());
        var predictions = run.Json.GetProperty("predictions").EnumerateArray().ToArray();
        Assert.HasCount(rows.Length, predictions);
        for (var i = 0; i < rows.Length; i++)
        {
            var weights = _classes.Select(row => Math.Exp(5 * Cosine(rows[i], row))).ToArray();
            var best = Enumerable.Range(0, 3).OrderByDescending(c => weights[c]).ToArray();
            Assert.AreEqual(i, predictions[i].GetProperty("row").GetInt32());
            Assert.AreEqual(_names[best[0]], predictions[i].GetProperty("class").GetString());
            Assert.AreEqual(weights[best[0]] / weights.Sum(), predictions[i].GetProperty("probability").GetDouble(), 1e-5);
            Assert.AreEqual(2, predictions[i].GetProperty("top").GetArrayLength());
            Assert.AreEqual(_names[best[1]], predictions[i].GetProperty("top")[1].GetProperty("class").GetString());
        }
    }

    [TestMethod]
    public void Labels_AreMeasuredAndCalibrated()
    {
        using var folder = new WorkFolder();
        var (rows, labels) = WriteRows(folder);
        string[] arguments = [.. Arguments(folder), "--labels", folder.GetPath("labels.txt"), "--json"];
        var plain = ToolRun.Execute(arguments).Json.GetProperty("evaluation");
        var right = rows.Where((row, i) => _names[Enumerable.Range(0, 3).MaxBy(c => Cosine(row, _classes[c]))] == labels[i]).Count();
        Assert.AreEqual((double)right / rows.Length, plain.GetProperty("accuracy").GetDouble(), 1e-12);
        Assert.AreEqual(1, plain.GetProperty("top3Accuracy").GetDouble());
        Assert.AreEqual(rows.Length, plain.GetProperty("confusion").EnumerateArray().Sum(line => line.EnumerateArray().Sum(count => count.GetInt32())));

        var calibrated = ToolRun.Execute([.. arguments, "--calibrate"]).Json;
        Assert.AreEqual(
            plain.GetProperty("negativeLogLikelihood").GetDouble(), calibrated.GetProperty("evaluation").GetProperty("calibration").GetProperty("negativeLogLikelihoodBefore").GetDouble(), 1e-9);
        Assert.IsLessThan(plain.GetProperty("negativeLogLikelihood").GetDouble(), calibrated.GetProperty("evaluation").GetProperty("negativeLogLikelihood").GetDouble());
        Assert.AreNotEqual(100, calibrated.GetProperty("logitScale").GetDouble());
    }

    [TestMethod]
    public void OutAndSave_HoldWhatWasFound()
    {
        using var folder = new WorkFolder();
        var (rows, _) = WriteRows(folder);
        File.WriteAllLines(folder.GetPath("image.items.txt"), rows.Select((_, i) => $"{i}.png"));
        var run = ToolRun.Execute([.. Arguments(folder), "--out", folder.GetPath("found.tsv"), "--save", folder.GetPath("model.zip"), "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);

        var lines = File.ReadAllLines(folder.GetPath("found.tsv"));
        Assert.HasCount(rows.Length, lines);
        var predictions = run.Json.GetProperty("predictions");
        var ml = new MLContext();
        var model = ml.Model.Load(folder.GetPath("model.zip"), out _);
        var definition = SchemaDefinition.Create(typeof(Row));
        definition["Embedding"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 4);
        var engine = ml.Model.CreatePredictionEngine<Row, Prediction>(model, inputSchemaDefinition: definition);
        for (var i = 0; i < lines.Length; i++)
        {
            var cells = lines[i].Split('\t');
            Assert.HasCount(8, cells);
            Assert.AreEqual($"{i}.png", cells[1]);
            Assert.AreEqual($"{i}.png", predictions[i].GetProperty("item").GetString());
            Assert.AreEqual(predictions[i].GetProperty("class").GetString(), cells[2]);
            Assert.AreEqual(predictions[i].GetProperty("probability").GetDouble(), double.Parse(cells[3], CultureInfo.InvariantCulture), 1e-5);
            Assert.AreEqual(cells[2], engine.Predict(new Row { Embedding = rows[i] }).TopLabels[0]);
        }
    }

    [TestMethod]
    public void Map_ClosesTheGapOfBothSides()
    {
        using var folder = new WorkFolder();
        WriteRows(folder);
        var (_, text) = folder.WritePair(rows: 40, dimension: 4);
        folder.WriteNpy("classes.npy", [text[0], text[1], text[2]]);
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        var run = ToolRun.Execute([.. Arguments(folder), "--map", folder.GetPath("map.zip"), "--logit-scale", "3", "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);

        // Row 0 to 2 are the pairs of the classes; with the gap closed each finds its own.
        var found = run.Json.GetProperty("predictions").EnumerateArray().Take(3).Select(entry => entry.GetProperty("class").GetString()).ToArray();
        CollectionAssert.AreEqual(_names, found);
    }

    [TestMethod]
    public void Model_EncodesTheNames()
    {
        using var folder = new WorkFolder();
        using var model = new EmbedFolder();
        WriteRows(folder);
        var arguments = new[] { "classify", "--in", folder.GetPath("image.npy"), "--model", model.Model, "--class", "low", "--class", "lower", "--json" };
        var one = ToolRun.Execute([.. arguments, "--templates", "name"]);
        Assert.AreEqual(0, one.ExitCode, one.Error);
        var many = ToolRun.Execute([.. arguments, "--templates", "photographs"]);
        Assert.AreEqual(0, many.ExitCode, many.Error);
        Assert.AreNotEqual(one.Out, many.Out);

        // The same through files: names embedded by the tool itself.
        File.WriteAllText(model.Texts, "low\nlower\n");
        Assert.AreEqual(0, ToolRun.Execute("embed", "--model", model.Model, "--texts", model.Texts, "--out", folder.GetPath("names.npy")).ExitCode);
        var files = ToolRun.Execute("classify", "--in", folder.GetPath("image.npy"), "--class-embeddings", folder.GetPath("names.npy"), "--classes", model.Texts, "--json");
        Assert.AreEqual(0, files.ExitCode, files.Error);
        CollectionAssert.AreEqual(Probabilities(one.Json), Probabilities(files.Json));

        static string[] Probabilities(JsonElement json) => [.. json.GetProperty("predictions").EnumerateArray().Select(entry => $"{entry.GetProperty("class")} {entry.GetProperty("probability").GetDouble():F5}")];
    }

    [TestMethod]
    public void Tables_OnTerminalAndPiped_NameClassesAndMistakes()
    {
        using var folder = new WorkFolder();
        WriteRows(folder);
        foreach (var onTerminal in new[] { true, false })
        {
            var run = ToolRun.Execute([.. Arguments(folder), "--labels", folder.GetPath("labels.txt"), "--calibrate", "--show", "4"], onTerminal);
            Assert.AreEqual(0, run.ExitCode, run.Error);
            Assert.Contains("red car", run.Out);
            Assert.Contains("Mistaken most", run.Out);
            Assert.Contains("expected calibration error", run.Out);
            Assert.Contains("56 more rows", run.Out);
        }
    }

    [TestMethod]
    public void LabelsAndRepeatedNames_AreTrimmedAndNumbered()
    {
        using var folder = new WorkFolder();
        var (_, labels) = WriteRows(folder);
        string[] arguments = [.. Arguments(folder), "--labels", folder.GetPath("labels.txt"), "--json"];
        var plain = ToolRun.Execute(arguments);
        File.WriteAllLines(folder.GetPath("labels.txt"), labels.Select(label => $" {label}\t "));
        Assert.AreEqual(plain.Out, ToolRun.Execute(arguments).Out);

        string[] crane = ["classify", "--in", folder.GetPath("image.npy"), "--class", "crane", "--class", "crane", "--class", "cat", "--class-embeddings", folder.GetPath("classes.npy")];
        var run = ToolRun.Execute([.. crane, "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        CollectionAssert.AreEqual(new[] { "crane (1)", "crane (2)", "cat" }, run.Json.GetProperty("classes").EnumerateArray().Select(name => name.GetString()).ToArray());
        Assert.Contains("warning: 1 names are those of several classes", run.Error);
        File.WriteAllLines(folder.GetPath("labels.txt"), Enumerable.Repeat("crane", 60));
        run = ToolRun.Execute([.. crane, "--labels", folder.GetPath("labels.txt")]);
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("numbered 'crane (1)' and so on", run.Error);
    }

    [TestMethod]
    public void RowsWithoutADirection_AreWarnedOf()
    {
        using var folder = new WorkFolder();
        WriteRows(folder);
        folder.WriteNpy("image.npy", [[1, 0, 0, 0], [0, 0, 0, 0], [float.NaN, 0, 0, 0]]);
        var run = ToolRun.Execute([.. Arguments(folder), "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("2 of 3 rows", run.Error);
        Assert.AreEqual(JsonValueKind.Null, run.Json.GetProperty("predictions")[1].GetProperty("class").ValueKind);
    }

    [TestMethod]
    public void BadInput_IsOneLineAndExitCode2()
    {
        using var folder = new WorkFolder();
        WriteRows(folder);
        var image = folder.GetPath("image.npy");
        var classes = folder.GetPath("classes.txt");
        var embeddings = folder.GetPath("classes.npy");
        Check("Give the classes", "classify", "--in", image, "--class-embeddings", embeddings);
        Check("Give either --model", "classify", "--in", image, "--classes", classes);
        Check("there are 2 classes", "classify", "--in", image, "--class", "a", "--class", "b", "--class-embeddings", embeddings);
        Check("--calibrate fits to the true classes", [.. Arguments(folder), "--calibrate"]);
        Check("--templates goes with --model", [.. Arguments(folder), "--templates", "photo"]);
        Check("--logit-scale takes a positive", [.. Arguments(folder), "--logit-scale", "-1"]);
        Check("would replace", [.. Arguments(folder), "--out", image]);

        File.WriteAllLines(folder.GetPath("labels.txt"), Enumerable.Repeat("zebra", 60));
        Check("line 1: 'zebra' is none of the 3 classes", [.. Arguments(folder), "--labels", folder.GetPath("labels.txt")]);
        File.WriteAllLines(folder.GetPath("labels.txt"), ["cat"]);
        Check("has 1 lines, but", [.. Arguments(folder), "--labels", folder.GetPath("labels.txt")]);
        folder.WriteNpy("one.npy", [[1, 0, 0, 0]]);
        Check("one class, 'cat'", "classify", "--in", image, "--class", "cat", "--class-embeddings", folder.GetPath("one.npy"));
        folder.WriteNpy("wide.npy", [[1, 0], [0, 1], [1, 1]]);
        Check("2 dimensions", "classify", "--in", image, "--classes", classes, "--class-embeddings", folder.GetPath("wide.npy"));

        static void Check(string message, params string[] arguments)
        {
            var run = ToolRun.Execute(arguments);
            Assert.AreEqual(2, run.ExitCode, run.Error);
            Assert.HasCount(1, run.ErrorLines, run.Error);
            Assert.Contains(message, run.Error);
            Assert.AreEqual("", run.Out);
        }
    }

    private static string[] Arguments(WorkFolder folder) =>
        ["classify", "--in", folder.GetPath("image.npy"), "--classes", folder.GetPath("classes.txt"), "--class-embeddings", folder.GetPath("classes.npy")];

    /// <summary>60 noisy rows of three classes, their labels, and the classes.</summary>
    private static (float[][] Rows, string[] Labels) WriteRows(WorkFolder folder)
    {
        var random = new Random(3);
        var labels = Enumerable.Range(0, 60).Select(_ => random.Next(3)).ToArray();
        float[][] rows = [.. labels.Select(label => _classes[label].Select(value => (float)(2 * (value + 1.1 * random.NextDouble()))).ToArray())];
        folder.WriteNpy("image.npy", rows);
        folder.WriteNpy("classes.npy", _classes);
        File.WriteAllLines(folder.GetPath("classes.txt"), _names);
        File.WriteAllLines(folder.GetPath("labels.txt"), labels.Select(label => _names[label]));
        return (rows, Array.ConvertAll(labels, label => _names[label]));
    }

    private static double Cosine(float[] x, float[] y)
    {
        var dot = x.Zip(y, (a, b) => (double)a * b).Sum();
        return dot / Math.Sqrt(x.Sum(a => (double)a * a) * y.Sum(b => (double)b * b));
    }

    private sealed class Row
    {
        public float[] Embedding { get; set; } = [];
    }

    private sealed class Prediction
    {
        public string[] TopLabels { get; set; } = [];
    }
}
