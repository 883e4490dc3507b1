using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class FitCommandTests
{
    [TestMethod]
    public void Out_OpensWithMLNetAndMapsAsTheDefinitionSays()
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair();
        var run = ToolRun.Execute(["fit", "--method", "center", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]);
        Assert.AreEqual(0, run.ExitCode, run.Error);

        var ml = new MLContext();
        var model = ml.Model.Load(folder.GetPath("map.zip"), out var schema);
        CollectionAssert.AreEqual(new[] { "image", "text" }, schema.Select(column => column.Name).ToArray());
        var mapped = model.Transform(ml.ModalityGap().LoadFromNpy(("image", folder.GetPath("image.npy")), ("text", folder.GetPath("text.npy"))));
        var rows = mapped.GetColumn<float[]>("image").ToArray();
        var expected = Center(image);
        for (var i = 0; i < rows.Length; i++)
        {
            for (var d = 0; d < rows[i].Length; d++)
                Assert.AreEqual(expected[i][d], rows[i][d], 1e-6);
        }
    }

    [TestMethod]
    public void Json_NamesTheModalities()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var json = ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip"), "--json"]).Json;
        Assert.AreEqual("align", json.GetProperty("method").GetString());
        var modalities = json.GetProperty("modalities").EnumerateArray().ToArray();
        CollectionAssert.AreEqual(new[] { "image", "text" }, modalities.Select(entry => entry.GetProperty("modality").GetString()).ToArray());
        Assert.AreEqual(60, modalities[0].GetProperty("rows").GetInt64());
        Assert.IsFalse(json.TryGetProperty("before", out _));
    }

    [TestMethod]
    [DataRow(60, 8, "align", "align --whitening 0.95 --shrinkage 0.9")]
    [DataRow(25, 8, "whiten", "whiten --shrinkage 0.95")] // no pairs
    [DataRow(60, 6, "whiten", "whiten --shrinkage 0.95")] // no one space
    public void NoMethod_FitsTheRecommendedConstants(int rows, int dimension, string name, string asked)
    {
        using var folder = new WorkFolder();
        var (_, text) = folder.WritePair();
        folder.WriteNpy("text.npy", [.. text[..rows].Select(row => row[..dimension])]);
        var plain = ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("plain.zip"), "--json"]);
        var named = ToolRun.Execute(["fit", "--method", .. asked.Split(' '), .. folder.PairOptions, "--out", folder.GetPath("named.zip"), "--json"]);
        Assert.AreEqual((0, 0), (plain.ExitCode, named.ExitCode), plain.Error + named.Error);
        Assert.AreEqual(name, plain.Json.GetProperty("method").GetString());
        Assert.AreEqual(named.Json.GetProperty("modelFingerprint").GetString(), plain.Json.GetProperty("modelFingerprint").GetString());
        var center = ToolRun.Execute(["fit", "--method", "center", .. folder.PairOptions, "--out", folder.GetPath("center.zip"), "--json"]);
        Assert.AreNotEqual(center.Json.GetProperty("modelFingerprint").GetString(), plain.Json.GetProperty("modelFingerprint").GetString());
    }

    [TestMethod]
    public void NoMethod_OptionOfAMethod_AsksWhich()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.Execute(["fit", .. folder.PairOptions, "--strength", "0.5", "--out", folder.GetPath("map.zip")]);
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("--strength is an option of --method center; name the method, too.", run.Error);
    }

    [TestMethod]
    public void MoreThanTwoModalities_AreFitted()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var run = ToolRun.Execute(["fit", .. folder.PairOptions, "--modality", $"sound={folder.GetPath("text.npy")}", "--out", folder.GetPath("map.zip"), "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("whiten", run.Json.GetProperty("method").GetString());
        Assert.AreEqual(3, run.Json.GetProperty("modalities").GetArrayLength());
    }

    [TestMethod]
    public void ModalitiesOfDifferentLength_AreFittedEachOnItsOwnRows()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        folder.WriteNpy("text.npy", text[..25]);
        var run = ToolRun.Execute(["fit", "--method", "center", .. folder.PairOptions, "--out", folder.GetPath("map.zip"), "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        CollectionAssert.AreEqual(
            new long[] { 60, 25 }, run.Json.GetProperty("modalities").EnumerateArray().Select(entry => entry.GetProperty("rows").GetInt64()).ToArray());

        var ml = new MLContext();
        var model = ml.Model.Load(folder.GetPath("map.zip"), out var schema);
        Assert.AreEqual(2, schema.Count);
        var mapped = model.Transform(ml.ModalityGap().LoadFromNpy(("image", folder.WriteNpy("part.npy", image[..25])), ("text", folder.GetPath("text.npy"))));
        var expected = Center(text[..25]);
        var rows = mapped.GetColumn<float[]>("text").ToArray();
        for (var d = 0; d < rows[3].Length; d++)
            Assert.AreEqual(expected[3][d], rows[3][d], 1e-6);

        // What needs pairs still says so.
        var held = ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("other.zip"), "--holdout", "0.5"]);
        Assert.AreEqual(2, held.ExitCode);
        StringAssert.Contains(held.Error, "has 60 and 'text'");
    }

    [TestMethod]
    public void Holdout_FitsOnTheOtherRowsOnly()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        var run = ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip"), "--holdout", "0.5", "--seed", "1", "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual(30, run.Json.GetProperty("before").GetProperty("count").GetInt32());
        Assert.AreEqual(30, run.Json.GetProperty("after").GetProperty("count").GetInt32());
        Assert.AreEqual(30, run.Json.GetProperty("modalities")[0].GetProperty("rows").GetInt64());

        // The rows that were not held out, written to files of their own.
        var holdout = new Holdout(60, 0.5, 1);
        folder.WriteNpy("image.npy", [.. image.Where((_, row) => !holdout.IsHeldOut(row))]);
        folder.WriteNpy("text.npy", [.. text.Where((_, row) => !holdout.IsHeldOut(row))]);
        Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("part.zip")]).ExitCode);
        var (found, expected) = (ModelFile.Load(new MLContext(), folder.GetPath("map.zip")).GetMap("text"), ModelFile.Load(new MLContext(), folder.GetPath("part.zip")).GetMap("text"));
        var (a, b) = (found.Apply(text[0]), expected.Apply(text[0]));
        for (var d = 0; d < a.Length; d++)
            Assert.AreEqual(b[d], a[d], 1e-6);
    }

    [TestMethod]
    public void SkipUnusable_LeavesRowsOutAndCountsThem()
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair();
        image[5][0] = float.PositiveInfinity;
        folder.WriteNpy("image.npy", image);
        var run = ToolRun.Execute(["fit", .. folder.PairOptions, "--skip-unusable", "--out", folder.GetPath("map.zip"), "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual(59, run.Json.GetProperty("modalities")[0].GetProperty("rows").GetInt64());
        Assert.AreEqual(1, run.Json.GetProperty("modalities")[0].GetProperty("skippedRows").GetInt64());
        Assert.HasCount(1, run.ErrorLines);
    }

    [TestMethod]
    public void NoNormalize_LeavesTheFirstStepOut()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var json = ToolRun.Execute(["fit", "--method", "center", .. folder.PairOptions, "--no-normalize", "--out", folder.GetPath("map.zip"), "--json"]).Json;
        CollectionAssert.AreEqual(
            new[] { "Translate(8)", "L2Normalize" }, json.GetProperty("modalities")[0].GetProperty("steps").EnumerateArray().Select(step => step.GetString()).ToArray());
    }

    [TestMethod]
    public void Cancelled_Returns130AndLeavesNoFile()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var before = folder.ListFiles();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var run = ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")], cancellationToken: cancelled.Token);
        Assert.AreEqual(130, run.ExitCode);
        CollectionAssert.AreEqual(before, folder.ListFiles());
    }

    /// <summary>(x̂ − μ)/‖x̂ − μ‖ in double.</summary>
    private static double[][] Center(float[][] rows)
    {
        var unit = rows.Select(row => Normalize([.. row.Select(value => (double)value)])).ToArray();
        var mean = Enumerable.Range(0, rows[0].Length).Select(d => unit.Average(row => row[d])).ToArray();
        return [.. unit.Select(row => Normalize([.. row.Select((value, d) => value - mean[d])]))];
    }

    private static double[] Normalize(double[] row)
    {
        var norm = Math.Sqrt(row.Sum(value => value * value));
        return [.. row.Select(value => value / norm)];
    }
}
