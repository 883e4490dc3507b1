namespace Microsoft.ML.ModalityGap;

/// <summary>One axis of a resize and crop: how long the resized image would be, and which part of it comes out.</summary>
/// <param name="Resized">The length of the whole resized image, most of which may never be computed.</param>
/// <param name="First">The first resized pixel that comes out.</param>
/// <param name="Count">How many resized pixels come out.</param>
/// <param name="Padding">The black pixels before them; what is missing behind them is black, too.</param>
internal readonly record struct ClipAxis(long Resized, long First, int Count, int Padding);

/// <summary>The sizes and offsets of a preprocessing, for an image of a given size.</summary>
internal static class ClipGeometry
{
    internal static (ClipAxis Horizontal, ClipAxis Vertical) Plan(ClipImagePreprocessing preprocessing, int width, int height)
    {
        var (resizedWidth, resizedHeight) = Resize(preprocessing, width, height);
        return (Crop(resizedWidth, preprocessing.Width, preprocessing.CropRounding), Crop(resizedHeight, preprocessing.Height, preprocessing.CropRounding));
    }

    private static (long Width, long Height) Resize(ClipImagePreprocessing preprocessing, int width, int height)
    {
        long size = preprocessing.Size;
        return preprocessing.ResizeMode switch
        {
            ClipResizeMode.ShortestEdge => width <= height ? (size, size * height / width) : (size * width / height, size),
            ClipResizeMode.LongestEdge => width >= height ? (size, Shorter(size, height, width)) : (Shorter(size, width, height), size),
            ClipResizeMode.Squash => (preprocessing.Width, preprocessing.Height),
            _ => (width, height),
        };
    }

    private static long Shorter(long size, int shorter, int longer) => Math.Max(1, (long)Math.Round((double)size * shorter / longer, MidpointRounding.ToEven));

    private static ClipAxis Crop(long resized, int length, ClipCropRounding rounding)
    {
        if (resized >= length)
        {
            var left = resized - length;
            var first = rounding == ClipCropRounding.Down ? left / 2 : (long)Math.Round(left / 2.0, MidpointRounding.ToEven);
            return new ClipAxis(resized, first, length, Padding: 0);
        }

        var missing = length - (int)resized;
        return new ClipAxis(resized, First: 0, (int)resized, rounding == ClipCropRounding.Down ? (missing + 1) / 2 : missing / 2);
    }
}
