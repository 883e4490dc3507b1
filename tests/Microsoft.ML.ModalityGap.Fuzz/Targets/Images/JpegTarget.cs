using SkiaSharp;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>.jpg, with and without EXIF.</summary>
internal sealed class JpegTarget : ImageTarget
{
    internal override string Name => "jpeg";

    internal override InputShape Shape => ByteShape.Any;

    internal override IReadOnlyList<byte[]> CreateSeeds()
    {
        var jpeg = Encode(12, 10, 1, SKEncodedImageFormat.Jpeg);
        byte[] exif = [.. "Exif\0\0"u8, .. CreateExif(8)];
        return [jpeg, [0xFF, 0xD8, 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg.AsSpan(2)]];
    }
}
