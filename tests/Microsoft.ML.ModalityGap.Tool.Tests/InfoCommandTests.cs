namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class InfoCommandTests
{
    [TestMethod]
    public void Map_IsDescribedPerModality()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        var map = folder.GetPath("map.zip");
        Assert.AreEqual(0, ToolRun.Execute(["fit", "--method", "center", .. folder.PairOptions, "--out", map]).ExitCode);

        var run = ToolRun.Execute("info", map, "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("map", run.Json.GetProperty("kind").GetString());
        var text = run.Json.GetProperty("modalities").EnumerateArray().Single(entry => entry.GetProperty("modality").GetString() == "text");
        Assert.AreEqual("text", text.GetProperty("inputColumn").GetString());
        Assert.AreEqual("text", text.GetProperty("outputColumn").GetString());
        Assert.AreEqual(8, text.GetProperty("inputDimension").GetInt32());
        Assert.AreEqual(8, text.GetProperty("outputDimension").GetInt32());
        Assert.AreEqual(60, text.GetProperty("rows").GetInt64());
        Assert.AreEqual(3, text.GetProperty("steps").GetArrayLength());
        var fingerprint = text.GetProperty("mapFingerprint").GetString()!;
        Assert.AreEqual(ModelFile.Load(new MLContext(), map).GetMap("text").Fingerprint, fingerprint);

        Assert.Contains(text.GetProperty("modelFingerprint").GetString()!, ToolRun.Execute("info", map).Out);
    }

    [TestMethod]
    public void Npy_IsDescribed()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        var pair = folder.WriteNpy("pair.npy", [.. image, .. text], "2, 60, 8");
        var json = ToolRun.Execute("info", pair, "--json").Json;
        Assert.AreEqual("npy", json.GetProperty("kind").GetString());
        CollectionAssert.AreEqual(new long[] { 2, 60, 8 }, json.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray());
        Assert.AreEqual("float32", json.GetProperty("type").GetString());
        Assert.AreEqual(new FileInfo(pair).Length, json.GetProperty("bytes").GetInt64());
        Assert.Contains("2 modalities of 60 rows of 8 dimensions", ToolRun.Execute("info", pair).Out);
    }

    /// <summary>numpy writes one way, other programs theirs; what looks like a key within a text is none.</summary>
    [TestMethod]
    [DataRow("{'descr':'<f4','fortran_order':False,'shape':(3,2)}", false)]
    [DataRow("{ 'shape' : ( 3L , 2L , ) , 'descr' : '<f4' , 'fortran_order' : True }", true)]
    [DataRow("{'title': 'shape', 'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)}", false)]
    public void Npy_HeaderWrittenAnotherWay_IsRead(string header, bool isByColumn)
    {
        using var folder = new WorkFolder();
        var path = folder.GetPath("odd.npy");
        File.WriteAllBytes(path, [0x93, .. "NUMPY\u0001\u0000"u8, (byte)header.Length, 0, .. header.Select(c => (byte)c), .. new byte[24]]);
        var run = ToolRun.Execute("info", path, "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        CollectionAssert.AreEqual(new long[] { 3, 2 }, run.Json.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray());
        Assert.AreEqual(isByColumn, ToolRun.Execute("info", path).Out.Contains("by column", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (3, 2)}")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2}")]
    [DataRow("{'descr': '<f4', 'fortran_order' False, 'shape': (3, 2)}")]
    public void Npy_HeaderWithoutShapeOrOrder_IsDamaged(string header)
    {
        using var folder = new WorkFolder();
        var path = folder.GetPath("odd.npy");
        File.WriteAllBytes(path, [0x93, .. "NUMPY\u0001\u0000"u8, (byte)header.Length, 0, .. header.Select(c => (byte)c), .. new byte[24]]);
        var run = ToolRun.Execute("info", path);
        Assert.AreNotEqual(0, run.ExitCode);
        Assert.Contains("without a shape or an order", run.Error);
    }
}
