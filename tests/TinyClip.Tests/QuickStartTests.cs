using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML.ModalityGap.Tests;

namespace TinyClip.Tests;

/// <summary>The README's first command as a process of its own, on few pairs.</summary>
[TestClass]
[DoNotParallelize] // the sample writes beside itself
public sealed partial class QuickStartTests
{
    [TestMethod]
    public void Run_ModelImagesAndCaptions_MeasuresFourWaysToSearchAndAnswersTheQuery()
    {
        using var folder = new TemporaryFolder();
        var captions = new List<string>();
        foreach (var (i, scene) in SceneDataset.Create(SceneSplit.Test, 60, seed: 3).Index())
        {
            File.WriteAllBytes(folder.File($"{i}.png"), scene.RenderPng(96));
            captions.AddRange(scene.Captions.Take(2).Select(caption => $"{i}.png\t{caption}"));
        }

        File.WriteAllLines(folder.File("captions.tsv"), captions);
        var run = Run("--model", TinyClipModel.FindFolder(), "--images", folder.Path, "--captions", folder.File("captions.tsv"), "two", "red", "stars");

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("30 pairs to fit on, 30 others", run.Output);
        Assert.Contains("«two red stars»", run.Output);
        Assert.Contains("with the reloaded model", run.Output);
        Assert.Contains("│ match │", run.Output, "the probability of a match");
        Assert.Contains(" %", run.Output);

        // raw, I0T_post, whiten + align, and corrected: the gap is closed, and the one gallery is no longer of texts alone.
        var gap = Row(run.Output, "centroid distance");
        Assert.IsLessThan(gap[0] / 2, gap[1], "I0T_post");
        Assert.IsLessThan(gap[0] / 2, gap[2], "whiten + align");
        Assert.AreEqual(gap[2], gap[3], "a correction moves no vector");
        var ndcg = Row(run.Output, "one gallery of both: NDCG@10");
        var images = Row(run.Output, "images in the first ten");
        Assert.IsLessThan(0.35, images[0]);
        for (var way = 1; way < 4; way++)
        {
            Assert.IsGreaterThan(ndcg[0], ndcg[way], $"NDCG@10, way {way}");
            Assert.AreEqual(0.5, images[way], 0.15, $"images, way {way}");
        }
    }

    /// <summary>The public CLIP exports' layout, sizes and tokenizer; the weights are random, so the numbers mean nothing.</summary>
    [TestMethod]
    public void Run_ClipShapedExport_Runs()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in new[] { "vision_model.onnx", "text_model.onnx" })
            File.CreateSymbolicLink(folder.File(file), SharedData.GetPath("clip-shaped", file));
        foreach (var file in new[] { "vocab.json", "merges.txt" })
            File.CreateSymbolicLink(folder.File(file), SharedData.GetPath("clip-bpe", file));
        File.WriteAllText(folder.File("preprocessor_config.json"), """
            {
              "image_processor_type": "CLIPImageProcessor", "do_resize": true, "size": { "shortest_edge": 224 }, "resample": 3,
              "do_center_crop": true, "crop_size": { "height": 224, "width": 224 }, "do_normalize": true,
              "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711]
            }
            """);
        var images = SharedData.GetPath("clip-shaped", "images");
        File.WriteAllLines(folder.File("captions.tsv"), Directory.GetFiles(images).Select(Path.GetFileName).Order(StringComparer.Ordinal).SelectMany(
            name => new[] { $"{name}\tthe picture {name}", $"{name}\tanother word for {name}" }));

        var run = Run("--model", folder.Path, "--images", images, "--captions", folder.File("captions.tsv"), "a sleeping cat");

        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.Contains("«a sleeping cat»", run.Output);
    }

    [TestMethod]
    public void Run_ModelWithoutCaptions_SaysWhatBelongsTogether()
    {
        var run = Run("--model", TinyClipModel.FindFolder());

        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Error, "--model, --images and --captions belong together");
    }

    /// <summary>The numbers of a table's row, one for each way to search: │ name │ raw │ I0T_post │ … │.</summary>
    private static double[] Row(string output, string name)
    {
        var line = output.Split('\n').Single(line => line.Contains(name, StringComparison.Ordinal));
        double[] numbers = [.. Number().Matches(line).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];
        Assert.HasCount(4, numbers, line);
        return numbers;
    }

    private static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "QuickStart.dll") },
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    [GeneratedRegex(@"\d+\.\d{3}")]
    private static partial Regex Number();
}
