namespace Microsoft.ML.ModalityGap;

/// <summary>Finds the files of a model folder laid out as public exports are: in the folder, or the ONNX files in its subfolder <c>onnx</c>.</summary>
internal static class ClipModelFolder
{
    private const string PreprocessorConfigName = "preprocessor_config.json";
    private const string ProcessorConfigName = "processor_config.json";
    private const string OpenClipConfigName = "open_clip_config.json";

    /// <summary>The image tower: <c>vision_model.onnx</c>, or both in one <c>model.onnx</c>.</summary>
    internal static (string Path, EncodeWithOnnxOptions Options) FindImageEncoder(string folder, EncodeWithOnnxOptions options) =>
        FindEncoder(folder, "vision_model.onnx", "image_embeds", options);

    /// <summary>The text tower: <c>text_model.onnx</c>, or both in one <c>model.onnx</c>.</summary>
    internal static (string Path, EncodeWithOnnxOptions Options) FindTextEncoder(string folder, EncodeWithOnnxOptions options) =>
        FindEncoder(folder, "text_model.onnx", "text_embeds", options);

    /// <summary>What the folder says of preprocessing.</summary>
    /// <exception cref="FileNotFoundException">It says nothing.</exception>
    internal static ClipImagePreprocessing ReadPreprocessing(string folder)
    {
        CheckExists(folder);
        return ClipImagePreprocessing.FromPreprocessorConfig(FindPreprocessing(folder) ?? throw new FileNotFoundException(
            $"The model folder '{folder}' holds no {PreprocessorConfigName}, nor a {ProcessorConfigName} with an image processor, nor an {OpenClipConfigName}. Add one, or set " +
            $"{nameof(EmbedClipImagesOptions)}.{nameof(EmbedClipImagesOptions.Preprocessing)}.",
            Path.Combine(folder, PreprocessorConfigName)));
    }

    /// <summary>The file that says what happens to images; <see langword="null"/> where there is none.</summary>
    internal static string? FindPreprocessing(string folder)
    {
        if (Path.Combine(folder, PreprocessorConfigName) is var own && File.Exists(own))
            return own;
        if (Path.Combine(folder, ProcessorConfigName) is var processor && File.Exists(processor) && PreprocessorConfig.HoldsImageProcessor(processor))
            return processor;
        return Path.Combine(folder, OpenClipConfigName) is var openClip && File.Exists(openClip) ? openClip : null;
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
