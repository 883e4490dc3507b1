using System.Text.Json;
using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap.Tool.Tests;

[TestClass]
public class EmbedCommandTests
{
    private const string PreprocessorConfig = """
        {"crop_size": {"height": 224, "width": 224}, "do_center_crop": true, "do_convert_rgb": true, "do_normalize": true, "do_rescale": true, "do_resize": true,
         "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711], "resample": 3, "rescale_factor": 0.00392156862745098,
         "size": {"shortest_edge": 224}}
        """;

    [TestMethod]
    public void Images_EqualTheLibrarysEmbeddings()
    {
        using var folder = new EmbedFolder();
        foreach (var (name, seed) in new[] { ("b.bmp", 1), ("a.bmp", 2), ("C.BMP", 3), ("sub/d.bmp", 4) })
            folder.WriteImage(name, seed);
        File.WriteAllText(Path.Combine(folder.Images, "notes.txt"), "no image");
        var run = folder.EmbedImages("--batch-size", "2");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("", run.Error);
        Assert.AreEqual(3, run.Json.GetProperty("rows").GetInt32());
        Assert.AreEqual(EmbedFolder.Dimension, run.Json.GetProperty("dimension").GetInt32());
        Assert.AreEqual(0, run.Json.GetProperty("resumedFrom").GetInt32());
        string[] items = ["C.BMP", "a.bmp", "b.bmp"];
        CollectionAssert.AreEqual(items, File.ReadAllLines(run.Json.GetProperty("items").GetString()!));
        CollectionAssert.AreEqual(new[] { "x.items.txt", "x.npy" }, folder.ListOutputs());

        var rows = WorkFolder.ReadNpy(folder.Out);
        CheckRows(EmbedImages(folder, items), rows);
        Assert.HasCount(3, rows.Select(row => row[0]).Distinct().ToArray());
    }

    [TestMethod]
    public void Images_Recursive_TakesSubfolders()
    {
        using var folder = new EmbedFolder();
        foreach (var (name, seed) in new[] { ("b.bmp", 1), ("b/a.bmp", 2), ("b-c.bmp", 3), ("b/z/d.bmp", 4), (".hidden.bmp", 5) })
            folder.WriteImage(name, seed);
        Assert.AreEqual(0, folder.EmbedImages("--recursive").ExitCode);
        string[] items = ["b-c.bmp", "b.bmp", "b/a.bmp", "b/z/d.bmp"];
        CollectionAssert.AreEqual(items, File.ReadAllLines(folder.GetPath("x.items.txt")));
        CheckRows(EmbedImages(folder, items), WorkFolder.ReadNpy(folder.Out));
    }

