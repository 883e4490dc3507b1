using System.Globalization;
using System.Text.Json;

namespace TinyClip;

/// <summary>Writes the README.md of a model folder: what the files are, what made them, how well they do.</summary>
internal static class ModelCard
{
    internal static void Write(string folder, EvaluationReport report, SceneSplit split)
    {
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, TrainCommand.ConfigurationFile)));
        var command = config.RootElement.GetProperty("training").GetProperty("command").GetString();
        var sizes = string.Join("\n", Directory.GetFiles(folder).Where(file => !file.EndsWith(".md", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(file => string.Create(CultureInfo.InvariantCulture, $"| `{Path.GetFileName(file)}` | {new FileInfo(file).Length:N0} |")));
        File.WriteAllText(Path.Combine(folder, "README.md"), $"""
            # TinyClip's trained files

            Written by the tool of this repository; do not edit. Made from nothing but the drawings and sentences of `samples/TinyClip.Scenes`, under
            the repository's licence (MIT), by

            ```
            {command}
            ```

            A run repeats itself on the same machine with the same number of threads; another processor rounds differently and ends near, not at, these numbers.

            | file | bytes |
            | --- | --- |
            {sizes}

            - `{TinyClipModel.VisionFile}`: `pixel_values` float32 (batch, 3, {TinyClipModel.ImageSize}, {TinyClipModel.ImageSize}) to `image_embeds` (batch, {report.FullCaptions.Dimension}), not normalised
            - `{TinyClipModel.TextFile}`: `input_ids`, `attention_mask` int64 (batch, sequence), up to {TinyClipModel.ContextLength}, to `text_embeds` (batch, {report.FullCaptions.Dimension}), not normalised
            - `{TinyClipModel.VocabularyFile}`, `{TinyClipModel.MergesFile}`: byte pair encoding in CLIP's layout; texts are padded with the end token
            - `{TinyClipModel.TokenizerFile}`: the length of a row of tokens
            - `{TinyClipModel.PreprocessorFile}`: as Hugging Face's CLIPImageProcessor has it

            ## How well they do
            `dotnet run --project samples/TinyClip -- evaluate` prints:

            ```
            {report.Describe(split)}
            ```

            """.ReplaceLineEndings("\n"));
    }
}
