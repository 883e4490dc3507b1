using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Reads what a model says of its preprocessing, in any of the forms models are published with: Hugging Face's <c>preprocessor_config.json</c> (jina-clip's field names included), the
/// <c>processor_config.json</c> of transformers 5, which holds the same under <c>image_processor</c>, and OpenCLIP's <c>open_clip_config.json</c>.
/// </summary>
internal static class PreprocessorConfig
{
    /// <summary>Where transformers 5 puts an image processor.</summary>
    private const string NestedProcessor = "image_processor";

    /// <summary>Where OpenCLIP puts its preprocessing.</summary>
    private const string OpenClipSection = "preprocess_cfg";

    /// <summary>Whether a file of a processor holds that of images, too: those of transformers 4 do not.</summary>
    internal static bool HoldsImageProcessor(string path) => Parse(path, root => root.Find(NestedProcessor) is { ValueKind: JsonValueKind.Object });

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It cannot be used; the message names file and field.</exception>
    internal static ClipImagePreprocessing Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no preprocessor configuration '{path}'.", path);
        return Parse(path, Interpret);
    }

    private static T Parse<T>(string path, Func<PreprocessorFields, T> interpret)
    {
        try
        {
            using var stream = InputFile.OpenRead(path);
            using var document = JsonDocument.Parse(stream);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? interpret(new PreprocessorFields(document.RootElement))
                : throw new InvalidDataException($"a JSON object is expected, but it is {PreprocessorFields.Name(document.RootElement)}.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or ArgumentException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"The preprocessor configuration '{path}' cannot be used: {exception.Message}", exception);
        }
    }

    private static ClipImagePreprocessing Interpret(PreprocessorFields root)
    {
        if (root.FindObject(OpenClipSection) is { } openClip)
        {
            CheckKnown(openClip, OpenClipSection);
            return OpenClipPreprocessor.Interpret(openClip, root.FindObject("model_cfg")?.FindObject("vision_cfg")?.Find("image_size"));
        }

        if (root.FindObject(NestedProcessor) is { } nested)
        {
            CheckKnown(nested, NestedProcessor);
            return Interpret(nested, cropsAsTensors: !nested.EndsWith(PreprocessorFields.Type, "Pil"));
        }

        CheckKnown(root, section: null);
        return Interpret(root, cropsAsTensors: root.EndsWith(PreprocessorFields.Type, "Fast"));
    }

    /// <param name="fields">The fields of an image processor.</param>
    /// <param name="cropsAsTensors">Whether it is one of those that crop by torchvision, not by arrays.</param>
    private static ClipImagePreprocessing Interpret(PreprocessorFields fields, bool cropsAsTensors) => OpenClipPreprocessor.IsItsKind(fields)
        ? OpenClipPreprocessor.Interpret(fields, imageSize: null)
        : HuggingFacePreprocessor.Interpret(fields) with { CropRounding = cropsAsTensors ? ClipCropRounding.HalfToEven : ClipCropRounding.Down };

    private static void CheckKnown(PreprocessorFields fields, string? section)
    {
        if (!fields.HasAny(PreprocessorFields.Known))
        {
            throw new InvalidDataException(
                $"{(section is null ? "it" : $"its '{section}'")} has {fields.DescribeNames()}, but none of the fields expected: '{string.Join("', '", PreprocessorFields.Known)}'" +
                $"{(section is null ? $", nor an object '{NestedProcessor}' or '{OpenClipSection}' that holds them" : "")}.");
        }

        if (fields.FindUnsupported() is { } unsupported)
            throw new InvalidDataException($"'{unsupported}' asks for a step that is not supported: the images would silently come out otherwise than the model expects.");
    }
}
