namespace TinyClip;

/// <summary>Where TinyClip's trained files are.</summary>
public static class TinyClipModel
{
    /// <summary>The image encoder: <c>pixel_values</c> (batch, 3, 64, 64) to <c>image_embeds</c> (batch, d).</summary>
    public const string VisionFile = "vision_model.onnx";

    /// <summary>The text encoder: <c>input_ids</c> and <c>attention_mask</c> (batch, up to 32) to <c>text_embeds</c> (batch, d).</summary>
    public const string TextFile = "text_model.onnx";

    /// <summary>The tokens and their ids, in CLIP's layout.</summary>
    public const string VocabularyFile = "vocab.json";

    /// <summary>The merges of the byte pair encoding, in CLIP's layout.</summary>
    public const string MergesFile = "merges.txt";

    /// <summary>How images become pixel values.</summary>
    public const string PreprocessorFile = "preprocessor_config.json";

    /// <summary>The length of a row of tokens, which the text encoder leaves open.</summary>
    public const string TokenizerFile = "tokenizer_config.json";

    /// <summary>Width and height of the images that the encoder takes.</summary>
    public const int ImageSize = 64;

    /// <summary>How many tokens the text encoder takes.</summary>
    public const int ContextLength = 32;

    /// <summary>
    /// Finds the committed files: the folder <c>samples/TinyClip/model</c> in the first folder that has one, upwards from the application's
    /// own folder, from that of the file that a file-based app is, and then from the current one.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is none; the message says how to make it.</exception>
    public static string FindFolder() =>
        Find(AppContext.BaseDirectory) ?? Find(AppContext.GetData("EntryPointFileDirectoryPath") as string ?? AppContext.BaseDirectory) ?? Find(Directory.GetCurrentDirectory()) ?? throw new DirectoryNotFoundException(
            $"Found no 'samples/TinyClip/model' with '{VisionFile}' above '{AppContext.BaseDirectory}' or '{Directory.GetCurrentDirectory()}'. "
            + "Run inside a clone of the repository, or make the files: dotnet run --project samples/TinyClip -- train --out FOLDER");

    private static string? Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var model = Path.Combine(folder.FullName, "samples", "TinyClip", "model");
            if (File.Exists(Path.Combine(model, VisionFile)))
                return model;
        }

        return null;
    }
}
