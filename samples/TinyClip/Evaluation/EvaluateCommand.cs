using System.Globalization;

namespace TinyClip;

/// <summary>Prints how well a model folder does, by ONNX Runtime alone.</summary>
internal static class EvaluateCommand
{
    internal static void Run(DirectoryInfo folder, SceneSplit split)
    {
        using var encoder = new OnnxDualEncoder(folder.FullName);
        Print(encoder, split);
    }

    internal static void Print(OnnxDualEncoder encoder, SceneSplit split)
    {
        var report = EvaluationReport.Create(encoder, split);
        Console.WriteLine($"{EvaluationReport.SceneCount} scenes of the {split.ToString().ToLowerInvariant()} split, each with its first caption, which tells everything:");
        Console.WriteLine(report.FullCaptions);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"text->image recall@1 of all {Scene.CaptionCount} captions   {report.AnyCaptionRecallAt1:F4}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"right order of two groups               {report.OrderAccuracy:F4} (guessing: 0.5)"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"zero-shot accuracy, 64 colours x shapes {report.ZeroShotAccuracy:F4} (guessing: 0.0156)"));
    }
}
