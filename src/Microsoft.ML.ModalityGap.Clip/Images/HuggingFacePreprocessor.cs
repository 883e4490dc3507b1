using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>A preprocessing in the words of Hugging Face's image processors.</summary>
internal static class HuggingFacePreprocessor
{
    internal static ClipImagePreprocessing Interpret(PreprocessorFields fields)
    {
        var size = fields.Find("size");
        var crops = fields.GetBoolean(
            "do_center_crop",
            fields.Find("crop_size") is not null || size is null || (size is { ValueKind: JsonValueKind.Object } edges && new PreprocessorFields(edges).Find("height") is null));
        return fields.Complete(InterpretSize(fields, size, crops));
    }

    private static ClipImagePreprocessing InterpretSize(PreprocessorFields fields, JsonElement? stated, bool crops)
    {
        var result = ClipImagePreprocessing.OpenAIClip;
        if (!fields.GetBoolean("do_resize", true))
        {
            if (!crops)
                throw new InvalidDataException("it neither resizes nor crops, so that images would differ in size, which no encoder takes.");
            var (keptWidth, keptHeight) = GetCrop(fields);
            return result with { ResizeMode = ClipResizeMode.None, Size = Math.Min(keptWidth, keptHeight), Width = keptWidth, Height = keptHeight };
        }

        if (stated is not { } size)
            result = crops ? result : result with { ResizeMode = ClipResizeMode.Squash };
        else if (size.ValueKind == JsonValueKind.Number)
            result = result with { Size = PreprocessorFields.GetInteger(size, "size"), ResizeMode = crops ? ClipResizeMode.ShortestEdge : ClipResizeMode.Squash };
        else if (size.ValueKind == JsonValueKind.Object)
            result = InterpretEdges(new PreprocessorFields(size), crops);
        else
            throw new InvalidDataException($"'size' is {PreprocessorFields.Name(size)}, but a number or an object is expected.");

        if (!crops)
            return result;
        var (cropWidth, cropHeight) = GetCrop(fields);
        if (result.ResizeMode != ClipResizeMode.Squash)
            return result with { Width = cropWidth, Height = cropHeight };
        if (cropWidth != result.Width || cropHeight != result.Height)
        {
            throw new InvalidDataException(
                $"it squashes to {result.Width} × {result.Height} and then crops to {cropWidth} × {cropHeight}; squashing followed by a smaller crop is not supported.");
        }

        return result;
    }

    private static ClipImagePreprocessing InterpretEdges(PreprocessorFields size, bool crops)
    {
        var result = ClipImagePreprocessing.OpenAIClip;
        if (size.Find("shortest_edge") is { } shortest && size.Find("longest_edge") is null)
        {
            return crops
                ? result with { Size = PreprocessorFields.GetInteger(shortest, "size.shortest_edge") }
                : throw new InvalidDataException("'size' gives the shortest edge only and nothing is cropped, so that images would differ in size, which no encoder takes.");
        }

        if (size.Find("longest_edge") is { } longest && size.Find("shortest_edge") is null)
        {
            return crops
                ? result with { Size = PreprocessorFields.GetInteger(longest, "size.longest_edge"), ResizeMode = ClipResizeMode.LongestEdge }
                : throw new InvalidDataException("'size' gives the longest edge only and nothing is cropped, so that images would differ in size, which no encoder takes.");
        }

        if (size.Find("height") is not { } height || size.Find("width") is not { } width)
            throw new InvalidDataException("'size' has neither 'shortest_edge' nor 'longest_edge' alone, nor both 'height' and 'width'.");
        var (w, h) = (PreprocessorFields.GetInteger(width, "size.width"), PreprocessorFields.GetInteger(height, "size.height"));
        return result with { Size = Math.Min(w, h), Width = w, Height = h, ResizeMode = ClipResizeMode.Squash };
    }

    private static (int Width, int Height) GetCrop(PreprocessorFields fields)
    {
        if (fields.Find("crop_size") is not { } crop)
            return (224, 224);
        if (crop.ValueKind == JsonValueKind.Number)
            return (PreprocessorFields.GetInteger(crop, "crop_size"), PreprocessorFields.GetInteger(crop, "crop_size"));
        if (crop.ValueKind == JsonValueKind.Object && new PreprocessorFields(crop) is var edges && edges.Find("height") is { } height && edges.Find("width") is { } width)
            return (PreprocessorFields.GetInteger(width, "crop_size.width"), PreprocessorFields.GetInteger(height, "crop_size.height"));
        throw new InvalidDataException("'crop_size' is neither a number nor an object with 'height' and 'width'.");
    }
}
