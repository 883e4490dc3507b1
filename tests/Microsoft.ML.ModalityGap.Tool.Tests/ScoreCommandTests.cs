using System.Globalization;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class ScoreCommandTests
{
    [TestMethod]
    public void Json_OfSyntheticPairs_EqualsDirectComputation()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        var references = text.Select(row => row.Select((value, d) => value + (d % 2 == 0 ? 0.3f : -0.2f)).ToArray()).ToArray();
        folder.WriteNpy("ref.npy", references);
        var run = ToolRun.Execute(["score", .. folder.PairOptions, "--reference", folder.GetPath("ref.npy"), "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var raw = run.Json.GetProperty("raw");
        var cosines = image.Zip(text, Cosine).ToArray();
        var scores = Array.ConvertAll(cosines, cosine => 2.5 * Math.Max(cosine, 0));
        var withReferences = scores.Select((score, i) => Math.Max(Cosine(text[i], references[i]), 0) is var r && score + r > 0 ? 2 * score * r / (score + r) : 0);
        Assert.AreEqual(60, raw.GetProperty("count").GetInt32());
        Assert.AreEqual(scores.Average(), raw.GetProperty("mean").GetDouble(), 1e-6);
        Assert.AreEqual(cosines.Average(), raw.GetProperty("meanCosine").GetDouble(), 1e-6);
        Assert.AreEqual(scores.Min(), raw.GetProperty("minimum").GetDouble(), 1e-6);
        Assert.AreEqual(withReferences.Average(), raw.GetProperty("referenceMean").GetDouble(), 1e-6);

        var torchMetrics = ToolRun.Execute(["score", .. folder.PairOptions, "--kind", "torchmetrics", "--json"]).Json;
        Assert.AreEqual(100 * cosines.Average(), torchMetrics.GetProperty("raw").GetProperty("mean").GetDouble(), 1e-4);
    }

    [TestMethod]
    public void MapControlAndExplanation_ShowWhatTheGapDoes()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        string[] arguments = ["score", .. folder.PairOptions, "--map", folder.GetPath("map.zip"), "--control", "--explain"];
        var json = ToolRun.Execute([.. arguments, "--json"]).Json;
        var (raw, mapped) = (json.GetProperty("raw").GetProperty("control"), json.GetProperty("mapped").GetProperty("control"));
        Assert.IsGreaterThan(0.5, raw.GetProperty("imagePreferredToOwnText").GetDouble());
        Assert.IsLessThan(0.1, mapped.GetProperty("imagePreferredToOwnText").GetDouble());

        // I0T-S with maps unless asked otherwise: negative cosines stay, where CLIP-S would have 0.
        Assert.AreEqual("clip-s", json.GetProperty("kind").GetString());
        Assert.AreEqual("i0t-s", json.GetProperty("mappedKind").GetString());
        Assert.AreEqual(json.GetProperty("mapped").GetProperty("meanCosine").GetDouble(), json.GetProperty("mapped").GetProperty("mean").GetDouble(), 1e-9);
        Assert.IsLessThan(0, mapped.GetProperty("mismatchedImageText").GetDouble());

        var explanation = json.GetProperty("explanation");
        Assert.AreEqual(json.GetProperty("raw").GetProperty("meanCosine").GetDouble(), explanation.GetProperty("cosine").GetDouble(), 1e-6);
        Assert.AreEqual(
            explanation.GetProperty("cosine").GetDouble(),
            new[] { "meansPart", "imageMeanPart", "textMeanPart", "contentPart" }.Sum(part => explanation.GetProperty(part).GetDouble()),
            1e-9);

        foreach (var onTerminal in new[] { true, false })
        {
            var run = ToolRun.Execute(arguments, onTerminal);
            Assert.AreEqual(0, run.ExitCode, run.Error);
            Assert.Contains("with the maps", run.Out);
            Assert.Contains("image with another image", run.Out);
            Assert.Contains("any image with any text", run.Out);
        }
    }

    [TestMethod]
    public void RatingsAndOut_GoRowByRow()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        var scores = image.Zip(text, (x, y) => 2.5 * Math.Max(Cosine(x, y), 0)).ToArray();
        File.WriteAllLines(folder.GetPath("ratings.txt"), scores.Select(score => Math.Round(2 * score).ToString(CultureInfo.InvariantCulture)));
        var run = ToolRun.Execute(["score", .. folder.PairOptions, "--ratings", folder.GetPath("ratings.txt"), "--out", folder.GetPath("scores.tsv"), "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var correlation = run.Json.GetProperty("raw").GetProperty("correlation");
        Assert.IsGreaterThan(0.8, correlation.GetProperty("spearman").GetDouble());
        Assert.IsLessThan(1, correlation.GetProperty("kendallTauB").GetDouble());

        var lines = File.ReadAllLines(folder.GetPath("scores.tsv"));
        Assert.HasCount(60, lines);
        for (var i = 0; i < lines.Length; i++)
        {
            var cells = lines[i].Split('\t');
            CollectionAssert.AreEqual(new[] { $"{i}", "", "" }, cells[..3]);
            Assert.AreEqual(scores[i], double.Parse(cells[3], CultureInfo.InvariantCulture), 1e-5);
        }
    }

    [TestMethod]
    public void BadInput_IsOneLineAndExitCode2()
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair();
        Check("There is no --kind 'bleu'", [.. folder.PairOptions, "--kind", "bleu"]);
        folder.WriteNpy("short.npy", image[..5]);
        Check("references are of shape (N, D) with N = 60", [.. folder.PairOptions, "--reference", folder.GetPath("short.npy")]);
        Check("torchmetrics has no score with references", [.. folder.PairOptions, "--kind", "torchmetrics", "--reference", folder.GetPath("text.npy")]);
        File.WriteAllLines(folder.GetPath("ratings.txt"), Enumerable.Repeat("good", 60));
        Check("line 1: expected a number, found 'good'", [.. folder.PairOptions, "--ratings", folder.GetPath("ratings.txt")]);
        Check("Scores are of an image and a text", "--modality", $"image={folder.GetPath("image.npy")}");
        image[3][0] = float.NaN;
        folder.WriteNpy("image.npy", image);
        Check("Column 'image', row 3 cannot be scored", folder.PairOptions);
        Check("give --skip-unusable", folder.PairOptions);

        var run = ToolRun.Execute(["score", .. folder.PairOptions, "--skip-unusable", "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual(59, run.Json.GetProperty("raw").GetProperty("count").GetInt32());
        Assert.Contains("1 of 60", run.Error);

        static void Check(string message, params string[] arguments)
        {
            var run = ToolRun.Execute(["score", .. arguments]);
            Assert.AreEqual(2, run.ExitCode, run.Error);
            Assert.HasCount(1, run.ErrorLines, run.Error);
            Assert.Contains(message, run.Error);
        }
    }

    private static double Cosine(float[] x, float[] y)
    {
        var dot = x.Zip(y, (a, b) => (double)a * b).Sum();
        return dot / Math.Sqrt(x.Sum(a => (double)a * a) * y.Sum(b => (double)b * b));
    }
}
