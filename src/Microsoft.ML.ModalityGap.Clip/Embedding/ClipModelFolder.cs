namespace Microsoft.ML.ModalityGap;

/// <summary>Finds the files of a model folder laid out as public exports are: in the folder, or the ONNX files in its subfolder <c>onnx</c>.</summary>
internal static class ClipModelFolder
{
    /// <summary>The image tower: <c>vision_model.onnx</c>, or both in one <c>model.onnx</c>.</summary>
    internal static (string Path, EncodeWithOnnxOptions Options) FindImageEncoder(string folder, EncodeWithOnnxOptions options) =>
        FindEncoder(folder, "vision_model.onnx", "image_embeds", options);

    /// <summary>The text tower: <c>text_model.onnx</c>, or both in one <c>model.onnx</c>.</summary>
    internal static (string Path, EncodeWithOnnxOptions Options) FindTextEncoder(string folder, EncodeWithOnnxOptions options) =>
        FindEncoder(folder, "text_model.onnx", "text_embeds", options);

    /// <summary>What <c>preprocessor_config.json</c> says.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    internal static ClipImagePreprocessing ReadPreprocessing(string folder)
    {
        CheckExists(folder);
        const string Name = "preprocessor_config.json";
        var path = Path.Combine(folder, Name);
        return File.Exists(path)
            ? ClipImagePreprocessing.FromPreprocessorConfig(path)
            : throw new FileNotFoundException(
                $"The model folder '{folder}' holds no {Name}. Add it, or set {nameof(EmbedClipImagesOptions)}.{nameof(EmbedClipImagesOptions.Preprocessing)}.", path);
    }

    private static (string Path, EncodeWithOnnxOptions Options) FindEncoder(string folder, string name, string output, EncodeWithOnnxOptions options)
    {
        CheckExists(folder);
        foreach (var candidate in new[] { name, Path.Combine("onnx", name) })
        {
            if (Path.Combine(folder, candidate) is var path && File.Exists(path))
                return (path, options);
        }

        foreach (var candidate in new[] { "model.onnx", Path.Combine("onnx", "model.onnx") })
        {
            if (Path.Combine(folder, candidate) is var path && File.Exists(path))
                return (path, options with { OutputName = options.OutputName ?? output });
        }

        throw new FileNotFoundException(
            $"The model folder '{folder}' holds neither {name} nor model.onnx, nor does its subfolder 'onnx'.", Path.Combine(folder, name));
    }

    private static void CheckExists(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The model folder '{folder}' does not exist (looked for at '{Path.GetFullPath(folder)}').");
    }
}
