namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class EvaluateTableCommandTests
{
    [TestMethod]
    public void Npy_EqualsDirectComputation()
    {
        using var folder = new WorkFolder();
        float[][] rows = [[1, 2, 3], [0, 0, 0], [2, -1, 4], [0.5f, 0.5f, 2]];
        var path = folder.WriteNpy("table.npy", rows);
        var run = ToolRun.Execute("evaluate-table", path, "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("", run.Error);
        float[][] used = [rows[0], rows[2], rows[3]];
        Assert.AreEqual(4, run.Json.GetProperty("rows").GetInt32());
        Assert.AreEqual(1, run.Json.GetProperty("zeroRows").GetInt32());
        Assert.AreEqual(used.Average(Deviation), run.Json.GetProperty("tokenVariability").GetDouble(), 1e-6);
        Assert.AreEqual((Cosine(used[0], used[1]) + Cosine(used[0], used[2]) + Cosine(used[1], used[2])) / 3, run.Json.GetProperty("anisotropy").GetDouble(), 1e-6);
        StringAssert.Contains(ToolRun.Execute("evaluate-table", path).Out, "1 rows are zero and left out");
    }

    [TestMethod]
    public void Onnx_FindsTheTable()
    {
        var run = ToolRun.Execute("evaluate-table", Path.Combine(TinyClip.TinyClipModel.FindFolder(), TinyClip.TinyClipModel.TextFile), "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.IsGreaterThan(100, run.Json.GetProperty("rows").GetInt32());
        Assert.IsGreaterThan(0.0, run.Json.GetProperty("tokenVariability").GetDouble());
    }

    [TestMethod]
    public void Mistakes_AreOneLine()
    {
        using var folder = new WorkFolder();
        var path = folder.WriteNpy("table.npy", [[1, 2], [3, 4]]);
        foreach (var arguments in new[] { [path, "--initializer", "x"], ["gone.npy"], new[] { "gone.onnx" }, [] })
        {
            var run = ToolRun.Execute(["evaluate-table", .. arguments]);
            Assert.AreEqual(2, run.ExitCode, run.Error);
            Assert.HasCount(1, run.ErrorLines, run.Error);
            Assert.AreEqual("", run.Out);
        }
    }

    private static double Deviation(float[] row)
    {
        var mean = row.Average();
        return Math.Sqrt(row.Average(value => (value - mean) * (value - mean)));
    }

    private static double Cosine(float[] x, float[] y) => x.Zip(y, (a, b) => a * b).Sum() / Math.Sqrt(x.Sum(a => a * a) * y.Sum(b => b * b));
}
