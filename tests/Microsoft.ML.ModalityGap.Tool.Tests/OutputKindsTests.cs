using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>Files of every kind where embeddings are written, by the ending of <c>--out</c>.</summary>
[TestClass]
public class OutputKindsTests
{
    private static readonly string[] _extensions = [".npy", ".npz", ".safetensors", ".parquet", ".arrow", ".h5"];

    private readonly MLContext _ml = new();

    [TestMethod]
    public void Transform_FromEveryKindToEvery_WritesTheSameVectorsAndTheirMaps()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var fit = ToolRun.Execute(["fit", "--method", "center", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]);
        Assert.AreEqual(0, fit.ExitCode, fit.Error);
        var raw = _ml.ModalityGap().LoadFromNpy(folder.GetPath("image.npy"), "image");
        foreach (var extension in _extensions.Skip(1))
            OutputFiles.Write(_ml, raw, folder.GetPath("raw" + extension), "image", NpyElementType.Float32, isWhole: true);
        File.Copy(folder.GetPath("image.npy"), folder.GetPath("raw.npy"));
        Assert.AreEqual(0, Transform(folder, "raw.npy", "expected.npy").ExitCode);
        var expected = WorkFolder.ReadNpy(folder.GetPath("expected.npy"));
        foreach (var source in _extensions)
        {
            foreach (var target in _extensions)
            {
                var name = $"{source[1..]}-to{target}";
                var run = Transform(folder, "raw" + source, name);
                Assert.AreEqual(0, run.ExitCode, $"{name}: {run.Error}");
                Check(expected, InputFiles.Load(_ml, folder.GetPath(name), "image"), name);
                Assert.Contains("mapped already", Transform(folder, name, "twice" + target).Error, name);
            }
        }

        Assert.IsEmpty(folder.ListFiles().Where(file => file.Contains(".tmp", StringComparison.Ordinal) || file.StartsWith("twice", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public void Transform_ArrowToArrow_KeepsColumns_AndNamesTheMappedOne()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Assert.AreEqual(0, ToolRun.Execute(["fit", "--method", "center", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);
        var rows = WorkFolder.ReadNpy(folder.GetPath("image.npy"));
        OutputFiles.Write(_ml, EmbeddedItem.CreateView(_ml, folder.GetPath("image.npy"), "image", [.. rows.Select((_, i) => $"picture {i}")]), folder.GetPath("i.arrow"), "image", NpyElementType.Float32, isWhole: true);
        Assert.AreEqual(0, Transform(folder, "i.arrow", "expected.npy").ExitCode);
        foreach (var extension in new[] { ".arrow", ".parquet", ".h5" })
        {
            var run = Transform(folder, "i.arrow", $"both{extension}:mapped");
            Assert.AreEqual(0, run.ExitCode, run.Error);
            var table = TableFiles.LoadTable(_ml.ModalityGap().Host, folder.GetPath("both" + extension), columnNames: null, UnusableRows.Throw);
            CollectionAssert.AreEquivalent(new[] { "item", "image", "mapped" }, table.Schema.Select(column => column.Name).ToArray());
            CollectionAssert.AreEqual(rows.Select((_, i) => $"picture {i}").ToArray(), table.GetColumn<string>("item").ToArray());
            Check(rows, table, "image");
            Check(WorkFolder.ReadNpy(folder.GetPath("expected.npy")), table, "mapped");
        }

        Assert.Contains("a .arrow file gets float32", Transform(folder, "i.arrow", "h.arrow", "--dtype", "float16").Error);
        Assert.AreEqual(0, Transform(folder, "i.arrow", "h.npz:closed", "--dtype", "float16").ExitCode);
        Assert.Contains("closed  (60, 8)  float16", ToolRun.Execute("info", folder.GetPath("h.npz")).Out);
    }

    [TestMethod]
    public void Embed_IntoEveryKind_WritesTheRowsOfNpy_AndInTablesTheItemsBesideThem()
    {
        using var folder = new EmbedFolder();
        File.WriteAllLines(folder.Texts, ["a red star", "two", "", "four", "a red star"]);
        var npy = ToolRun.Execute("embed", "--model", folder.Model, "--texts", folder.Texts, "--out", folder.Out);
        Assert.AreEqual(0, npy.ExitCode, npy.Error);
        var expected = WorkFolder.ReadNpy(folder.Out);
        foreach (var extension in _extensions.Skip(1))
        {
            var path = folder.GetPath("y" + extension);
            var run = ToolRun.Execute("embed", "--model", folder.Model, "--texts", folder.Texts, "--out", path, "--force");
            Assert.AreEqual(0, run.ExitCode, run.Error);
            Check(expected, InputFiles.Load(_ml, path, "text"), "text");
            Assert.IsFalse(File.Exists(path + ".partial") || File.Exists(path + ".partial.json"), extension);
            if (OutputFiles.IsTable(path))
                CollectionAssert.AreEqual(File.ReadAllLines(folder.Texts), TableFiles.LoadTable(_ml.ModalityGap().Host, path, ["item"], UnusableRows.Throw).GetColumn<string>("item").ToArray(), extension);
        }

        var refused = ToolRun.Execute("embed", "--model", folder.Model, "--texts", folder.Texts, "--out", folder.GetPath("z.parquet"), "--dtype", "float16");
        Assert.AreEqual(2, refused.ExitCode);
        Assert.Contains("a .parquet file gets float32", refused.Error);
    }

    private static void Check(float[][] expected, IDataView view, string what)
    {
        var column = view.Schema.GetColumnOrNull(what)?.Name ?? "image";
        var found = view.GetColumn<float[]>(column).ToArray();
        Assert.HasCount(expected.Length, found, what);
        for (var i = 0; i < expected.Length; i++)
            CollectionAssert.AreEqual(expected[i], found[i], $"{what}, row {i}");
    }

    private static ToolRun Transform(WorkFolder folder, string source, string target, params string[] more) =>
        ToolRun.Execute(["transform", "--map", folder.GetPath("map.zip"), "--modality", "image", "--in", folder.GetPath(source), "--out", folder.GetPath(target), .. more]);
}
