using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class OnnxCommandTests
{
    [TestMethod]
    public void Export_OneModality_RunsAsItsMap()
    {
        using var folder = new WorkFolder();
        var (_, text) = folder.WritePair();
        Fit(folder);
        var run = ToolRun.Execute("export", "--map", folder.GetPath("map.zip"), "--modality", "text", "--out", folder.GetPath("text.onnx"), "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var output = run.Json.GetProperty("outputs")[0];
        Assert.AreEqual("mapped", output.GetProperty("name").GetString());
        Assert.AreEqual(GetFingerprint(folder), output.GetProperty("fingerprint").GetString());
        AssertMaps(folder, "text", text, folder.GetPath("text.onnx"), "mapped", ("embedding", text));
    }

    [TestMethod]
    public void Export_AllModalities_HaveAnInputEach()
    {
        using var folder = new WorkFolder();
        var (image, text) = folder.WritePair();
        Fit(folder);
        var run = ToolRun.Execute("export", "--map", folder.GetPath("map.zip"), "--out", folder.GetPath("all.onnx"), "--opset", "18");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("opset 18", run.Out);
        AssertMaps(folder, "image", image, folder.GetPath("all.onnx"), "image.output", ("image", image), ("text", text));
    }

    [TestMethod]
    public void Bake_Encoder_YieldsMappedEmbeddings()
    {
        using var folder = new WorkFolder();
        var (image, _) = folder.WritePair();
        Fit(folder);
        WriteEncoder(folder, 8);
        var run = Bake(folder, "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        AssertMaps(folder, "image", image, folder.GetPath("closed.onnx"), "image_embeds", ("pixel_values", image));

        var info = ToolRun.Execute("info", folder.GetPath("closed.onnx"), "--json").Json.GetProperty("outputs");
        Assert.AreEqual(1, info.GetArrayLength());
        Assert.AreEqual(GetFingerprint(folder), info[0].GetProperty("fingerprint").GetString());
        Assert.Contains("none", ToolRun.Execute("info", folder.GetPath("encoder.onnx")).Out);
    }

    [TestMethod]
    public void Bake_OtherDimension_NamesBothAndWritesNothing()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder);
        WriteEncoder(folder, 5);
        var run = Bake(folder);
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains("5 dimensions", run.Error);
        Assert.Contains("takes 8", run.Error);
        Assert.DoesNotContain("closed.onnx", folder.ListFiles());
    }

    [TestMethod]
    [DataRow("--output-name", "nothing", "no output 'nothing'")]
    [DataRow("--mapped-name", "W", "--mapped-name")]
    public void Bake_WrongNames_SaysSo(string option, string value, string message)
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder);
        WriteEncoder(folder, 8);
        var run = Bake(folder, option, value);
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains(message, run.Error);
    }

    [TestMethod]
    public void Bake_OverTheEncoder_IsRefused()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder);
        WriteEncoder(folder, 8);
        var before = File.ReadAllBytes(folder.GetPath("encoder.onnx"));
        var run = ToolRun.Execute(
            "bake", "--encoder", folder.GetPath("encoder.onnx"), "--map", folder.GetPath("map.zip"), "--modality", "image", "--out", folder.GetPath("encoder.onnx"));
        Assert.AreEqual(2, run.ExitCode);
        CollectionAssert.AreEqual(before, File.ReadAllBytes(folder.GetPath("encoder.onnx")));
    }

    [TestMethod]
    public void Export_OpsetOutOfRange_IsBadInput()
    {
        using var folder = new WorkFolder();
        folder.WritePair();
        Fit(folder);
        var run = ToolRun.Execute("export", "--map", folder.GetPath("map.zip"), "--out", folder.GetPath("all.onnx"), "--opset", "5");
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines);
    }

    private static void Fit(WorkFolder folder) => Assert.AreEqual(0, ToolRun.Execute(["fit", .. folder.PairOptions, "--out", folder.GetPath("map.zip")]).ExitCode);

    private static ToolRun Bake(WorkFolder folder, params string[] more) => ToolRun.Execute(
        ["bake", "--encoder", folder.GetPath("encoder.onnx"), "--map", folder.GetPath("map.zip"), "--modality", "image", "--out", folder.GetPath("closed.onnx"), .. more]);

    private static EmbeddingMap GetMap(WorkFolder folder, string modality) =>
        ((EmbeddingMapTransformer)new MLContext().Model.Load(folder.GetPath("map.zip"), out _)).GetModality(modality).Map;

    private static string GetFingerprint(WorkFolder folder) => ((EmbeddingMapTransformer)new MLContext().Model.Load(folder.GetPath("map.zip"), out _)).Fingerprint;

    /// <summary>The encoder x·W; W is the identity where it is square.</summary>
    private static void WriteEncoder(WorkFolder folder, int dimension) => File.WriteAllBytes(
        folder.GetPath("encoder.onnx"),
        OnnxGraphWriter.MatMul("pixel_values", "image_embeds", [.. Enumerable.Range(0, 8 * dimension).Select(i => i / dimension == i % dimension ? 1f : 0)], 8, dimension));

    private static void AssertMaps(WorkFolder folder, string modality, float[][] rows, string path, string output, params (string Name, float[][] Rows)[] inputs)
    {
        using var session = new InferenceSession(path);
        using var options = new RunOptions();
        var tensors = inputs.Select(input => OrtValue.CreateTensorValueFromMemory(input.Rows.SelectMany(row => row).ToArray(), [input.Rows.Length, input.Rows[0].Length])).ToArray();
        using var results = session.Run(options, [.. inputs.Select(input => input.Name)], tensors, [output]);
        var actual = results[0].GetTensorDataAsSpan<float>().ToArray();
        var expected = rows.SelectMany(row => GetMap(folder, modality).Apply(row)).ToArray();
        Assert.HasCount(expected.Length, actual);
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-5);
        foreach (var tensor in tensors)
            tensor.Dispose();
    }
}
