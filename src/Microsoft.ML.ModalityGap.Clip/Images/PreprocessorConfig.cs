using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>Reads Hugging Face's <c>preprocessor_config.json</c>.</summary>
internal static class PreprocessorConfig
{
    private const int Bilinear = 2;
    private const int Bicubic = 3;

    internal static ClipImagePreprocessing Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no preprocessor configuration '{path}'.", path);
        try
        {
            using var stream = File.OpenRead(path);
            using var document = JsonDocument.Parse(stream);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"a JSON object is expected, but it is {Name(document.RootElement)}.");
            return Interpret(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or ArgumentException)
        {
            throw new InvalidDataException($"The preprocessor configuration '{path}' cannot be used: {exception.Message}", exception);
        }
    }

    private static ClipImagePreprocessing Interpret(JsonElement root)
    {
        var size = Find(root, "size");
        var crops = GetBoolean(
            root, "do_center_crop", Find(root, "crop_size") is not null || size is null || (size is { ValueKind: JsonValueKind.Object } edges && Find(edges, "height") is null));
        var result = InterpretSize(root, crops) with
        {
            Resampling = GetResampling(root),
            CropRounding = ClipCropRounding.Down,
            RescaleFactor = GetBoolean(root, "do_rescale", true) ? GetNumber(root, "rescale_factor", 1.0 / 255) : 1,
        };
        return GetBoolean(root, "do_normalize", true)
            ? result with
            {
                Mean = GetRgb(root, "image_mean", ClipPixelStatistics.OpenAIMean),
                StandardDeviation = GetRgb(root, "image_std", ClipPixelStatistics.OpenAIStandardDeviation),
            }
            : result with { Mean = ClipPixelStatistics.ZeroMean, StandardDeviation = ClipPixelStatistics.UnitStandardDeviation };
    }

    private static ClipImagePreprocessing InterpretSize(JsonElement root, bool crops)
    {
        var result = ClipImagePreprocessing.OpenAIClip;
        if (!GetBoolean(root, "do_resize", true))
        {
            if (!crops)
                throw new InvalidDataException("it neither resizes nor crops, so that images would differ in size, which no encoder takes.");
            var (keptWidth, keptHeight) = GetCrop(root);
            return result with { ResizeMode = ClipResizeMode.None, Size = Math.Min(keptWidth, keptHeight), Width = keptWidth, Height = keptHeight };
        }

        if (Find(root, "size") is not { } size)
        {
            result = crops ? result : result with { ResizeMode = ClipResizeMode.Squash };
        }
        else if (size.ValueKind == JsonValueKind.Number)
        {
            result = result with { Size = GetInteger(size, "size"), ResizeMode = crops ? ClipResizeMode.ShortestEdge : ClipResizeMode.Squash };
        }
        else if (size.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"'size' is {Name(size)}, but a number or an object is expected.");
        }
        else if (Find(size, "shortest_edge") is { } shortest && Find(size, "longest_edge") is null)
        {
            if (!crops)
                throw new InvalidDataException("'size' gives the shortest edge only and nothing is cropped, so that images would differ in size, which no encoder takes.");
            result = result with { Size = GetInteger(shortest, "size.shortest_edge") };
        }
        else if (Find(size, "longest_edge") is { } longest && Find(size, "shortest_edge") is null)
        {
            if (!crops)
                throw new InvalidDataException("'size' gives the longest edge only and nothing is cropped, so that images would differ in size, which no encoder takes.");
            result = result with { Size = GetInteger(longest, "size.longest_edge"), ResizeMode = ClipResizeMode.LongestEdge };
        }
        else if (Find(size, "height") is { } height && Find(size, "width") is { } width)
        {
            var (w, h) = (GetInteger(width, "size.width"), GetInteger(height, "size.height"));
            result = result with { Size = Math.Min(w, h), Width = w, Height = h, ResizeMode = ClipResizeMode.Squash };
        }
        else
        {
            throw new InvalidDataException("'size' has neither 'shortest_edge' nor 'longest_edge' alone, nor both 'height' and 'width'.");
        }

        if (!crops)
            return result;
        var (cropWidth, cropHeight) = GetCrop(root);
        if (result.ResizeMode != ClipResizeMode.Squash)
            return result with { Width = cropWidth, Height = cropHeight };
        if (cropWidth != result.Width || cropHeight != result.Height)
        {
            throw new InvalidDataException(
                $"it squashes to {result.Width} × {result.Height} and then crops to {cropWidth} × {cropHeight}; squashing followed by a smaller crop is not supported.");
        }

        return result;
    }

    private static (int Width, int Height) GetCrop(JsonElement root)
    {
        if (Find(root, "crop_size") is not { } crop)
            return (224, 224);
        if (crop.ValueKind == JsonValueKind.Number)
            return (GetInteger(crop, "crop_size"), GetInteger(crop, "crop_size"));
        if (crop.ValueKind == JsonValueKind.Object && Find(crop, "height") is { } height && Find(crop, "width") is { } width)
            return (GetInteger(width, "crop_size.width"), GetInteger(height, "crop_size.height"));
        throw new InvalidDataException("'crop_size' is neither a number nor an object with 'height' and 'width'.");
    }

    private static ClipResampling GetResampling(JsonElement root)
    {
        if (Find(root, "resample") is not { } resample)
            return ClipResampling.Bicubic;
        return GetInteger(resample, "resample") switch
        {
            Bilinear => ClipResampling.Bilinear,
            Bicubic => ClipResampling.Bicubic,
            var other => throw new InvalidDataException($"'resample' is {other}, but only {Bilinear} (bilinear) and {Bicubic} (bicubic) are supported."),
        };
    }

    private static RgbValues GetRgb(JsonElement root, string name, RgbValues missing)
    {
        if (Find(root, name) is not { } values)
            return missing;
        if (values.ValueKind == JsonValueKind.Number)
            return new RgbValues(ToSingle(values, name));
        if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() != 3)
            throw new InvalidDataException($"'{name}' is {Name(values)}, but three numbers are expected.");
        return new RgbValues(ToSingle(values[0], name), ToSingle(values[1], name), ToSingle(values[2], name));
    }

    private static float ToSingle(JsonElement element, string name) => element.ValueKind == JsonValueKind.Number
        ? element.GetSingle() : throw new InvalidDataException($"'{name}' holds {Name(element)}, but numbers are expected.");

    private static double GetNumber(JsonElement root, string name, double missing) => Find(root, name) switch
    {
        null => missing,
        { ValueKind: JsonValueKind.Number } element => element.GetDouble(),
        { } element => throw new InvalidDataException($"'{name}' is {Name(element)}, but a number is expected."),
    };

    private static bool GetBoolean(JsonElement root, string name, bool missing) => Find(root, name) switch
    {
        null => missing,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } element => throw new InvalidDataException($"'{name}' is {Name(element)}, but true or false is expected."),
    };

    private static int GetInteger(JsonElement element, string name) => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value)
        ? value : throw new InvalidDataException($"'{name}' is {Name(element)}, but a whole number is expected.");

    private static JsonElement? Find(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Name(JsonElement element)
    {
        var text = element.GetRawText();
        return text.Length <= 40 ? text : $"{text[..40]}…";
    }
}
