using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// A preprocessing in OpenCLIP's words, which jina-clip has taken over: <c>size</c>, <c>resize_mode</c> (shortest, longest, squash), <c>interpolation</c>, <c>mean</c>, <c>std</c>,
/// <c>fill_color</c>. Crops are torchvision's.
/// </summary>
internal static class OpenClipPreprocessor
{
    private const string ResizeMode = "resize_mode";
    private const string Size = "size";
    private const string FillColor = "fill_color";
    private const string Mode = "mode";

    // Any of these is of this form, unless Hugging Face's words for cropping are there, too.
    private static readonly string[] _ownFields = ["interpolation", "mean", "std"];
    private static readonly string[] _otherFields = ["crop_size", "do_center_crop", "do_resize", "resample"];

    internal static bool IsItsKind(PreprocessorFields fields) => fields.Find(ResizeMode) is not null || (fields.HasAny(_ownFields) && !fields.HasAny(_otherFields));

    /// <param name="fields">The fields.</param>
    /// <param name="imageSize">The size the model states, for where the preprocessing does not.</param>
    internal static ClipImagePreprocessing Interpret(PreprocessorFields fields, JsonElement? imageSize)
    {
        if (fields.Find(Mode) is { } mode && !(mode.ValueKind == JsonValueKind.String && mode.GetString() == "RGB"))
            throw new InvalidDataException($"'{Mode}' is {PreprocessorFields.Name(mode)}, but only \"RGB\" is supported.");
        var (height, width) = GetSize(fields, imageSize);
        var resizeMode = GetResizeMode(fields);
        if (height != width && resizeMode != ClipResizeMode.Squash)
            throw new InvalidDataException($"'{Size}' is {height} × {width}; together with this '{ResizeMode}' only squares are supported.");
        if (resizeMode == ClipResizeMode.LongestEdge && fields.Find(FillColor) is { } color && !IsBlack(color))
            throw new InvalidDataException($"'{FillColor}' is {PreprocessorFields.Name(color)}, but images are padded with black (0) only.");
        return fields.Complete(ClipImagePreprocessing.OpenClip with
        {
            Size = Math.Min(height, width),
            Width = width,
            Height = height,
            ResizeMode = resizeMode,
            CropRounding = ClipCropRounding.HalfToEven,
        });
    }

    private static ClipResizeMode GetResizeMode(PreprocessorFields fields) => fields.Find(ResizeMode) switch
    {
        null => ClipResizeMode.ShortestEdge,
        { ValueKind: JsonValueKind.String } value when value.GetString() is "shortest" => ClipResizeMode.ShortestEdge,
        { ValueKind: JsonValueKind.String } value when value.GetString() is "longest" => ClipResizeMode.LongestEdge,
        { ValueKind: JsonValueKind.String } value when value.GetString() is "squash" => ClipResizeMode.Squash,
        { } value => throw new InvalidDataException($"'{ResizeMode}' is {PreprocessorFields.Name(value)}, but \"shortest\", \"longest\" or \"squash\" is expected."),
    };

    private static (int Height, int Width) GetSize(PreprocessorFields fields, JsonElement? imageSize)
    {
        if ((fields.Find(Size) ?? imageSize) is not { } size)
            return (ClipImagePreprocessing.OpenClip.Height, ClipImagePreprocessing.OpenClip.Width);
        if (size.ValueKind == JsonValueKind.Array && size.GetArrayLength() == 2)
            return (PreprocessorFields.GetInteger(size[0], Size), PreprocessorFields.GetInteger(size[1], Size));
        if (size.ValueKind != JsonValueKind.Object)
            return (PreprocessorFields.GetInteger(size, Size), PreprocessorFields.GetInteger(size, Size));
        var edges = new PreprocessorFields(size);
        if (edges.Find("height") is { } height && edges.Find("width") is { } width)
            return (PreprocessorFields.GetInteger(height, $"{Size}.height"), PreprocessorFields.GetInteger(width, $"{Size}.width"));
        return (edges.Find("shortest_edge") ?? edges.Find("longest_edge")) is { } edge
            ? (PreprocessorFields.GetInteger(edge, Size), PreprocessorFields.GetInteger(edge, Size))
            : throw new InvalidDataException($"'{Size}' is {PreprocessorFields.Name(size)}, but a number, two numbers, or an object with 'height' and 'width' is expected.");
    }

    private static bool IsBlack(JsonElement color) => color.ValueKind == JsonValueKind.Array
        ? color.EnumerateArray().All(IsBlack)
        : color.ValueKind == JsonValueKind.Number && color.GetDouble() == 0;
}
