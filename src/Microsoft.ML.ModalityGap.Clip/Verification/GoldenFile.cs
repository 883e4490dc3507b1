using System.Text.Json;

namespace Microsoft.ML.ModalityGap;

/// <summary>What a reference made of an image.</summary>
internal sealed record GoldenImage(string Name, float[] Embedding, float[]? Grid, float[]? Mean, float[]? StandardDeviation);

/// <summary>What a reference made of a text.</summary>
internal sealed record GoldenText(string Text, float[] Embedding, long[]? Ids);

/// <summary>The golden values of a reference implementation. The format is documented at <see cref="VerifyEncoderCatalog.VerifyEncoder"/>.</summary>
internal sealed record GoldenFile(IReadOnlyList<GoldenImage> Images, IReadOnlyList<GoldenText> Texts)
{
    /// <summary>The grid of pixels that are kept has this many rows and columns.</summary>
    internal const int GridSize = 16;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not of the format.</exception>
    internal static GoldenFile Read(string path)
    {
        using var document = JsonFile.Parse(path);
        try
        {
            var root = document.RootElement;
            var images = root.TryGetProperty("images", out var imageElement) ? imageElement.EnumerateObject().Select(ReadImage).ToArray() : [];
            var texts = root.TryGetProperty("texts", out var textElement) ? textElement.EnumerateArray().Select(ReadText).ToArray() : [];
            return images.Length + texts.Length > 0
                ? new GoldenFile(images, texts)
                : throw new InvalidDataException($"The golden file '{path}' holds neither 'images' nor 'texts'.");
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException(
                $"The golden file '{path}' is not of the expected format, see {nameof(ModalityGapCatalog)}.VerifyEncoder: {exception.Message}", exception);
        }
    }

    private static GoldenImage ReadImage(JsonProperty property)
    {
        var image = property.Value;
        return new GoldenImage(
            property.Name, ReadFloats(image, "image_embeds", property.Name), ReadOptionalFloats(image, "pixels_16x16_grid", 3 * GridSize * GridSize, property.Name),
            ReadOptionalFloats(image, "pixel_mean", 3, property.Name), ReadOptionalFloats(image, "pixel_std", 3, property.Name));
    }

    private static GoldenText ReadText(JsonElement element)
    {
        var text = element.GetProperty("text").GetString() ?? "";
        var ids = element.TryGetProperty("input_ids", out var array) ? array.EnumerateArray().Select(id => id.GetInt64()).ToArray() : null;
        return new GoldenText(text, ReadFloats(element, "text_embeds", text), ids);
    }

    private static float[] ReadFloats(JsonElement element, string name, string item) => element.TryGetProperty(name, out var array)
        ? [.. array.EnumerateArray().Select(value => value.GetSingle())]
        : throw new FormatException($"'{item}' has no '{name}'.");

    private static float[]? ReadOptionalFloats(JsonElement element, string name, int length, string item)
    {
        if (!element.TryGetProperty(name, out _))
            return null;
        var values = ReadFloats(element, name, item);
        return values.Length == length ? values : throw new FormatException($"'{name}' of '{item}' has {values.Length} values instead of {length}.");
    }
}