    [TestMethod]
    public void Images_FromAList_AreRelativeToIt()
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(3);
        string[] items = ["images/002.bmp", Path.Combine(folder.Images, "000.bmp"), "images/002.bmp"];
        File.WriteAllLines(folder.GetPath("list.txt"), items);
        var run = ToolRun.Execute("embed", "--model", folder.Model, "--images", folder.GetPath("list.txt"), "--out", folder.Out);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        CollectionAssert.AreEqual(items, File.ReadAllLines(folder.GetPath("x.items.txt")));
        CheckRows(EmbedImages(folder, ["002.bmp", "000.bmp", "002.bmp"]), WorkFolder.ReadNpy(folder.Out));
    }

    [TestMethod]
    public void Texts_EqualTheLibrarysEmbeddings()
    {
        using var folder = new EmbedFolder();
        string[] texts = ["a photo of a cat", "", "été à la plage", "a\ttab"];
        File.WriteAllText(folder.Texts, string.Join("\r\n", texts));
        var run = folder.EmbedTexts();
        Assert.AreEqual(0, run.ExitCode, run.Error);
        CheckRows(EmbedTexts(folder, texts), WorkFolder.ReadNpy(folder.Out));
        Assert.AreEqual(string.Join('\n', texts) + "\n", File.ReadAllText(folder.GetPath("x.items.txt")));
    }

    [TestMethod]
    public void TextColumn_TakesOneOfSeveral()
    {
        using var folder = new EmbedFolder();
        File.WriteAllText(folder.Texts, "1\tthe cat\n2\t\n3\ta toy dog\tmore\n");
        Assert.AreEqual(0, folder.EmbedTexts("--text-column", "2").ExitCode);
        CheckRows(EmbedTexts(folder, ["the cat", "", "a toy dog"]), WorkFolder.ReadNpy(folder.Out));

        var run = folder.EmbedTexts("--text-column", "3");
        Assert.AreEqual(2, run.ExitCode);
        Assert.Contains("line 1 has 2 columns", run.Error);
    }

    [TestMethod]
    [DataRow("float16", 2)]
    [DataRow("float32", 4)]
    [DataRow("float64", 8)]
    public void DType_IsWritten(string type, int size)
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(5);
        Assert.AreEqual(type, folder.EmbedImages("--dtype", type).Json.GetProperty("type").GetString());
        var data = new MLContext().ModalityGap().LoadFromNpy(folder.Out, "x");
        var found = data.GetColumn<float[]>("x").ToArray();
        var expected = EmbedImages(folder, ["000.bmp", "001.bmp", "002.bmp", "003.bmp", "004.bmp"]);
        CheckRows([.. expected.Select(row => row.Select(value => size == 2 ? (float)(Half)value : value).ToArray())], found);
        Assert.AreEqual(128 + (5 * EmbedFolder.Dimension * size), new FileInfo(folder.Out).Length);
    }

    [TestMethod]
    public void Float16_TooSmallForTheValues_IsRefused()
    {
        using var folder = new EmbedFolder(scale: 1e6f);
        folder.WriteImages(3);
        var run = folder.EmbedImages("--dtype", "float16");
        CheckRefused(run, "float16");
        Assert.IsEmpty(folder.ListOutputs());
        Assert.AreEqual(0, folder.EmbedImages().ExitCode);
    }

    [TestMethod]
    public void EncoderThatMakesNaN_IsRefused()
    {
        using var folder = new EmbedFolder(scale: float.NaN);
        folder.WriteTexts(3);

        // It is not the text that is wrong, so none is left out for it.
        foreach (var run in new[] { folder.EmbedTexts(), folder.EmbedTexts("--skip-unusable") })
        {
            CheckRefused(run, "yields NaN for row 0");
            CheckRefused(run, "text_model.onnx");
        }

        Assert.IsEmpty(folder.ListOutputs());
    }

    [TestMethod]
    public void BrokenImage_IsNamed()
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(3);
        folder.BreakImage("001.bmp");
        CheckRefused(folder.EmbedImages(), "001.bmp");
        Assert.IsEmpty(folder.ListOutputs());
    }

    [TestMethod]
    public void SkipUnusable_LeavesOutOfBothFiles()
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(6);
        folder.BreakImage("001.bmp");
        File.WriteAllText(Path.Combine(folder.Images, "004.bmp"), "");
        var run = folder.EmbedImages("--skip-unusable");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        string[] items = ["000.bmp", "002.bmp", "003.bmp", "005.bmp"];
        CheckRows(EmbedImages(folder, items), WorkFolder.ReadNpy(folder.Out));
        CollectionAssert.AreEqual(items, File.ReadAllLines(folder.GetPath("x.items.txt")));
        Assert.HasCount(2, run.ErrorLines);
        Assert.Contains("001.bmp", run.ErrorLines[0]);
        Assert.Contains("004.bmp", run.ErrorLines[1]);
        var skipped = run.Json.GetProperty("skipped").EnumerateArray().ToArray();
        CollectionAssert.AreEqual(new[] { 1, 4 }, skipped.Select(entry => entry.GetProperty("index").GetInt32()).ToArray());
        Assert.AreEqual("001.bmp", skipped[0].GetProperty("item").GetString());
    }

    [TestMethod]
    public void GpuDevice_WithTheRuntimeForTheCpu_IsRefusedOrFallsBack()
    {
        using var folder = new EmbedFolder();
        folder.WriteTexts(2);
        var run = folder.EmbedTexts("--gpu-device", "0");
        if (run.ExitCode == 0)
            Assert.Inconclusive("There is a GPU here.");
        CheckRefused(run, "OnnxRuntime=Gpu");
        Assert.Contains("--fallback-to-cpu", run.Error);
        Assert.IsEmpty(folder.ListOutputs());

        run = folder.EmbedTexts("--gpu-device", "0", "--fallback-to-cpu");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("warning", run.Error);
        Assert.Contains("runs on the CPU", run.Error);
    }

    [TestMethod]
    [DataRow("--images {images} --texts {texts.txt}", "either --images")]
    [DataRow("", "either --images")]
    [DataRow("--images {images} --text-column 1", "--text-column")]
    [DataRow("--texts {texts.txt} --recursive", "--recursive")]
    [DataRow("--images {texts.txt} --recursive", "--recursive")]
    [DataRow("--texts {texts.txt} --text-column 0", "counts from 1")]
    [DataRow("--texts {texts.txt} --batch-size 0", "--batch-size")]
    [DataRow("--texts {texts.txt} --gpu-device -1", "--gpu-device")]
    [DataRow("--texts {texts.txt} --fallback-to-cpu", "--gpu-device")]
    [DataRow("--texts {texts.txt} --dtype int8", "int8")]
    [DataRow("--images {images/000.bmp}", "called like an image")]
    [DataRow("--images {nothing}", "nothing")]
    [DataRow("--images {model}", "holds no images")]
    [DataRow("--texts {nothing.txt}", "nothing.txt")]
    [DataRow("--texts {empty.txt}", "empty.txt")]
    [DataRow("--texts {latin1.txt}", "UTF-8")]
    [DataRow("--images {list.txt}", "nowhere.bmp")]
    [DataRow("--texts {texts.txt} --out {texts.txt}", "--out would replace")]
    [DataRow("--texts {x.items.txt}", "--out would replace")]
    [DataRow("--texts {texts.txt} --out {nofolder/x.npy}", "nofolder")]
    [DataRow("--texts {texts.txt} --model {images}", "neither text_model.onnx nor model.onnx")]
    [DataRow("--texts {texts.txt} --model {nothing}", "nothing")]
    [DataRow("--texts {texts.txt} --model {broken}", "cannot load the model")]
    public void CommandLine_IsRefusedInOneLine(string commandLine, string named)
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(2);
        folder.WriteTexts(2);
        File.WriteAllText(folder.GetPath("empty.txt"), "");
        File.WriteAllText(folder.GetPath("x.items.txt"), "a cat");
        File.WriteAllText(folder.GetPath("list.txt"), "nowhere.bmp");
        File.WriteAllBytes(folder.GetPath("latin1.txt"), [(byte)'a', (byte)'\n', 0xE9, (byte)'t']);
        Directory.CreateDirectory(folder.GetPath("broken"));
        foreach (var file in Directory.GetFiles(folder.Model))
            File.Copy(file, Path.Combine(folder.GetPath("broken"), Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(folder.GetPath("broken"), "text_model.onnx"), "no model");
        var before = folder.ListOutputs();

        var arguments = commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(argument => argument[0] == '{' ? folder.GetPath(argument[1..^1]) : argument).ToList();
        foreach (var (option, value) in new[] { ("--model", folder.Model), ("--out", folder.Out) })
        {
            if (!arguments.Contains(option))
                arguments.AddRange([option, value]);
        }

        CheckRefused(ToolRun.Execute(["embed", .. arguments, "--force"]), named);
        CollectionAssert.AreEqual(before, folder.ListOutputs());
    }

    [TestMethod]
    public void Process_Piped_PrintsPlainText()
    {
        using var folder = new EmbedFolder();
        folder.WriteImages(3);
        var run = ToolRun.ExecuteProcess("embed", "--model", folder.Model, "--images", folder.Images, "--out", folder.Out);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.AreEqual("", run.Error);
        Assert.Contains("x.items.txt", run.Out);
        Assert.DoesNotContain("\u001b", run.Out);
    }

    [TestMethod]
    public void ClipShapedModel_GivesTheGoldenEmbeddings()
    {
        using var folder = new WorkFolder();
        var model = CreateClipShapedFolder(folder);
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.GetPath("clip-shaped", "golden.json")));

        var images = SharedData.GetPath("clip-shaped", "images");
        var run = ToolRun.Execute("embed", "--model", model, "--images", images, "--out", folder.GetPath("i.npy"), "--batch-size", "3", "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        var rows = WorkFolder.ReadNpy(folder.GetPath("i.npy"));
        var items = File.ReadAllLines(folder.GetPath("i.items.txt"));
        Assert.HasCount(7, items);
        for (var i = 0; i < items.Length; i++)
        {
            // The golden values crop as OpenAI's code does, this configuration as Hugging Face's processor: half a pixel, as in the 635 of this image, is rounded otherwise.
            var expected = items[i] == "diagram.png"
                ? EmbedImages(images, model, [items[i]])[0]
                : ReadVector(golden.RootElement.GetProperty("images").GetProperty(items[i]).GetProperty("image_embeds"));
            Assert.IsGreaterThanOrEqualTo(0.9999, Cosine(expected, rows[i]), items[i]);
        }

        var texts = golden.RootElement.GetProperty("texts").EnumerateArray().ToArray();
        // A line break cannot stand in a line, and to CLIP's tokenizer is one blank like the others.
        File.WriteAllLines(folder.GetPath("texts.txt"), texts.Select(entry => entry.GetProperty("text").GetString()!.ReplaceLineEndings(" ")));
        run = ToolRun.Execute("embed", "--model", model, "--texts", folder.GetPath("texts.txt"), "--out", folder.GetPath("t.npy"), "--batch-size", "3", "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        rows = WorkFolder.ReadNpy(folder.GetPath("t.npy"));
        Assert.HasCount(texts.Length, rows);
        for (var i = 0; i < texts.Length; i++)
        {
            var expected = ReadVector(texts[i].GetProperty("text_embeds"));
            for (var d = 0; d < expected.Length; d++)
                Assert.AreEqual(expected[d], rows[i][d], 1e-4, $"Text {i}, dimension {d}.");
        }
    }

    /// <summary>A model folder as public exports are laid out, with the ONNX files in a subfolder.</summary>
    internal static string CreateClipShapedFolder(WorkFolder folder)
    {
        var model = folder.GetPath("clip-shaped");
        Directory.CreateDirectory(Path.Combine(model, "onnx"));
        foreach (var name in new[] { "vision_model.onnx", "text_model.onnx" })
            File.CreateSymbolicLink(Path.Combine(model, "onnx", name), SharedData.GetPath("clip-shaped", name));
        foreach (var name in new[] { "vocab.json", "merges.txt" })
            File.CreateSymbolicLink(Path.Combine(model, name), SharedData.GetPath("clip-bpe", name));
        File.WriteAllText(Path.Combine(model, "preprocessor_config.json"), PreprocessorConfig);
        return model;
    }

    internal static void CheckRefused(ToolRun run, string named)
    {
        Assert.AreEqual(2, run.ExitCode, run.Error);
        Assert.AreEqual("", run.Out);
        Assert.HasCount(1, run.ErrorLines, run.Error);
        Assert.StartsWith("modality-gap: ", run.Error);
        Assert.Contains(named, run.Error);
    }

    private static float[][] EmbedImages(EmbedFolder folder, string[] items) => EmbedImages(folder.Images, folder.Model, items);

    private static float[][] EmbedImages(string folder, string modelFolder, string[] items)
    {
        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable(items.Select(item => new Row { Item = Path.Combine(folder, item) }));
        using var model = ml.Transforms.EmbedClipImages("x", "Item", modelFolder).Fit(data);
        return [.. model.Transform(data).GetColumn<float[]>("x")];
    }

    private static float[][] EmbedTexts(EmbedFolder folder, string[] items)
    {
        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable(items.Select(item => new Row { Item = item }));
        using var model = ml.Transforms.EmbedClipText("x", "Item", folder.Model).Fit(data);
        return [.. model.Transform(data).GetColumn<float[]>("x")];
    }

    /// <summary>The batches may differ, and with them the last bits.</summary>
    private static void CheckRows(float[][] expected, float[][] found)
    {
        Assert.HasCount(expected.Length, found);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.HasCount(expected[i].Length, found[i]);
            for (var d = 0; d < expected[i].Length; d++)
                Assert.AreEqual(expected[i][d], found[i][d], 1e-4 * (1 + Math.Abs(expected[i][d])), $"Row {i}, dimension {d}.");
        }
    }

    private static float[] ReadVector(JsonElement element) => [.. element.EnumerateArray().Select(value => value.GetSingle())];

    private static double Cosine(float[] a, float[] b)
    {
        double ab = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
            (ab, aa, bb) = (ab + ((double)a[i] * b[i]), aa + ((double)a[i] * a[i]), bb + ((double)b[i] * b[i]));
        return ab / Math.Sqrt(aa * bb);
    }

    private sealed class Row
    {
        public string Item { get; set; } = "";
    }
}
