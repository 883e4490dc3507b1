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
    public void Run_ModelImagesAndCaptions_MeasuresBeforeAndAfterAndAnswersTheQuery()
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
        Assert.Contains("after, with the reloaded model", run.Output);
        var gap = Row(run.Output, "centroid distance");
        Assert.IsLessThan(gap.Before / 2, gap.After, "centroid distance");
        var ndcg = Row(run.Output, "NDCG@10");
        Assert.IsGreaterThan(0.5, ndcg.Before);
        Assert.IsGreaterThan(ndcg.Before, ndcg.After, "NDCG@10");

        // The gallery is half images: a text query finds almost none of them before, and about half afterwards.
        var images = Row(run.Output, "images among the first ten");
        Assert.IsLessThan(0.35, images.Before);
        Assert.AreEqual(0.5, images.After, 0.15);
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

    /// <summary>The numbers of a table's row: │ name │ before │ after │.</summary>
    private static (double Before, double After) Row(string output, string name)
    {
        var line = output.Split('\n').Single(line => line.Contains(name, StringComparison.Ordinal));
        var numbers = Number().Matches(line).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture)).ToArray();
        return (numbers[^2], numbers[^1]);
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

    [GeneratedRegex(@"\d+\.\d{4}")]
    private static partial Regex Number();
}
