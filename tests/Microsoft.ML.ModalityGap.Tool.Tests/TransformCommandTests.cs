using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class TransformCommandTests
{
    [TestMethod]
    public void Out_EqualsTheLibrarysTransform()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder);
        var run = Transform(folder, "text.npy", "out.npy");
        Assert.AreEqual(0, run.ExitCode, run.Error);

        var ml = new MLContext();
        var data = ml.ModalityGap().LoadFromNpy(("image", folder.GetPath("image.npy")), ("text", folder.GetPath("text.npy")));
        var expected = ml.Transforms.CenterModalities("image", "text").Fit(data).Transform(data).GetColumn<float[]>("text").ToArray();
        AssertSame(expected, WorkFolder.ReadNpy(folder.GetPath("out.npy")));
    }

    [TestMethod]
    public void Out_CarriesTheFingerprintOfAllMaps()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder);
        Assert.AreEqual(0, Transform(folder, "text.npy", "out.npy").ExitCode);
        var ml = new MLContext();
        var model = (EmbeddingMapTransformer)ml.Model.Load(folder.GetPath("map.zip"), out _);
        Assert.AreEqual(model.Fingerprint, ml.ModalityGap().LoadFromNpy(folder.GetPath("out.npy")).Schema["Embedding"].FindMapFingerprint());
        var info = ToolRun.Execute("info", folder.GetPath("out.npy"), "--json").Json;
        Assert.AreEqual(model.Fingerprint, info.GetProperty("modelFingerprints")[0].GetString());
        Assert.AreEqual(
            model.Fingerprint, ToolRun.Execute("info", folder.GetPath("map.zip"), "--json").Json.GetProperty("modalities")[1].GetProperty("modelFingerprint").GetString());
    }

    [TestMethod]
    [DataRow("float16", 2)]
    [DataRow("float32", 4)]
    [DataRow("float64", 8)]
    public void DType_IsWritten(string type, int size)
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder);
        var json = Transform(folder, "text.npy", "out.npy", "--dtype", type, "--json").Json;
        Assert.AreEqual(60, json.GetProperty("rows").GetInt64());
        Assert.AreEqual(type, json.GetProperty("type").GetString());

        var info = ToolRun.Execute("info", folder.GetPath("out.npy"), "--json").Json;
        Assert.AreEqual(type, info.GetProperty("type").GetString());
        Assert.AreEqual(60 * 8 * size, info.GetProperty("bytes").GetInt64() - 128);
    }

    [TestMethod]
    public void KeepUnusable_WritesTheRowAsNaNAndWarns()
    {
        using var folder = new WorkFolder();
        var (_, text) = folder.WritePair();
        Fit(folder);
        text[17][3] = float.NaN;
        folder.WriteNpy("bad.npy", text);
        var run = Transform(folder, "bad.npy", "out.npy", "--keep-unusable");
        Assert.AreEqual(0, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines);
        var rows = WorkFolder.ReadNpy(folder.GetPath("out.npy"));
        Assert.IsTrue(rows[17].All(float.IsNaN));
        Assert.IsTrue(rows.Where((_, i) => i != 17).All(row => row.All(float.IsFinite)));
    }

    [TestMethod]
    public void Chain_YieldsItsMaps()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var ml = new MLContext();
        var data = ml.ModalityGap().LoadFromNpy(("image", folder.GetPath("image.npy")), ("text", folder.GetPath("text.npy")));
        var pipeline = ml.Transforms.CopyColumns("picture", "image")
            .Append(ml.Transforms.CenterModalities(ModalityColumns.PerColumn(new InputOutputColumnPair("closed", "picture"), new InputOutputColumnPair("text"))))
            .Append(ml.Transforms.CenterModalities("closed"));
        var model = pipeline.Fit(data);
        ml.Model.Save(model, data.Schema, folder.GetPath("map.zip"));

        var run = ToolRun.Execute("transform", "--map", folder.GetPath("map.zip"), "--modality", "picture", "--in", folder.GetPath("image.npy"), "--out", folder.GetPath("out.npy"));
        Assert.AreEqual(0, run.ExitCode, run.Error);
        AssertSame(model.Transform(data).GetColumn<float[]>("closed").ToArray(), WorkFolder.ReadNpy(folder.GetPath("out.npy")));
    }

    [TestMethod]
    public void Chain_WithAnotherTransformBetweenItsMaps_IsRefused()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var ml = new MLContext();
        var data = ml.ModalityGap().LoadFromNpy(folder.GetPath("image.npy"), "image");
        var model = ml.Transforms.CenterModalities("image").Append(ml.Transforms.NormalizeLpNorm("image")).Append(ml.Transforms.CenterModalities("image")).Fit(data);
        ml.Model.Save(model, data.Schema, folder.GetPath("map.zip"));

        var run = ToolRun.Execute("transform", "--map", folder.GetPath("map.zip"), "--modality", "image", "--in", folder.GetPath("image.npy"), "--out", folder.GetPath("out.npy"));
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("LpNorm", run.Error);
        Assert.IsFalse(File.Exists(folder.GetPath("out.npy")));
    }

    [TestMethod]
    public void LongModel_YieldsTheModalitysMap()
    {
        using var folder = new WorkFolder();
        var (_, text) = folder.WritePair();
        var ml = new MLContext();
        var rows = text.Select((row, i) => new LongRow { Embedding = row, Modality = i % 2 == 0 ? "odd" : "even" });
        var data = ml.Data.LoadFromEnumerable(rows, SchemaDefinition.Create(typeof(LongRow)).WithDimension(8));
        var model = ml.Transforms.CenterModalities(ModalityColumns.PerRow("Embedding", "Modality")).Fit(data);
        ml.Model.Save(model, data.Schema, folder.GetPath("map.zip"));

        var run = ToolRun.Execute("transform", "--map", folder.GetPath("map.zip"), "--modality", "even", "--in", folder.GetPath("text.npy"), "--out", folder.GetPath("out.npy"));
        Assert.AreEqual(0, run.ExitCode, run.Error);
        AssertSame([.. text.Select(row => model.GetModality("even").Map.Apply(row))], WorkFolder.ReadNpy(folder.GetPath("out.npy")));
    }

    [TestMethod]
    public void Cancelled_Returns130AndLeavesNoFile()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder);
        var before = folder.ListFiles();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var run = ToolRun.Execute(
            ["transform", "--map", folder.GetPath("map.zip"), "--modality", "text", "--in", folder.GetPath("text.npy"), "--out", folder.GetPath("out.npy")],
            cancellationToken: cancelled.Token);
        Assert.AreEqual(130, run.ExitCode);
        Assert.AreEqual("", run.Out);
        CollectionAssert.AreEqual(before, folder.ListFiles());
    }

    private static void Fit(WorkFolder folder) => Assert.AreEqual(0, ToolRun.Execute(["fit", "--method", "center", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);

    private static ToolRun Transform(WorkFolder folder, string source, string target, params string[] more) =>
        ToolRun.Execute(["transform", "--map", folder.GetPath("map.zip"), "--modality", "text", "--in", folder.GetPath(source), "--out", folder.GetPath(target), .. more]);

    private static void AssertSame(float[][] expected, float[][] found)
    {
        Assert.HasCount(expected.Length, found);
        for (var i = 0; i < expected.Length; i++)
            CollectionAssert.AreEqual(expected[i], found[i], $"Row {i}.");
    }

    private sealed class LongRow
    {
        public float[] Embedding { get; set; } = [];

        public string Modality { get; set; } = "";
    }
}

internal static class SchemaDefinitionExtensions
{
    internal static SchemaDefinition WithDimension(this SchemaDefinition definition, int dimension)
    {
        definition["Embedding"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimension);
        return definition;
    }
}
