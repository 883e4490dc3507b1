using System.Text.Json;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class DoctorCommandTests
{
    [TestMethod]
    public void Doctor_OfAWorkingFolder_SaysWhatIsWhereFrom()
    {
        using var folder = new EmbedFolder();
        var run = ToolRun.Execute("doctor", "--model", folder.Model, "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual(0, run.Json.GetProperty("problems").GetArrayLength());
        Check(run, "images", "encoder", "bytes", "vision_model.onnx");
        Check(run, "images", "input", "'pixel_values', float32 (batch, 3, 8, 8)", "vision_model.onnx");
        Check(run, "images", "resize", "shortest edge to 8, bicubic; centre crop 8 × 8", "preprocessor_config.json");
        Check(run, "images", "embedding", "4 dimensions", null);
        Check(run, "texts", "encoder", "bytes", "text_model.onnx");
        Check(run, "texts", "context length", "12, fixed by the encoder", "text_model.onnx");
        Check(run, "texts", "cleaning", "LowerCase = True", "vocab.json");
        Check(run, "texts", "embedding", "4 dimensions", null);

        // 0.5 and 0.25 are nobody's.
        Assert.Contains("none of the usual ones", run.ErrorLines.Single());
        var table = ToolRun.Execute("doctor", "--model", folder.Model);
        Assert.Contains("preprocessor_config.json", table.Out);
        Assert.Contains("tried", table.Out);
    }

    [TestMethod]
    public void Doctor_OfFoldersWithMistakes_WarnsOrSaysWhatIsWrong()
    {
        using var folder = new EmbedFolder();
        File.WriteAllBytes(Path.Combine(folder.Model, "text_model.onnx"), new OnnxGraphWriter()
            .Input("input_ids", OnnxGraphWriter.Int64, "batch", EmbedFolder.ContextLength)
            .Node("Cast", ["input_ids"], ["numbers"], ("to", OnnxGraphWriter.Float32))
            .Node("Sub", ["numbers", "numbers"], ["nothing"])
            .Initializer("one", [1f], 1)
            .Node("Add", ["nothing", "one"], ["text_embeds"])
            .Output("text_embeds", OnnxGraphWriter.Float32, "batch", EmbedFolder.ContextLength)
            .ToArray());
        File.WriteAllText(Path.Combine(folder.Model, "preprocessor_config.json"), """{"size": {"height": 16, "width": 16}, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}""");
        var run = ToolRun.Execute("doctor", "--model", folder.Model, "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        string[] warnings = [.. run.Json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];
        Assert.HasCount(3, warnings);
        Assert.Contains("16 × 16 pixels, but the encoder takes 8 × 8", warnings[0]);
        Assert.Contains("two different texts have nearly the same embedding", warnings[1]);
        Assert.Contains("makes 4 dimensions and the text encoder 12", warnings[2]);
        Check(run, "images", "pixels", "SigLIP's", "preprocessor_config.json");

        File.WriteAllText(Path.Combine(folder.Model, "preprocessor_config.json"), "{}");
        File.Delete(Path.Combine(folder.Model, "text_model.onnx"));
        run = ToolRun.Execute("doctor", "--model", folder.Model);
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("none of the fields expected", run.Error);
        Assert.Contains("none", run.Out);

        File.Delete(Path.Combine(folder.Model, "vision_model.onnx"));
        run = ToolRun.Execute("doctor", "--model", folder.Model);
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("holds neither vision_model.onnx nor model.onnx", run.Error);
        Assert.AreEqual(2, ToolRun.Execute("doctor", "--model", folder.GetPath("nowhere")).ExitCode);
    }

    private static void Check(ToolRun run, string part, string name, string value, string? file)
    {
        var finding = run.Json.GetProperty("findings").EnumerateArray().FirstOrDefault(each => each.GetProperty("part").GetString() == part && each.GetProperty("what").GetString() == name);
        Assert.AreNotEqual(JsonValueKind.Undefined, finding.ValueKind, $"{part}, {name}: {run.Out}");
        Assert.Contains(value, finding.GetProperty("value").GetString()!);
        Assert.AreEqual(file, finding.GetProperty("file").GetString());
    }
}
