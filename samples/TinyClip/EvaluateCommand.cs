namespace TinyClip;

/// <summary>Prints how well a model folder does, by ONNX Runtime alone.</summary>
internal static class EvaluateCommand
{
    internal static void Run(DirectoryInfo folder, SceneSplit split, bool writeReadme)
    {
        using var encoder = new OnnxDualEncoder(folder.FullName);
        var report = EvaluationReport.Create(encoder, split);
        Console.WriteLine(report.Describe(split));
        if (writeReadme)
            ModelCard.Write(folder.FullName, report, split);
    }
}
