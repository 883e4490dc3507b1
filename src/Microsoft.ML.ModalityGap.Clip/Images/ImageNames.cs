namespace Microsoft.ML.ModalityGap;

/// <summary>What files are called that hold images.</summary>
internal static class ImageNames
{
    // Of formats that cannot be decoded: not to be passed over without a word.
    private static readonly string[] _foreign =
    [
        ".tif", ".tiff", ".heic", ".heif", ".avif", ".jxl", ".jp2", ".j2k", ".jpx", ".svg", ".ico", ".psd", ".tga", ".pcx", ".ppm", ".pgm", ".pbm", ".pnm", ".exr", ".hdr", ".eps", ".raw", ".dng",
        ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2",
    ];

    /// <summary>The extensions of images that can be embedded.</summary>
    internal static IReadOnlyList<string> Extensions { get; } = [".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".webp", ".bmp", ".dib", ".gif"];

    internal static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether an extension, in small letters, is of images in a format that cannot be read.</summary>
    internal static bool IsForeign(string extension) => _foreign.Contains(extension, StringComparer.Ordinal);
}
