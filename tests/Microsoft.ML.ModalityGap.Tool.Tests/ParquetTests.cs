using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>Parquet where .npy may stand: the same maps, and the other columns kept.</summary>
[TestClass]
public class ParquetTests
{
    private readonly MLContext _ml = new();

    [TestMethod]
    public void Fit_OfParquet_IsTheMapOfNpy_AloneAndBesideIt()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var whole = Fit(folder, "map.zip", folder.PairOptions);
        var pair = Write(folder, "pair.parquet", "image", "text");
        Assert.AreEqual(whole, Fit(folder, "parquet.zip", "--modality", $"image={pair}:image", "--modality", $"text={pair}:text"));
        Assert.AreEqual(whole, Fit(folder, "beside.zip", "--modality", $"image={Write(folder, "i.parquet", "image")}", "--modality", $"text={folder.GetPath("text.npy")}"));

        var unclear = ToolRun.Execute("fit", "--modality", $"image={pair}", "--modality", $"text={pair}:text", "--out", folder.GetPath("none.zip"));
        Assert.AreEqual(2, unclear.ExitCode);
        Assert.Contains("several columns of lists of numbers", unclear.Error);
        Assert.Contains($"Name one: {pair}:image", unclear.Error);
        Assert.Contains("lists of 8 numbers", ToolRun.Execute("info", pair).Out);
    }

    [TestMethod]
    public void Transform_ParquetToParquet_KeepsColumnsAndKnowsItsMaps()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder, "map.zip", folder.PairOptions);
        var source = Write(folder, "i.parquet", "image");
        Assert.AreEqual(0, Transform(folder, folder.GetPath("image.npy"), folder.GetPath("image.closed.npy")).ExitCode);
        var expected = WorkFolder.ReadNpy(folder.GetPath("image.closed.npy"));

        var run = Transform(folder, source + ":image", folder.GetPath("closed.parquet"));
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var closed = _ml.ModalityGap().LoadFromParquet(folder.GetPath("closed.parquet"));
        CollectionAssert.AreEqual(Enumerable.Range(0, 60).ToArray(), closed.GetColumn<int>("Number").ToArray());
        Check(expected, closed, "image");
        Assert.IsNotNull(closed.Schema["image"].FindMapFingerprint());
        Assert.Contains("mapped already", Transform(folder, folder.GetPath("closed.parquet:image"), folder.GetPath("twice.parquet")).Error);

        // Beside what was there, under a name of its own.
        Assert.AreEqual(0, Transform(folder, source, folder.GetPath("both.parquet:mapped")).ExitCode);
        var both = _ml.ModalityGap().LoadFromParquet(folder.GetPath("both.parquet"));
        Check(expected, both, "mapped");
        Check(WorkFolder.ReadNpy(folder.GetPath("image.npy")), both, "image");
        Assert.IsNull(both.Schema["image"].FindMapFingerprint());
        Assert.Contains("gets float32", ToolRun.Execute("transform", "--map", folder.GetPath("map.zip"), "--modality", "image", "--in", source, "--out", folder.GetPath("h.parquet"), "--dtype", "float16").Error);
    }

    private static void Check(float[][] expected, IDataView view, string column)
    {
        var found = view.GetColumn<float[]>(column).ToArray();
        Assert.HasCount(expected.Length, found);
        for (var i = 0; i < expected.Length; i++)
            CollectionAssert.AreEqual(expected[i], found[i], $"row {i}");
    }

    private static ToolRun Transform(WorkFolder folder, string source, string target) =>
        ToolRun.Execute("transform", "--map", folder.GetPath("map.zip"), "--modality", "image", "--in", source, "--out", target);

    private static string Fit(WorkFolder folder, string map, params string[] options)
    {
        var run = ToolRun.Execute(["fit", "--method", "center", .. options, "--out", folder.GetPath(map)]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        return ((EmbeddingMapTransformer)new MLContext().Model.Load(folder.GetPath(map), out _)).Fingerprint;
    }

    /// <summary>The .npy files of modalities as columns of one Parquet file, with the row's number beside them.</summary>
    private string Write(WorkFolder folder, string name, params string[] modalities)
    {
        var vectors = modalities.Select(modality => WorkFolder.ReadNpy(folder.GetPath(modality + ".npy"))).ToArray();
        var view = (IDataView)_ml.Data.LoadFromEnumerable(Enumerable.Range(0, vectors[0].Length).Select(i => new Row { Number = i, First = vectors[0][i], Second = vectors[^1][i] }), Schema(vectors[0][0].Length));
        view = _ml.Transforms.CopyColumns(modalities[0], nameof(Row.First)).Append(_ml.Transforms.CopyColumns(modalities[^1], modalities.Length == 1 ? nameof(Row.First) : nameof(Row.Second))).Fit(view).Transform(view);
        _ml.ModalityGap().SaveAsParquet(view, folder.GetPath(name), ["Number", .. modalities], rowGroupRows: 25);
        return folder.GetPath(name);
    }

    private static SchemaDefinition Schema(int dimension)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.First)].ColumnType = schema[nameof(Row.Second)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimension);
        return schema;
    }

    private sealed class Row
    {
        public int Number { get; set; }

        public float[] First { get; set; } = [];

        public float[] Second { get; set; } = [];
    }
}
