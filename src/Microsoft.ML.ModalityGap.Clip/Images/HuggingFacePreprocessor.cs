using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>A preprocessing in the words of Hugging Face's image processors.</summary>
/// <remarks>What a file leaves out is what the kind of processor it names has by default (transformers' constructors); of one that names none, CLIP's, but that a size of one number without a crop is a square.</remarks>
internal static class HuggingFacePreprocessor
{
    // Those to which a size of one number is the shortest edge, and that crop unless they are told not to.
    private static readonly string[] _edgeKinds = ["CLIP", "BitImage"];

    // Those to which it is a square, and that map pixels to -1 … 1.
    private static readonly string[] _squareKinds = ["Siglip", "ViT"];

    internal static ClipImagePreprocessing Interpret(PreprocessorFields fields)
    {
        var size = fields.Find("size");
        var (takesShortestEdge, takesSquare) = (IsOf(_edgeKinds, fields), IsOf(_squareKinds, fields));
        var crops = fields.GetBoolean(
            "do_center_crop",
            takesShortestEdge || fields.Find("crop_size") is not null
                || (!takesSquare && (size is null || (size is { ValueKind: JsonValueKind.Object } edges && new PreprocessorFields(edges).Find("height") is null))));
        var result = takesSquare ? ClipImagePreprocessing.SigLip with { Resampling = fields.GetKind().StartsWith("ViT", StringComparison.Ordinal) ? ClipResampling.Bilinear : ClipResampling.Bicubic } : ClipImagePreprocessing.OpenAIClip;
        return fields.Complete(InterpretSize(fields, result, size, crops, takesShortestEdge));
    }

    private static bool IsOf(string[] kinds, PreprocessorFields fields) => Array.Exists(kinds, kind => fields.GetKind().Contains(kind, StringComparison.Ordinal));

    private static ClipImagePreprocessing InterpretSize(PreprocessorFields fields, ClipImagePreprocessing result, JsonElement? stated, bool crops, bool takesShortestEdge)
    {
        if (!fields.GetBoolean("do_resize", true))
        {
            if (!crops)
                throw new InvalidDataException("it neither resizes nor crops, so that images would differ in size, which no encoder takes.");
            var (keptWidth, keptHeight) = GetCrop(fields);
            return result with { ResizeMode = ClipResizeMode.None, Size = Math.Min(keptWidth, keptHeight), Width = keptWidth, Height = keptHeight };
        }

        if (stated is not { } size)
            result = crops ? result : result with { ResizeMode = ClipResizeMode.Squash };
        else if (size.ValueKind == JsonValueKind.Number && takesShortestEdge && !crops)
            throw new InvalidDataException($"'size' is {PreprocessorFields.Name(size)}, which to a {fields.GetKind()} is the shortest edge, and nothing is cropped, so that images would differ in size, which no encoder takes.");
        else if (size.ValueKind == JsonValueKind.Number)
            result = result with { Size = PreprocessorFields.GetInteger(size, "size"), ResizeMode = crops ? ClipResizeMode.ShortestEdge : ClipResizeMode.Squash };
        else if (size.ValueKind == JsonValueKind.Object)
            result = InterpretEdges(new PreprocessorFields(size), result, crops);
        else if (size.ValueKind == JsonValueKind.Array && size.GetArrayLength() == 2)
            result = Squash(result, size[0], size[1]);
        else
            throw new InvalidDataException($"'size' is {PreprocessorFields.Name(size)}, but a number, a height and a width, or an object is expected.");

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

    private static ClipImagePreprocessing InterpretEdges(PreprocessorFields size, ClipImagePreprocessing result, bool crops)
    {
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
        return Squash(result, height, width);
    }

    private static ClipImagePreprocessing Squash(ClipImagePreprocessing result, JsonElement height, JsonElement width)
    {
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
