using System.IO.Compression;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>Shards and archives instead of one .npy file: the same results, and shards out as they came.</summary>
[TestClass]
public class ShardsTests
{
    [TestMethod]
    public void Fit_ShardsOfAPattern_IsTheMapOfOneFile()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        WriteShards(folder, image, text);
        var whole = Fit(folder, "map.zip", folder.PairOptions);
        Assert.AreEqual(whole, Fit(folder, "shards.zip", "--modality", $"image={folder.GetPath("img_emb_*.npy")}", "--modality", $"text={folder.GetPath("texts")}"));
        Assert.AreEqual(whole, Fit(folder, "archive.zip", "--modality", $"image={folder.GetPath("pair.npz")}:image", "--modality", $"text={folder.GetPath("pair.npz")}:text"));
    }

    [TestMethod]
    public void Transform_Shards_AreWrittenAsTheyCame()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        WriteShards(folder, image, text);
        Fit(folder, "map.zip", folder.PairOptions);
        Assert.AreEqual(0, Transform(folder, "image.npy", "whole.npy").ExitCode);
        var run = Transform(folder, "img_emb_*.npy", "closed");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        CollectionAssert.AreEqual(
            new[] { "img_emb_0.npy", "img_emb_10.npy", "img_emb_2.npy" },
            Directory.GetFiles(folder.GetPath("closed"), "*.npy").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).ToArray());
        var expected = WorkFolder.ReadNpy(folder.GetPath("whole.npy"));
        var found = new[] { 0, 2, 10 }.SelectMany(i => WorkFolder.ReadNpy(folder.GetPath($"closed/img_emb_{i}.npy"))).ToArray();
        Assert.HasCount(60, found);
        for (var i = 0; i < 60; i++)
            CollectionAssert.AreEqual(expected[i], found[i]);

        // The fingerprint goes with every shard, so that mapped shards are known as such.
        Assert.Contains("mapped already", Transform(folder, "closed", "twice").Error);
        Assert.Contains("exists already", Transform(folder, "img_emb_*.npy", "closed").Error);
        Assert.Contains("names a folder", Transform(folder, "img_emb_*.npy", "one.npy").Error);
    }

    [TestMethod]
    public void Transform_ShardRows_SplitsOneFile()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder, "map.zip", folder.PairOptions);
        Assert.AreEqual(0, Transform(folder, "image.npy", "whole.npy").ExitCode);
        var run = Transform(folder, "image.npy", "parts", "--shard-rows", "25");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var parts = Enumerable.Range(0, 3).Select(i => WorkFolder.ReadNpy(folder.GetPath($"parts/image_{i}.npy"))).ToArray();
        CollectionAssert.AreEqual(new[] { 25, 25, 10 }, parts.Select(part => part.Length).ToArray());
        var expected = WorkFolder.ReadNpy(folder.GetPath("whole.npy"));
        var found = parts.SelectMany(part => part).ToArray();
        for (var i = 0; i < 60; i++)
            CollectionAssert.AreEqual(expected[i], found[i]);
        Assert.AreEqual(2, Transform(folder, "image.npy", "none", "--shard-rows", "0").ExitCode);
    }

    [TestMethod]
    public void Errors_NameTheShardAndItsRow()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        image[25][3] = float.NaN;
        WriteShards(folder, image, text);
        var fit = ToolRun.Execute(["fit", "--method", "center", "--modality", $"image={folder.GetPath("img_emb_*.npy")}", "--modality", $"text={folder.GetPath("texts")}", "--out", folder.GetPath("map.zip")]);
        Assert.AreEqual(2, fit.ExitCode);
        Assert.Contains("row 25 (row 5 of '", fit.Error);
        Assert.Contains("img_emb_2.npy", fit.Error);

        folder.WritePair();
        Fit(folder, "map.zip", folder.PairOptions);
        var transform = Transform(folder, "img_emb_*.npy", "closed");
        Assert.Contains("img_emb_2.npy', row 5 cannot be mapped", transform.Error);
    }

    [TestMethod]
    public void Info_TellsWhatIsInThem()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        WriteShards(folder, image, text);
        var archive = ToolRun.Execute("info", folder.GetPath("pair.npz"), "--json").Json;
        Assert.AreEqual("npz", archive.GetProperty("kind").GetString());
        CollectionAssert.AreEqual(new[] { "image", "text" }, archive.GetProperty("arrays").EnumerateArray().Select(array => array.GetProperty("name").GetString()!.Split(':')[^1]).ToArray());
        var shards = ToolRun.Execute("info", folder.GetPath("texts"), "--json").Json;
        Assert.AreEqual("shards", shards.GetProperty("kind").GetString());
        Assert.AreEqual(3, shards.GetProperty("arrays").GetArrayLength());
        Assert.Contains("20 rows of 8 dimensions", ToolRun.Execute("info", folder.GetPath("texts")).Out);
        Assert.Contains("There is no file or folder", ToolRun.Execute("info", folder.GetPath("nothing.npy")).Error);
        Directory.CreateDirectory(folder.GetPath("empty"));
        Assert.Contains("holds no file of embeddings (.npy, .npz, .safetensors, .parquet, .arrow, .feather, .h5, .hdf5)", ToolRun.Execute("info", folder.GetPath("empty")).Error);
    }

    /// <summary>20 rows a shard, numbered 0, 2 and 10, of images as files beside each other and of texts in a folder; and all as one archive.</summary>
    private static void WriteShards(WorkFolder folder, float[][] image, float[][] text)
    {
        Directory.CreateDirectory(folder.GetPath("texts"));
        foreach (var (number, i) in new[] { 0, 2, 10 }.Select((number, i) => (number, i)))
        {
            folder.WriteNpy($"img_emb_{number}.npy", image[(20 * i)..(20 * (i + 1))]);
            folder.WriteNpy($"texts/text_emb_{number}.npy", text[(20 * i)..(20 * (i + 1))]);
        }

        using var archive = ZipFile.Open(folder.GetPath("pair.npz"), ZipArchiveMode.Create);
        foreach (var name in new[] { "image", "text" })
            archive.CreateEntryFromFile(folder.GetPath(name + ".npy"), name + ".npy");
    }

    private static string Fit(WorkFolder folder, string map, params string[] modalities)
    {
        var run = ToolRun.Execute(["fit", "--method", "center", .. modalities, "--out", folder.GetPath(map)]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        return ((EmbeddingMapTransformer)new MLContext().Model.Load(folder.GetPath(map), out _)).Fingerprint;
    }

    private static ToolRun Transform(WorkFolder folder, string source, string target, params string[] more) =>
        ToolRun.Execute(["transform", "--map", folder.GetPath("map.zip"), "--modality", "image", "--in", folder.GetPath(source), "--out", folder.GetPath(target), .. more]);
}
