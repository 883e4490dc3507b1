namespace TinyClip;

/// <summary>Scenes as pixel values, normalised as <c>preprocessor_config.json</c> says: drawn at the encoder's own size, so nothing is resized or cropped.</summary>
internal static class ScenePixels
{
    internal const float Mean = 0.5f, StandardDeviation = 0.5f;

    /// <summary>The numbers of one picture: 3 channels of 64 × 64.</summary>
    internal const int Count = 3 * TinyClipModel.ImageSize * TinyClipModel.ImageSize;

    /// <summary>Writes (channel, row, column).</summary>
    internal static void Write(Scene scene, ulong variation, Span<float> pixels)
    {
        using var bitmap = scene.Render(TinyClipModel.ImageSize, variation);
        var rgba = bitmap.GetPixelSpan();
        const int plane = Count / 3;
        for (var i = 0; i < plane; i++)
        {
            for (var channel = 0; channel < 3; channel++)
                pixels[(channel * plane) + i] = ((rgba[(4 * i) + channel] / 255f) - Mean) / StandardDeviation;
        }
    }
}
