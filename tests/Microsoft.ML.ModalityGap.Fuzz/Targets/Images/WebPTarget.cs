using System.Buffers.Binary;
using SkiaSharp;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>.webp, with and without EXIF.</summary>
internal sealed class WebPTarget : ImageTarget
{
    internal override string Name => "webp";

    internal override InputShape Shape => ByteShape.Any;

    internal override IReadOnlyList<byte[]> CreateSeeds()
    {
        var simple = Encode(12, 10, 1, SKEncodedImageFormat.Webp);
        byte[] extended = [.. "VP8X"u8, 10, 0, 0, 0, 0x08, 0, 0, 0, 11, 0, 0, 9, 0, 0];
        byte[] exif = [.. "EXIF"u8, 26, 0, 0, 0, .. CreateExif(3)];
        byte[] file = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8, .. extended, .. simple.AsSpan(12), .. exif];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        return [simple, file];
    }
}
