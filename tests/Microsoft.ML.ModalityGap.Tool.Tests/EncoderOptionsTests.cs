using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

/// <summary>What is said of encoders beyond what their folder says: how texts are cleaned, and which output is taken.</summary>
[TestClass]
public class EncoderOptionsTests
{
    private const string Text = "A_photo of &amp;amp; CATS, small";

    public static IEnumerable<object?[]> Cleanings =>
    [
        ["clip", ClipTokenizerOptions.Default], ["siglip", ClipTokenizerOptions.SigLip], ["siglip2", ClipTokenizerOptions.SigLip2], ["none", ClipTokenizerOptions.NoCleaning],
        ["siglip-openclip", new ClipTokenizerOptions { SigLipCleaning = SigLipCleaning.OpenClip }], ["siglip-bigvision", new ClipTokenizerOptions { SigLipCleaning = SigLipCleaning.BigVision }],
    ];

    [TestMethod]
    [DynamicData(nameof(Cleanings))]
    public void Embed_TextCleaning_IsTheLibrarys(string name, ClipTokenizerOptions options)
    {
        using var folder = new EmbedFolder();
        var run = ToolRun.Execute("embed", "--model", folder.Model, "--text", Text, "--out", folder.Out, "--text-cleaning", name);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable([new Row { Text = Text }]);
        using var model = ml.Transforms.EmbedClipText("Embedding", nameof(Row.Text), folder.Model, new EmbedClipTextOptions { Tokenizer = options }).Fit(data);
        CollectionAssert.AreEqual(model.Transform(data).GetColumn<float[]>("Embedding").Single(), WorkFolder.ReadNpy(folder.Out)[0]);
    }

    [TestMethod]
    public void Embed_TextCleanings_Differ()
    {
        using var folder = new EmbedFolder();
        string Embed(string name)
        {
            Assert.AreEqual(0, ToolRun.Execute("embed", "--model", folder.Model, "--text", Text, "--out", folder.Out, "--text-cleaning", name, "--force").ExitCode);
            return string.Join(' ', WorkFolder.ReadNpy(folder.Out)[0]);
        }

        Assert.HasCount(4, new[] { "clip", "siglip", "siglip-openclip", "none" }.Select(Embed).Distinct().ToArray());
    }

    [TestMethod]
    public void Embed_TextOutput_TakesTheOneNamed()
    {
        using var folder = new EmbedFolder();
        WriteTwoOutputs(folder);
        var unsaid = ToolRun.Execute("embed", "--model", folder.Model, "--text", "a cat", "--out", folder.Out);
        Assert.AreEqual(2, unsaid.ExitCode);
        Assert.Contains("--text-output", unsaid.Error);
        Assert.DoesNotContain("--output-name", unsaid.Error);

        float[] Embed(string output)
        {
            var run = ToolRun.Execute("embed", "--model", folder.Model, "--text", "a cat", "--out", folder.Out, "--text-output", output, "--force");
            Assert.AreEqual(0, run.ExitCode, run.Error);
            return WorkFolder.ReadNpy(folder.Out)[0];
        }

        var (first, second) = (Embed("first_text_embeddings"), Embed("l2norm_text_embeddings"));
        CollectionAssert.AreEqual(first.Select(value => 2 * value).ToArray(), second);
        var doctor = ToolRun.Execute("doctor", "--model", folder.Model, "--text-output", "l2norm_text_embeddings");
        Assert.AreEqual(0, doctor.ExitCode, doctor.Error);
        Assert.Contains("l2norm_text_embeddings", doctor.Out);

        // Typed queries and class names go through the same encoder.
        folder.WriteTexts(3);
        Assert.AreEqual(0, folder.EmbedTexts("--text-output", "l2norm_text_embeddings", "--force").ExitCode);
        string[] encoder = ["--model", folder.Model, "--text-output", "l2norm_text_embeddings"];
        var search = ToolRun.Execute(["search", "--modality", $"text={folder.Out}", "--text", "a photo of 0 cats", "--k", "1", "--json", .. encoder]);
        Assert.AreEqual(0, search.ExitCode, search.Error);
        Assert.AreEqual(1, search.Json.GetProperty("queries")[0].GetProperty("neighbors")[0].GetProperty("score").GetDouble(), 1e-6);
        var classify = ToolRun.Execute(["classify", "--in", folder.Out, "--class", "cats", "--class", "dogs", .. encoder]);
        Assert.AreEqual(0, classify.ExitCode, classify.Error);
    }

    [TestMethod]
    public void Embed_ResumedWithOtherCleaning_IsRefused()
    {
        using var folder = new EmbedFolder();
        folder.WriteTexts(40);
        string[] embed = ["embed", "--model", folder.Model, "--texts", folder.Texts, "--out", folder.Out];
        Assert.AreEqual(130, folder.Interrupt(12, embed).ExitCode);
        var other = ToolRun.Execute([.. embed, "--text-cleaning", "none", "--batch-size", "4"]);
        Assert.AreEqual(2, other.ExitCode, other.Error);
        Assert.Contains("--restart", other.Error);
        Assert.AreEqual(0, ToolRun.Execute([.. embed, "--batch-size", "4"]).ExitCode);
    }

    [TestMethod]
    [DataRow("--text-cleaning says something of texts", "--images", "IMAGES", "--text-cleaning", "none")]
    [DataRow("--text-output says something of texts", "--images", "IMAGES", "--text-output", "x")]
    [DataRow("--image-output says something of images", "--text", "a", "--image-output", "x")]
    [DataRow("Did you mean 'siglip'?", "--text", "a", "--text-cleaning", "siglib")]
    public void Embed_OptionsThatDoNotFit_AreRefusedInALine(string message, params string[] options)
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(1);
        var run = ToolRun.Execute(["embed", "--model", folder.Model, "--out", folder.Out, .. options.Select(option => option == "IMAGES" ? folder.Images : option)]);
        Assert.AreEqual(2, run.ExitCode);
        Assert.HasCount(1, run.ErrorLines);
        Assert.Contains(message, run.Error);
    }

    private static void WriteTwoOutputs(EmbedFolder folder) => File.WriteAllBytes(Path.Combine(folder.Model, "text_model.onnx"), new OnnxGraphWriter()
        .Input("input_ids", OnnxGraphWriter.Int64, "batch", EmbedFolder.ContextLength)
        .Node("Cast", ["input_ids"], ["first_text_embeddings"], ("to", OnnxGraphWriter.Float32))
        .Initializer("two", [2f], 1)
        .Node("Mul", ["first_text_embeddings", "two"], ["l2norm_text_embeddings"])
        .Output("first_text_embeddings", OnnxGraphWriter.Float32, "batch", EmbedFolder.ContextLength)
        .Output("l2norm_text_embeddings", OnnxGraphWriter.Float32, "batch", EmbedFolder.ContextLength)
        .ToArray());

    private sealed class Row
    {
        public string Text { get; set; } = "";
    }
}
